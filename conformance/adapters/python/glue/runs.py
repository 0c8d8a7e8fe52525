"""``run`` and ``user-event``: whole clients, each in a thread of its own."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable

from wormhole.code import Code
from wormhole.config import Config
from wormhole.events import UserEvent
from wormhole.initiator import Initiator
from wormhole.keys import BadExportError
from wormhole.outcome import Result
from wormhole.receiver import Receiver
from wormhole.strictjson import Object
from wormhole.testing import NAMES, HookError, InjectedValues, with_second

from .inputs import CannotTryError, Inputs

Reply = Callable[[str, Object], None]
"""A function that writes a message with an id."""


class Runs:
    """All runs, also those that have ended."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._runs: dict[str, Initiator | Receiver | None] = {}

    def start(self, id_: str, given: Inputs) -> None:
        """Start a client; its reply comes when it has ended."""
        if id_ in self._runs:
            raise CannotTryError("a run of this id is known")
        export = None
        if "export" in given:
            wanted = given.object("export")
            export = wanted.data("label"), wanted.integer("length")
        run = self._client(id_, given)
        self._runs[id_] = run
        threading.Thread(target=self._run, args=(id_, run, export), daemon=True).start()

    def say(self, target: str, said: UserEvent) -> None:
        """Say something to a run; this does nothing to one that has ended or never was."""
        if (run := self._runs.get(target)) is not None:
            run.say(said)

    def _client(self, id_: str, given: Inputs) -> Initiator | Receiver:
        config, blob = _config(given), given.data("blob")
        look = "look" in given and given.boolean("look")

        def show(code: Code) -> None:
            self._reply(id_, {"event": "code", "code": str(code)})

        def looking(verifier: list[str], _blob: bytes = b"") -> None:
            self._reply(id_, {"event": "looking", "verifier": verifier})

        def taking(blob: bytes) -> None:
            self._reply(id_, {"event": "taking", "blob": blob.hex()})

        if given.string("role", ("initiator", "receiver")) == "receiver":
            return Receiver(
                config,
                blob,
                given.data("code"),
                on_look=looking if look else None,
                on_take=taking if "take" in given and given.boolean("take") else None,
            )
        return Initiator(
            config,
            blob,
            on_code=show,
            word_count=given.integer("words") if "words" in given else 2,
            on_look=looking if look else None,
        )

    def _run(
        self, id_: str, run: Initiator | Receiver, export: tuple[bytes, int] | None
    ) -> None:
        try:
            ended: Object = {"ok": _told(run, run.run(), export)}
        except HookError as error:
            ended = {"error": str(error)}
        except Exception as error:
            ended = {"error": type(error).__name__}
        run.wipe()
        self._runs[id_] = None
        self._reply(id_, ended)


def _config(given: Inputs) -> Config:
    injected = given.object("inject") if "inject" in given else Inputs({})
    values = {name: injected.data_or_null(name) for name in NAMES if name in injected}
    allow = "allow_plain_http"
    config = Config(
        relay=given.string("rendezvous"),
        appid=given.data("appid"),
        allow_plain_http=allow in given and given.boolean(allow),
        timeout=given.integer("deadline") if "deadline" in given else None,
        tls=_tls(given),
        values=InjectedValues(values),
    )
    return with_second(config, given.integer("second_ms")) if "second_ms" in given else config


def _tls(given: Inputs) -> ssl.SSLContext | None:
    """A context that trusts the authority of ``ca`` alone."""
    if "ca" not in given:
        return None
    try:
        return ssl.create_default_context(cadata=given.string("ca"))
    except ssl.SSLError:
        raise CannotTryError("ca is no certificate") from None


def _told(run: Initiator | Receiver, result: Result, export: tuple[bytes, int] | None) -> Object:
    """The members of ``ok``; there are verifier and export only with the peer's blob."""
    told: Object = {
        "outcome": result.outcome,
        "reason": result.reason,
        "delivered": result.delivered,
        "blob": None,
        "verifier": None,
        "exported": None,
    }
    if result.fault is not None:
        told["fault"] = result.fault
    if result.blob is not None:
        told |= {"blob": result.blob.hex(), "verifier": result.verifier}
        if export is not None:
            try:
                told["exported"] = run.export(*export).hex()
            except BadExportError:
                pass  # an error of the call, which leaves the exchange as it was (KEY-4)
    return told
