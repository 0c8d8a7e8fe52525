"""The exit statuses: one for each outcome of section 12, and two of our own."""

from __future__ import annotations

from ..outcome import Outcome

LOCAL = 1
"""The status when a file or the terminal cannot be used."""

USAGE = 2
"""The status when the arguments cannot be understood, which is argparse's own."""

STATUSES = {
    Outcome.DONE: 0,
    Outcome.BAD_CODE: 10,
    Outcome.BAD_APPID: 11,
    Outcome.BLOB_TOO_LARGE: 12,
    Outcome.BAD_RENDEZVOUS: 13,
    Outcome.NO_SUCH_CHANNEL: 14,
    Outcome.CROWDED: 15,
    Outcome.CLOSED: 16,
    Outcome.EXPIRED: 17,
    Outcome.WRONG_CODE: 18,
    Outcome.BAD_ELEMENT: 19,
    Outcome.MALFORMED_MESSAGE: 20,
    Outcome.RELAY_MISBEHAVED: 21,
    Outcome.RELAY_UNREACHABLE: 22,
    Outcome.TIMEOUT: 23,
    Outcome.CANCELLED: 24,
    Outcome.INTERNAL: 25,
    Outcome.VERIFIER_MISMATCH: 26,
    Outcome.NOT_TAKEN: 27,
}

MEANINGS = {
    Outcome.DONE: "the other side's blob opened",
    Outcome.BAD_CODE: "the code is not valid; nothing was sent",
    Outcome.BAD_APPID: "the application identifier is not 1 to 128 bytes; nothing was sent",
    Outcome.BLOB_TOO_LARGE: "the blob has more than 65535 bytes; nothing was sent",
    Outcome.BAD_RENDEZVOUS: "the relay's address cannot be used; nothing was sent",
    Outcome.NO_SUCH_CHANNEL: "the relay has no channel of that number",
    Outcome.CROWDED: "another side has used the code",
    Outcome.CLOSED: "the other side, or the relay, ended the exchange",
    Outcome.EXPIRED: "the relay ended the exchange because its time was over",
    Outcome.WRONG_CODE: "the two sides have different words",
    Outcome.BAD_ELEMENT: "the other side's first message is not acceptable",
    Outcome.MALFORMED_MESSAGE: "the other side's message has the wrong form",
    Outcome.RELAY_MISBEHAVED: "the relay's answer makes no sense",
    Outcome.RELAY_UNREACHABLE: "the relay gave no useful answer within a minute",
    Outcome.TIMEOUT: "the time was over",
    Outcome.CANCELLED: "you gave up",
    Outcome.INTERNAL: "the machine failed the program",
    Outcome.VERIFIER_MISMATCH: "you said that the other side shows other words",
    Outcome.NOT_TAKEN: "the receiver could not keep the other side's blob",
}


def table() -> str:
    """The table of statuses, for ``--help``."""
    rows = [(STATUSES[outcome], outcome.value, MEANINGS[outcome]) for outcome in STATUSES]
    rows[1:1] = [
        (LOCAL, "", "a file or the terminal cannot be used"),
        (USAGE, "", "the arguments cannot be understood"),
    ]
    lines = [f"  {status:>2}  {name:<18} {meaning}" for status, name, meaning in rows]
    return "\n".join(["Exit status:", *lines])
