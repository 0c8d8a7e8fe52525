"""The invitation code (section 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from .outcome import Outcome, Refusal

MIN_WORDS = 2
MAX_WORDS = 8
MAX_INPUT = 1_024

_LISTS = Path(__file__).parent / "words"
_CHANNEL = re.compile(r"[1-9][0-9]{0,8}")
_BYTE_ORDER_MARK = "\ufeff"
_READ_AS = {
    " ": (0x00A0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000),
    "-": (*range(0x2010, 0x2016), 0x2212, 0xFF0D),
}
"""The closed list of section 4: what looks like a space or a hyphen, and is read as one."""
_LOOKALIKES = {point: read for read, points in _READ_AS.items() for point in points}
_REFUSED = re.compile(r"[^\t\n\r -~]")
_ENDS = "\t\n\r "
_SEPARATORS = re.compile(r"[\t \-_]+")
_UPPER_TO_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


@cache
def word_list(position: int) -> tuple[str, ...]:
    """The list of a position: three syllables at even positions, two at odd ones (section 4)."""
    if position > 1:
        return word_list(position % 2)
    name = "even.txt" if position else "odd.txt"
    return tuple((_LISTS / name).read_text(encoding="ascii").splitlines())


def words_of(data: bytes) -> list[str]:
    """The word of each byte, by position (CODE-2, KEY-3)."""
    return [word_list(i)[byte] for i, byte in enumerate(data)]


@dataclass(frozen=True)
class Code:
    """An invitation code. Its words are secret (CODE-9)."""

    channel: int
    words: tuple[str, ...] = field(repr=False)

    @property
    def password(self) -> bytes:
        """The password of SPAKE2 (PAKE-1)."""
        return password_of(self.words)

    def __str__(self) -> str:
        """The code as it is shown (CODE-3)."""
        return "-".join((str(self.channel), *self.words))


def password_of(words: tuple[str, ...] | list[str]) -> bytes:
    """The words joined by hyphens (PAKE-1)."""
    return "-".join(words).encode("ascii")


def check_word_count(count: int) -> None:
    """Refuse a number of words outside 2 to 8 (CODE-1)."""
    if not MIN_WORDS <= count <= MAX_WORDS:
        raise Refusal(Outcome.BAD_CODE)


def read_code(typed: str | bytes) -> Code:
    """Read a typed code (CODE-4 to CODE-7), or raise Refusal with the fault."""
    data = typed.encode("utf-8", "surrogatepass") if isinstance(typed, str) else typed
    if len(data) > MAX_INPUT:
        raise _bad("too-long")
    text = _characters(data).strip(_ENDS).translate(_UPPER_TO_LOWER)
    channel, *words = _SEPARATORS.sub("-", text).split("-")
    if not _CHANNEL.fullmatch(channel):
        raise _bad("bad-channel")
    if not MIN_WORDS <= len(words) <= MAX_WORDS:
        raise _bad("word-count")
    for i, word in enumerate(words):
        if word not in word_list(i):
            raise _word_fault(words, i)
    return Code(int(channel), tuple(words))


def _characters(data: bytes) -> str:
    """What was typed, by the list of section 4; the first character that is refused (CODE-10)."""
    try:
        text, broken = data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        text, broken = data[: error.start].decode("utf-8"), data[error.start]
    text = text.removeprefix(_BYTE_ORDER_MARK).translate(_LOOKALIKES)
    if refused := _REFUSED.search(text):
        raise _bad("bad-character", f"No code has the character U+{ord(refused[0]):04X}.")
    if broken is not None:
        raise _bad("bad-character", f"The byte 0x{broken:02X} there is no UTF-8.")
    return text


def _bad(fault: str, hint: str | None = None) -> Refusal:
    return Refusal(Outcome.BAD_CODE, fault, hint)


def _word_fault(words: list[str], i: int) -> Refusal:
    """The fault of the first wrong word by CODE-7, with a hint for the user."""
    word = words[i]
    if word in word_list(i + 1) and i + 1 < len(words) and words[i + 1] in word_list(i):
        return _bad("swapped-words", f"The words {word!r} and {words[i + 1]!r} are swapped.")
    import difflib  # seldom needed, and slow to load

    nearest = difflib.get_close_matches(word, word_list(i), n=3, cutoff=0.5)
    hint = f"The word {word!r} is not in the list."
    if nearest:
        hint += f" Is it {' or '.join(nearest)}?"
    return _bad("unknown-word", hint)
