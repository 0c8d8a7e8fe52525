"""The command line: ``python -m wormhole send|receive``."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
