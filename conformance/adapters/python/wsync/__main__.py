"""The command line: ``python -m wsync initiator|receiver``; the blob is standard input."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading

from .code import Code
from .config import Config
from .initiator import Initiator
from .outcome import Outcome, Result
from .receiver import Receiver
from .values import MAX_BLOB


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
        role.add_argument("--timeout", type=float, help="seconds in all")
    return parser


def _show_code(code: Code) -> None:
    print(code, flush=True)


def _run(run: Initiator | Receiver) -> Result:
    """Run in a thread of its own, so that an interrupt can cancel."""
    results: list[Result] = []
    thread = threading.Thread(target=lambda: results.append(run.run()))
    thread.start()
    while thread.is_alive():
        try:
            thread.join()
        except KeyboardInterrupt:
            run.cancel()
    return results[0] if results else Result(Outcome.INTERNAL)


def main() -> int:
    """Run one role; the last line of standard output is the result."""
    options = _parser().parse_args()
    config = Config(
        relay=options.relay,
        appid=os.fsencode(options.appid),
        allow_plain_http=options.allow_plain_http,
        timeout=options.timeout,
    )
    blob = sys.stdin.buffer.read(MAX_BLOB + 1)
    run: Initiator | Receiver
    if options.role == "initiator":
        run = Initiator(config, blob, on_code=_show_code, word_count=options.words)
    else:
        run = Receiver(config, blob, os.fsencode(options.code))
    result = _run(run)
    run.wipe()
    print(
        json.dumps(
            {
                "outcome": result.outcome,
                "reason": result.reason,
                "delivered": result.delivered,
                "blob": None if result.blob is None else result.blob.hex(),
                "verifier": None if result.verifier is None else " ".join(result.verifier),
            }
        ),
        flush=True,
    )
    print(result.sentence(), file=sys.stderr)
    return 0 if result.outcome is Outcome.DONE else 1


if __name__ == "__main__":
    sys.exit(main())
