"""The arguments of the command line."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from .. import __version__
from ..settings import RENDEZVOUS_VARIABLE
from .status import table

PROGRAM = "python -m wormhole"

APPID = "wormhole-sync.example/cli"
"""The application identifier of the reference's command line, so that the two work together."""

_SEND = f"""\
Without TEXT and --file, standard input to its end is the blob. On a terminal you type it and end
it with Ctrl-D. The code is the first line on standard output; the other side's blob follows, as it
is, or goes to --output.

Examples:
  {PROGRAM} send 'the secret'
  {PROGRAM} send --file key.pem
  pass show bank | {PROGRAM} send
"""

_RECEIVE = f"""\
Without TEXT and --file, this side hands in nothing, and does not read standard input. The other
side's blob goes to standard output, as it is, or to --output.

Examples:
  {PROGRAM} receive
  {PROGRAM} receive 7-crossover-clockwork --output key.pem
  pass show bank | {PROGRAM} receive 7-crossover-clockwork -
"""

_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400}
_PART = re.compile(r"([0-9]{1,9}) ?([a-z]+) ?")


def seconds_of(text: str) -> float:
    """A time of at least a second: a number of seconds, or such as ``1h 30m``."""
    if re.fullmatch("[0-9]{1,9}", text):
        seconds = int(text)
    else:
        parts = _PART.findall(text)
        if not parts or not re.fullmatch(f"({_PART.pattern})+", text):
            raise ValueError
        seconds = sum(int(number) * _UNITS[unit] for number, unit in parts if unit in _UNITS)
        if any(unit not in _UNITS for _, unit in parts):
            raise ValueError
    if seconds < 1:
        raise ValueError
    return float(seconds)


def _time(text: str) -> float:
    try:
        return seconds_of(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time of at least a second, such as 90, 90s, 5m or 1h 30m"
        ) from None


def parser() -> argparse.ArgumentParser:
    """The parser of all arguments."""
    result = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Two people move a small secret between two machines with a short spoken code.",
        allow_abbrev=False,
    )
    result.add_argument("--version", action="version", version=f"wormhole-sync {__version__}")
    commands = result.add_subparsers(dest="command", required=True, metavar="send|receive")
    send = _command(commands, "send", "make a code, hand in a blob, and get the other's", _SEND)
    _add_sources(send, "the text to hand in; `-` is standard input")
    send.add_argument(
        "--words", type=int, default=2, metavar="N", help="the number of words in the code, 2 to 8"
    )
    send.add_argument(
        "--code-file",
        type=Path,
        metavar="FILE",
        help="write the code to FILE (mode 600) as well, whole, for scripts",
    )
    receive = _command(
        commands, "receive", "take a code, hand in a blob if you like, get the other's", _RECEIVE
    )
    receive.add_argument(
        "code",
        nargs="?",
        metavar="CODE",
        help="the code; `-` takes it from the first line of standard input. Without it the program "
        "asks, which keeps it out of the shell's history and of the list of processes",
    )
    _add_sources(receive, "the text to hand in, if any; `-` is standard input")
    for command in (send, receive):
        _add_common(command)
    return result


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The arguments; those that cannot be understood end the program with 2."""
    whole = parser()
    options = whole.parse_args(arguments)
    if options.force and options.output is None:
        whole.error("--force needs --output")
    return options


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str, more: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=f"{more}\n{table()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_sources(command: argparse.ArgumentParser, what: str) -> None:
    source = command.add_mutually_exclusive_group()
    source.add_argument("text", nargs="?", metavar="TEXT", help=what)
    source.add_argument(
        "--file",
        "-f",
        type=Path,
        metavar="FILE",
        help="hand in the bytes of FILE; `-` is standard input",
    )


def _add_common(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add(
        "--output",
        "-o",
        type=Path,
        metavar="FILE",
        help="write the other side's blob to FILE (mode 600), whole or not at all",
    )
    add("--force", action="store_true", help="let --output replace a file")
    add(
        "--verify",
        action="store_true",
        help="show eight words that both users compare, and ask before anything is accepted",
    )
    add(
        "--rendezvous",
        metavar="URL",
        help=f"the relay's address; without it {RENDEZVOUS_VARIABLE} counts, or else the default",
    )
    add(
        "--allow-plain-http",
        action="store_true",
        help="allow plain http to a relay on another machine",
    )
    add(
        "--ca-file",
        type=Path,
        metavar="PEM",
        help="trust the certificate authorities in this file, and no others",
    )
    appid = command.add_mutually_exclusive_group()
    appid.add_argument(
        "--appid", metavar="TEXT", help=f"the application identifier, 1 to 128 bytes ({APPID})"
    )
    appid.add_argument(
        "--appid-hex", metavar="HEX", help="the application identifier in lowercase hexadecimal"
    )
    add(
        "--deadline",
        type=_time,
        metavar="TIME",
        help="give up after this time: seconds, or such as 90s, 5m, 1h 30m",
    )
    add(
        "--json",
        action="store_true",
        help="write what happens to standard output, one JSON object a line",
    )
    add("--quiet", "-q", action="store_true", help="say nothing but errors on standard error")
