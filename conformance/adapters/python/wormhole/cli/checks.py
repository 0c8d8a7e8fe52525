"""The checks of the options, before anybody types."""

from __future__ import annotations

import argparse
import os
import shlex
import ssl
from collections.abc import Callable
from typing import TypedDict

from ..code import check_word_count
from ..errors import WormholeError
from ..outcome import SENTENCES, Outcome, Refusal
from ..settings import DEFAULT_RENDEZVOUS, RENDEZVOUS_VARIABLE, chosen_rendezvous
from ..values import check_appid, parse_rendezvous, read_hex
from .arguments import APPID
from .failure import Failure, ended, of_exchange
from .terminal import Terminal


class Address:
    """The relay's address, shown with its origin, since nobody thinks of an old variable."""

    def __init__(self, option: str | None) -> None:
        self.url = chosen_rendezvous(option)
        self._origin = "the default"
        if option is not None:
            self._origin = "from --rendezvous"
        elif os.environ.get(RENDEZVOUS_VARIABLE):
            self._origin = f"from {RENDEZVOUS_VARIABLE}"

    def __str__(self) -> str:
        return f"{self.url} ({self._origin})"

    @property
    def is_this_machine(self) -> bool:
        """Whether other machines cannot reach the relay."""
        return parse_rendezvous(self.url, allow_plain_http=True).is_loopback


class Settings(TypedDict):
    """The settings that both roles share."""

    look: Callable[[str], bool] | None
    rendezvous: str
    allow_plain_http: bool
    timeout: float | None
    tls: ssl.SSLContext | None


def checked_appid(options: argparse.Namespace) -> bytes:
    """The application identifier."""
    try:
        if options.appid_hex is not None:
            appid = read_hex(options.appid_hex)
        else:
            appid = os.fsencode(APPID if options.appid is None else options.appid)
        check_appid(appid)
    except ValueError:
        raise ended(Outcome.BAD_APPID, "--appid-hex is not lowercase hexadecimal") from None
    except Refusal as refusal:
        raise ended(refusal.outcome) from None
    return appid


def check_own_inputs(options: argparse.Namespace, address: Address) -> None:
    """Refuse an address, or a number of words, that cannot be."""
    try:
        parse_rendezvous(address.url, allow_plain_http=options.allow_plain_http)
        if options.command == "send":
            check_word_count(options.words)
    except Refusal as refusal:
        outcome = refusal.outcome
        if outcome is Outcome.BAD_CODE:
            hint = "Give --words a number from 2 to 8."
            raise ended(outcome, "a code has 2 to 8 words", hint) from None
        error = WormholeError(SENTENCES[outcome], outcome=outcome.value)
        raise of_exchange(error, str(address)) from None


def question_place() -> Terminal:
    """The terminal for the question whether the words are the same."""
    try:
        return Terminal()
    except OSError:
        raise Failure(
            "--verify needs a terminal to ask at, and there is none",
            "Nothing was sent. Run this where you can type.",
        ) from None


def settings_of(
    options: argparse.Namespace, address: Address, look: Callable[[str], bool] | None
) -> Settings:
    """The settings of the exchange."""
    return Settings(
        look=look,
        rendezvous=address.url,
        allow_plain_http=options.allow_plain_http,
        timeout=options.deadline,
        tls=None if options.ca_file is None else _context(options),
    )


def _context(options: argparse.Namespace) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=options.ca_file)
    except ssl.SSLError:
        raise Failure(
            "cannot use --ca-file: it has no certificate",
            "Nothing was sent. Give a PEM file with the certificate of an authority.",
        ) from None
    except OSError as error:
        raise Failure(
            f"cannot read {options.ca_file}: {error.strerror}",
            "Nothing was sent. Check the name of the file.",
        ) from None


def shared(options: argparse.Namespace, address: Address) -> str:
    """The options that both users must give alike, as the other user types them."""
    words = []
    if address.url != DEFAULT_RENDEZVOUS:
        words += ["--rendezvous", address.url]
    if options.appid_hex is not None:
        words += ["--appid-hex", options.appid_hex]
    elif options.appid not in (None, APPID):
        words += ["--appid", options.appid]
    if options.allow_plain_http:
        words.append("--allow-plain-http")
    if options.verify:
        words.append("--verify")
    return "".join(f" {shlex.quote(word)}" for word in words)
