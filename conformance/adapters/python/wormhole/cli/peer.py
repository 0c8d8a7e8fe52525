"""``send`` and ``receive``: one side of an exchange."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from ..errors import WormholeError
from ..exchange import Exchange
from ..outcome import Outcome
from ..transcribe import Initiator, Receiver
from . import input as given
from .arguments import PROGRAM, parse
from .checks import (
    Address,
    check_own_inputs,
    checked_appid,
    question_place,
    settings_of,
    shared,
)
from .failure import Failure, ended, of_exchange, usage
from .messages import STDERR, STDOUT, Speaker, event, write_all
from .output import Output, check_standard, write_file
from .signals import Signals


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit status."""
    options = parse(arguments)
    try:
        Side(options).run()
    except Failure as failure:
        if options.json:
            Speaker(quiet=True, json=True).event(failure.event())
        failure.report()
        return failure.status
    return 0


class Side:
    """One side, with its checked options."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._speaker = Speaker(quiet=options.quiet, json=options.json)
        self._exchange: Exchange[bool] | None = None
        self._agreed: bool | None = None
        self._address = Address(options.rendezvous)

    def run(self) -> None:
        """Run the command."""
        options = self._options
        if options.command == "send":
            check_standard()  # the code goes there, whatever becomes of the blob
        elif options.code == "-" and given.reads_input(options):
            raise usage(
                "the code and the blob cannot both come from standard input",
                "Give the blob as an argument, or name a file.",
            )
        self._appid = checked_appid(options)
        check_own_inputs(options, self._address)
        self._terminal = question_place() if options.verify else None
        self._signals = Signals(self._speaker)
        output = Output(options.output, force=options.force)
        blob, source = given.read_blob(options, self._speaker)
        if options.command == "send":
            self._send(blob, source, output)
        else:
            code = given.read_typed_code(options.code)
            self._receive(blob, source, code, output)

    # The exchange.

    def _send(self, blob: bytes, source: str, output: Output) -> None:
        options = self._options
        settings = settings_of(options, self._address, self._look if options.verify else None)
        given.announce(blob, source, self._speaker)
        initiator = Initiator(self._appid, blob, words=options.words, **settings)
        self._guard(initiator)
        self._speaker.say("asking the relay for a code")
        with initiator:
            try:
                code = initiator.start()
            except WormholeError as error:
                raise of_exchange(error, str(self._address)) from None
            self._show(code)
            self._instruct(code)
            self._speaker.say("waiting for the other side")
            try:
                theirs = initiator.finish()
            except WormholeError as error:
                self._save_all_the_same(error, output)
                raise of_exchange(error, str(self._address)) from None
            elsewhere = output.write(theirs, self._speaker)
            if elsewhere is not None:
                raise elsewhere
            if initiator.reason == Outcome.NOT_TAKEN:
                what = "the relay says that the other side could not keep the blob"
                raise ended(Outcome.NOT_TAKEN, what, initiator.sentence)
            self._say_done(initiator, theirs)

    def _receive(self, blob: bytes, source: str, code: bytes, output: Output) -> None:
        options = self._options
        settings = settings_of(options, self._address, self._look if options.verify else None)
        given.announce(blob, source, self._speaker)
        failures: list[Failure] = []

        def take(theirs: bytes) -> None:
            """The blob is written before the other side hears that it arrived (RECV-6)."""
            try:
                elsewhere = output.write(theirs, self._speaker)
            except Failure as failure:
                failures.append(failure)
                raise
            if elsewhere is not None:
                failures.append(elsewhere)

        receiver = Receiver(self._appid, code, blob, take=take, **settings)
        self._guard(receiver)
        self._speaker.say("asking the relay for the other side")
        with receiver:
            try:
                if self._terminal is None:
                    self._mention(receiver.hold())
                    self._speaker.say("waiting for the other side's blob")
                theirs = receiver.finish()
            except WormholeError as error:
                # The failure to write is what the user has to know; the outcome follows from it.
                raise (failures or [of_exchange(error, str(self._address))])[0] from None
            if failures:
                raise failures[0]
            self._say_done(receiver, theirs)

    def _guard(self, exchange: Exchange[bool]) -> None:
        self._exchange = exchange
        self._signals.guard(exchange)

    def _look(self, words: str) -> bool:
        """Ask whether the other user sees the same words, unless the exchange ends before."""
        exchange, terminal = self._exchange, self._terminal
        assert exchange is not None and terminal is not None
        self._agreed = False
        self._speaker.event({"event": "verifier", "words": words.split(" ")})
        answer = terminal.decide_unless(
            "\nThe other side must see these eight words, in this order:"
            f"\n\n    {words}\n\nDoes it?",
            lambda: exchange.outcome is not None,
        )
        if answer is None:
            # A user who cannot be asked has not agreed.
            exchange.cancel()
            return False
        self._agreed = answer
        return answer

    def _save_all_the_same(self, error: WormholeError, output: Output) -> None:
        """Hand over a blob that came before the failure (INIT-3).

        One that came before a comparison that nobody agreed to is dropped, because nobody knows
        whose it is.
        """
        doubted = self._agreed is False or error.reason == Outcome.VERIFIER_MISMATCH
        if error.blob is None or doubted:
            return
        self._speaker.say("the other side's blob came before the exchange failed")
        elsewhere = output.write(error.blob, self._speaker)
        if elsewhere is not None:
            elsewhere.report()

    # What the user sees.

    def _show(self, code: str) -> None:
        """Write the code as the first line of standard output, and to the file that is given."""
        place = "standard output"
        try:
            if self._speaker.is_json:
                event({"event": "code", "code": code})
            else:
                write_all(STDOUT, code.encode() + b"\n")
            if (path := self._options.code_file) is not None:
                place = str(path)
                write_file(path, code.encode() + b"\n", force=True)
        except OSError as error:
            raise Failure(
                f"cannot write the code to {place}: {error.strerror}",
                "Nobody can use this code; start again.",
            ) from None

    def _instruct(self, code: str) -> None:
        """Show the command that the other user types, without the code (RAND-2)."""
        here = self._address.is_this_machine
        place = "In another terminal" if here else "On the other machine"
        is_seen = os.isatty(STDERR) and not os.isatty(STDOUT)
        what = f"type the code {code}" if is_seen else "type the code"
        command = f"{PROGRAM} receive{shared(self._options, self._address)}"
        self._speaker.say(f"{place}: {command}\nand {what} when it asks.")
        if here:
            self._speaker.say(f"(Other machines cannot reach the relay {self._address}.)")

    def _mention(self, words: str) -> None:
        """Show the words to a receiver whose user does not compare; the other user may ask."""
        self._speaker.event({"event": "verifier", "words": words.split(" ")})
        self._speaker.say(f"If the other user compares words, yours are: {words}")

    def _say_done(self, exchange: Exchange[bool], theirs: bytes) -> None:
        if not theirs:
            self._speaker.say("the other side handed in nothing")
        self._speaker.event(
            {
                "event": "result",
                "outcome": Outcome.DONE,
                "reason": None,
                "delivered": exchange.delivered,
                "status": 0,
            }
        )
        self._speaker.say(exchange.sentence or "")
