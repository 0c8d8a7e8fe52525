"""The place of the other side's blob.

A blob comes only once, so the place is checked before the exchange, and a failure after it falls
back to standard output.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from .failure import Failure
from .messages import STDOUT, Speaker, count, event, printable, write_all

_ANOTHER = "Nothing was sent. Give --output a file that can be written."


class Output:
    """A place that has been checked."""

    def __init__(self, path: Path | None, *, force: bool) -> None:
        self._path = path if path is not None and str(path) != "-" else None
        self._force = force
        self._special = False
        if self._path is not None:
            self._check(self._path)
        else:
            check_standard()

    def write(self, blob: bytes, speaker: Speaker) -> Failure | None:
        """Write the blob, whole and synced (RECV-6).

        Gives a failure if it is on standard output and not where the user wanted it. Raises one if
        it could not be written anywhere.
        """
        if self._path is None:
            _write_standard(blob, speaker)
            return None
        try:
            if self._special:
                _write_special(self._path, blob)
            else:
                write_file(self._path, blob, force=self._force)
        except OSError as error:
            _write_standard(blob, speaker)
            return Failure(
                f"cannot write {self._path}: {error.strerror}",
                "The other side's blob is on standard output instead.",
            )
        speaker.say(f"wrote the other side's {count(len(blob))} to {self._path}")
        return None

    def _check(self, path: Path) -> None:
        try:
            mode = os.stat(path).st_mode
        except FileNotFoundError:
            mode = None
        except OSError as error:
            raise Failure(f"cannot write {path}: {error.strerror}", _ANOTHER) from None
        if mode is not None and stat.S_ISDIR(mode):
            raise Failure(f"cannot write {path}: it is a directory", _ANOTHER)
        if mode is not None and not stat.S_ISREG(mode):
            self._special = True
            return
        if mode is not None and not self._force:
            raise Failure(
                f"cannot write {path}: it exists",
                "Nothing was sent. Give --output another name, or add --force to replace the file.",
            )
        if mode is not None:
            path = self._path = path.resolve()  # a link stays a link
        try:
            with tempfile.TemporaryFile(dir=path.parent):
                pass
        except OSError as error:
            raise Failure(
                f"cannot write to the folder of {path}: {error.strerror}", _ANOTHER
            ) from None


def check_standard() -> None:
    """Refuse a standard output that is closed."""
    try:
        os.fstat(STDOUT)
    except OSError:
        raise Failure(
            "standard output is closed",
            "Nothing was sent. Leave it open, or lead it to a file or a pipe.",
        ) from None


def write_file(path: Path, data: bytes, *, force: bool) -> None:
    """Write a file of mode 600, whole and synced, or not at all."""
    file, name = tempfile.mkstemp(prefix=".wormhole-sync-", dir=path.parent)
    try:
        try:
            write_all(file, data)
            os.fsync(file)
        finally:
            os.close(file)
        if force or os.name == "nt":  # there, a rename replaces nothing unless it is told so
            (os.replace if force else os.rename)(name, path)
        else:
            os.link(name, path)  # another program may have made the file meanwhile
            os.unlink(name)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Sync the name as well, where the system has that."""
    with contextlib.suppress(OSError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def _write_special(path: Path, blob: bytes) -> None:
    file = os.open(path, os.O_WRONLY)
    try:
        write_all(file, blob)
    finally:
        os.close(file)


def _write_standard(blob: bytes, speaker: Speaker) -> None:
    try:
        if speaker.is_json:
            event({"event": "blob", "blob": blob.hex()})
        elif os.isatty(STDOUT):
            _show(blob, speaker)
        else:
            write_all(STDOUT, blob)
        if stat.S_ISREG(os.fstat(STDOUT).st_mode):
            os.fsync(STDOUT)
    except OSError as error:
        raise Failure(
            f"cannot write the other side's blob to standard output: {error.strerror}",
            "The blob is lost. Start again with a new code.",
        ) from None


def _show(blob: bytes, speaker: Speaker) -> None:
    """Show the blob at a terminal, which would obey control characters."""
    shown = printable(blob)
    if shown != blob:
        speaker.say(
            "the blob is shown with escapes, because it has bytes that a terminal would obey; "
            "next time give --output FILE"
        )
    if shown:
        write_all(STDOUT, shown if shown.endswith(b"\n") else shown + b"\n")
