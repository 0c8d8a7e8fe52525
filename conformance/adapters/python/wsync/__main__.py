"""The command line: ``python -m wsync initiator|receiver``; the blob is standard input."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from dataclasses import replace

from .code import Code
from .config import Config
from .initiator import Initiator
from .outcome import Outcome, Result
from .receiver import Receiver
from .values import MAX_BLOB, read_hex


def _hex(text: str) -> bytes:
    try:
        return read_hex(text)
    except ValueError:
        raise argparse.ArgumentTypeError("not lowercase hex") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="wsync", description="wormhole-sync/1 client")
    roles = parser.add_subparsers(dest="role", required=True)
    initiator = roles.add_parser("initiator", help="make a code and show it")
    initiator.add_argument("--words", type=int, default=2, help="how many words (2 to 8)")
    receiver = roles.add_parser("receiver", help="take a code")
    receiver.add_argument("code")
    for role in (initiator, receiver):
        role.add_argument("--relay", required=True, help="the rendezvous address")
        role.add_argument("--appid-hex", required=True, type=_hex)
        role.add_argument("--allow-plain-http", action="store_true")
        role.add_argument("--timeout", type=float, help="seconds in all")
        hooks = role.add_argument_group("test hooks (section 13), absent without testing.py")
        hooks.add_argument("--second-ms", type=int, help="how long a second lasts")
        hooks.add_argument("--hook-side", type=_hex)
        hooks.add_argument("--hook-words", type=_hex)
        hooks.add_argument("--hook-scalar", type=_hex)
    return parser


def _with_hooks(config: Config, options: argparse.Namespace) -> Config:
    """The test hooks that were asked for; only then is their module loaded (HOOK-1)."""
    named = (options.hook_side, options.hook_words, options.hook_scalar)
    if options.second_ms is not None or any(value is not None for value in named):
        from . import testing

        if options.second_ms is not None:
            config = testing.with_second(config, options.second_ms)
        if any(value is not None for value in named):
            config = replace(config, values=testing.InjectedValues(*named))
    return config


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
    config = _with_hooks(
        Config(
            relay=options.relay,
            appid=options.appid_hex,
            allow_plain_http=options.allow_plain_http,
            timeout=options.timeout,
        ),
        options,
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
                "verifier": result.verifier,
            }
        ),
        flush=True,
    )
    print(result.sentence(), file=sys.stderr)
    return 0 if result.outcome is Outcome.DONE else 1


if __name__ == "__main__":
    sys.exit(main())
