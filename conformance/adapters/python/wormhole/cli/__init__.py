"""The command line: ``send`` and ``receive``, with the options and statuses of the reference's.

Standard output is for programs: the code and the other side's blob. Standard error is for people.
"""

from .peer import main

__all__ = ["main"]
