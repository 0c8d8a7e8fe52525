"""The blob and the code that the user hands in."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from ..code import read_code
from ..outcome import Outcome, Refusal
from ..values import MAX_BLOB
from .failure import Failure, ended, usage
from .messages import STDIN, Speaker, count, tell
from .terminal import Terminal

_DASH = Path("-")
_MOST_OF_A_CODE = 1_100
_CHECK_NAME = "Nothing was sent. Check the name of the file."


def reads_input(options: argparse.Namespace) -> bool:
    """Whether the blob comes from standard input."""
    if options.text is not None:
        return bool(options.text == "-")
    if options.file is not None:
        return bool(options.file == _DASH)
    return bool(options.command == "send")


def read_blob(options: argparse.Namespace, speaker: Speaker) -> tuple[bytes, str]:
    """The blob, and where it is from."""
    if reads_input(options):
        return _read_input()
    if options.text is not None:
        path = Path(options.text)
        if options.text and _is_file(path):
            return _meant(options.text, path, speaker)
        return os.fsencode(options.text), "the argument"
    if options.file is not None:
        return _read_file(options.file)
    return b"", "nothing"


def announce(blob: bytes, source: str, speaker: Speaker) -> None:
    """Tell the user what is handed in."""
    if blob:
        speaker.say(f"handing in {count(len(blob))} ({source})")
    else:
        speaker.say("handing in nothing")


def read_typed_code(code: str | None) -> bytes:
    """The code, from the argument, standard input or the terminal; refused if it can be none."""
    if code is None:
        return _ask_for_code()
    typed = _first_line() if code == "-" else os.fsencode(code)
    try:
        read_code(typed)
    except Refusal as refusal:
        hint = None
        if refusal.fault == "word-count" and typed.strip().isdigit():
            hint = "A code is one argument, such as 7-crossover-clockwork."
        raise ended(Outcome.BAD_CODE, refusal.hint, hint) from None
    return typed


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _meant(text: str, path: Path, speaker: Speaker) -> tuple[bytes, str]:
    """What the user means by a text that is the name of a file."""
    if not os.isatty(STDIN):
        speaker.say(f"{text} is a file here; its name is handed in, and not its contents (--file)")
        return os.fsencode(text), "the argument"
    try:
        contents = Terminal().decide(f"{text} is a file here. Hand in its contents?")
    except OSError as error:
        raise Failure(
            f"cannot ask at the terminal: {error.strerror}",
            "Nothing was sent. Give --file for the contents of a file.",
        ) from None
    if contents is None:
        raise ended(Outcome.CANCELLED, "nothing was sent", "")
    return _read_file(path) if contents else (os.fsencode(text), "the argument")


def _read_file(path: Path) -> tuple[bytes, str]:
    try:
        with open(path, "rb", buffering=0) as file:
            return _bounded(lambda most: file.read(most) or b"", str(path)), str(path)
    except OSError as error:
        raise Failure(f"cannot read {path}: {error.strerror}", _CHECK_NAME) from None


def _read_input() -> tuple[bytes, str]:
    try:
        is_typed = os.isatty(STDIN)
        if is_typed:
            # This line appears even when quiet: without it the program seems to hang.
            tell("Type the text to hand in, then Enter and Ctrl-D (Ctrl-D alone hands in nothing).")
        source = "what you typed" if is_typed else "standard input"
        blob = _bounded(lambda most: os.read(STDIN, most), source)
    except OSError as error:
        what = f"cannot read standard input: {error.strerror}"
        raise Failure(what, "Nothing was sent.") from None
    # Enter ends a line at a terminal, and is no part of a password.
    return (blob.removesuffix(b"\n") if is_typed else blob), source


def _bounded(read: Callable[[int], bytes], source: str) -> bytes:
    """Read to the end, or up to the first byte that is too many."""
    blob = b""
    while len(blob) <= MAX_BLOB and (more := read(MAX_BLOB + 1 - len(blob))):
        blob += more
    if len(blob) > MAX_BLOB:
        raise ended(Outcome.BLOB_TOO_LARGE, f"{source} has more than {MAX_BLOB} bytes")
    return blob


def _first_line() -> bytes:
    line = b""
    try:
        while len(line) < _MOST_OF_A_CODE and not line.endswith(b"\n"):
            byte = os.read(STDIN, 1)
            if not byte:
                break
            line += byte
    except OSError as error:
        raise Failure(f"cannot read the code: {error.strerror}") from None
    if not line:
        raise ended(Outcome.BAD_CODE, "there is no code on standard input")
    return line


def _ask_for_code() -> bytes:
    try:
        terminal = Terminal()
    except OSError:
        raise usage(
            "there is no code, and no terminal to ask for it",
            "Give the code as an argument, or `-` and the code on standard input.",
        ) from None
    while True:
        try:
            typed = terminal.line("Code: ")
        except OSError as error:
            raise Failure(f"cannot ask for the code: {error.strerror}") from None
        if typed is None:
            raise ended(
                Outcome.CANCELLED,
                "nothing was sent",
                "The code was not used; it stays good for its time.",
            )
        try:
            read_code(typed)
        except Refusal as refusal:
            tell(refusal.hint or f"This can be no code ({refusal.fault}).")
        else:
            return typed
