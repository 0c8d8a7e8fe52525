"""Adapters that do everything wrong: none may pass a test of the suite, or cost it much.

    degenerate.py accepts|refuses|echoes|hangs|crashes|garbles|floods|forks|silent
"""

from __future__ import annotations

import json
import os
import sys
import time

OPERATIONS = (
    "code-parse code-print link-parse link-print appid rendezvous spake2-start spake2-finish "
    "key-schedule pad unpad seal open verifier export json read-offer read-answer read-finish "
    "read-receipt run user-event"
)
HELLO = {
    "protocol": 1,
    "name": "degenerate",
    "version": "1",
    "spec": "1.1.0",
    "roles": ["initiator", "receiver"],
    "operations": OPERATIONS.split(),
    "inject": ["side", "words", "pake_scalar", "second"],
}
FLOOD = b"x" * 999 + b"\n"


def say(message: object) -> None:
    """Write one line."""
    print(json.dumps(message), flush=True)


def main() -> int:
    """Answer every request in the one way."""
    kind = sys.argv[1]
    sys.stdin.readline()
    if kind == "silent":
        time.sleep(3_600)
    say({"hello": HELLO | {"name": f"degenerate-{kind}"}})
    for line in sys.stdin:
        request = json.loads(line)
        match kind:
            case "accepts":
                say({"id": request["id"], "ok": {}})
            case "refuses":
                say({"id": request["id"], "refused": {"outcome": "malformed"}})
            case "echoes":
                say({"id": request["id"], "ok": request["in"]})
            case "hangs":
                pass
            case "crashes":
                os.abort()
            case "garbles":
                os.write(1, b"\xff\x00{garbage\n")
            case "floods":
                for _ in range(4_000):
                    os.write(2, FLOOD)
                for _ in range(2_000):
                    os.write(1, FLOOD[:-1])
            case "forks":
                if os.fork() == 0:  # the child keeps the pipes, and ends when they do
                    time.sleep(20)
                    os._exit(0)
                return 3
            case _:
                return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
