"""The command line: ``python -m wsync initiator|receiver``.

Our blob is standard input and the other side's is standard output; all else goes to standard
error, the result as a line of JSON and then its sentence.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import stat
import sys
import threading

from .code import Code
from .config import Config
from .events import UserEvent
from .initiator import Initiator
from .outcome import Outcome, Result
from .receiver import Receiver
from .values import MAX_BLOB

STDIN, STDOUT = 0, 1


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < math.inf:
        raise ValueError
    return seconds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wsync", description="wormhole-sync/1 client")
    roles = parser.add_subparsers(dest="role", required=True)
    initiator = roles.add_parser("initiator", help="make a code and show it")
    initiator.add_argument("--words", type=int, default=2, help="how many words (2 to 8)")
    receiver = roles.add_parser("receiver", help="take a code")
    receiver.add_argument("code")
    for role in (initiator, receiver):
        role.add_argument("--relay", required=True, help="the rendezvous address")
        role.add_argument("--appid", required=True, help="the application, as example.com/app1")
        role.add_argument("--allow-plain-http", action="store_true")
        role.add_argument("--timeout", type=_seconds, help="seconds in all")
    return parser


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _show_code(code: Code) -> None:
    _tell(str(code))


def _read_blob() -> bytes:
    """Standard input, and one byte more than is allowed at most."""
    blob = b""
    while len(blob) <= MAX_BLOB and (more := os.read(STDIN, MAX_BLOB + 1 - len(blob))):
        blob += more
    return blob


def _write_blob(blob: bytes) -> bool:
    """Whether all of the blob is on standard output, and synced if that is a file (RECV-6)."""
    try:
        while blob:
            blob = blob[os.write(STDOUT, blob) :]
        if stat.S_ISREG(os.fstat(STDOUT).st_mode):
            os.fsync(STDOUT)
    except OSError as error:
        _tell(f"wsync: cannot write the other side's data: {error.strerror}")
        return False
    return True


def _receiver(config: Config, blob: bytes, code: bytes) -> Receiver:
    """A receiver that says that the blob is taken when it is written (RECV-6)."""

    def take(blob: bytes) -> None:
        run.say(UserEvent.TAKEN if _write_blob(blob) else UserEvent.NOT_TAKEN)

    run = Receiver(config, blob, code, on_take=take)
    return run


def _run(run: Initiator | Receiver) -> Result:
    """Run in a thread of its own, so that an interrupt can cancel."""
    results: list[Result] = []
    thread = threading.Thread(target=lambda: results.append(run.run()))
    thread.start()
    while thread.is_alive():
        try:
            thread.join()
        except KeyboardInterrupt:
            run.say(UserEvent.CANCEL)
    return results[0] if results else Result(Outcome.INTERNAL)


def main() -> int:
    """Run one role; gives 0 when it is done and the other side's blob is written."""
    options = _parser().parse_args()
    config = Config(
        relay=options.relay,
        appid=os.fsencode(options.appid),
        allow_plain_http=options.allow_plain_http,
        timeout=options.timeout,
    )
    try:
        blob = _read_blob()
    except OSError as error:
        _tell(f"wsync: cannot read standard input: {error.strerror}")
        return 1
    run: Initiator | Receiver
    if options.role == "initiator":
        run = Initiator(config, blob, on_code=_show_code, word_count=options.words)
    else:
        run = _receiver(config, blob, os.fsencode(options.code))
    result = _run(run)
    run.wipe()
    # A receiver has written the blob already; an initiator has it whatever the outcome (INIT-3).
    written = not result.initiator or result.blob is None or _write_blob(result.blob)
    members = {
        "outcome": result.outcome,
        "reason": result.reason,
        "delivered": result.delivered,
        "verifier": None if result.verifier is None else " ".join(result.verifier),
    }
    _tell(json.dumps(members))
    _tell(result.sentence())
    return 0 if result.outcome is Outcome.DONE and written else 1


if __name__ == "__main__":
    sys.exit(main())
