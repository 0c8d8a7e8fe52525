"""Questions at the terminal, even where standard input and output lead elsewhere."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from .messages import write_all

_MOST = 1_100
_TICK_SECONDS = 0.1


class Terminal:
    """The terminal from which the program was started; OSError where there is none."""

    def __init__(self) -> None:
        self._file = os.open("/dev/tty", os.O_RDWR | getattr(os, "O_NOCTTY", 0))

    def line(self, prompt: str) -> bytes | None:
        """Ask for a line; None at a Ctrl-D."""
        write_all(self._file, prompt.encode())
        return os.read(self._file, _MOST) or None

    def decide(self, question: str) -> bool | None:
        """Ask a question; None at a Ctrl-D, or when the terminal is gone."""
        try:
            self._forget_what_was_typed()
            said = self.line(f"{question} [y/n] ")
            while said is not None:
                match said.strip().lower():
                    case b"y" | b"yes":
                        return True
                    case b"n" | b"no":
                        return False
                said = self.line("Please type yes or no: ")
        except OSError:
            pass
        return None

    def decide_unless(self, question: str, over: Callable[[], bool]) -> bool | None:
        """Ask a question, unless all is over before the user answers."""
        answers: list[bool | None] = []
        answered = threading.Event()

        def ask() -> None:
            answers.append(self.decide(question))
            answered.set()

        threading.Thread(target=ask, daemon=True).start()
        while not answered.wait(_TICK_SECONDS) and not over():
            pass
        return answers[0] if answers else None

    def _forget_what_was_typed(self) -> None:
        try:
            import termios
        except ImportError:
            return
        try:
            termios.tcflush(self._file, termios.TCIFLUSH)
        except termios.error as error:
            raise OSError("the terminal is gone") from error
