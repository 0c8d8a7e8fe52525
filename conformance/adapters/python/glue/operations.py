"""The operations that need no network: each is a function of its inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from wormhole import keys, seal
from wormhole.code import Code, check_word_count, read_code, words_of
from wormhole.link import BadLinkError, Link, read_link
from wormhole.messages import MAX_CHANNEL
from wormhole.outcome import Outcome, Refusal
from wormhole.pake import MESSAGE_LENGTH, BadElementError, Side, Spake2, password_scalar
from wormhole.seal import MalformedError, UnopenedError
from wormhole.session import Session
from wormhole.strictjson import MalformedJsonError, Object, TooLargeError
from wormhole.testing import scalar_of
from wormhole.values import Rendezvous, check_appid, check_blob, parse_rendezvous

from .inputs import Inputs
from .json_messages import read_message

KEY_LENGTH = 32
_SIDES = {"initiator": Side.A, "receiver": Side.B}
_REFUSALS: tuple[tuple[type[Exception], str], ...] = (
    (BadElementError, Outcome.BAD_ELEMENT),
    (MalformedError, Outcome.MALFORMED_MESSAGE),
    (UnopenedError, Outcome.WRONG_CODE),
    (keys.BadExportError, "bad-export"),
    (TooLargeError, "too-large"),
    (MalformedJsonError, "malformed"),
)


def refusal_of(error: Exception) -> Object | None:
    """The member ``refused`` for an exception of the implementation; None if it is no refusal."""
    if isinstance(error, BadLinkError):
        return {"outcome": "bad-link", "fault": error.fault}
    if isinstance(error, Refusal):
        refused: Object = {"outcome": error.outcome}
        return refused if error.fault is None else refused | {"fault": error.fault}
    for kind, outcome in _REFUSALS:
        if isinstance(error, kind):
            return {"outcome": outcome}
    return None


def _code_parse(given: Inputs) -> Object:
    code = read_code(given.data("input"))
    return {"channel": code.channel, "words": list(code.words)}


def _code_print(given: Inputs) -> Object:
    channel, words = given.integer("channel"), given.data("words")
    check_word_count(len(words))
    if not 1 <= channel <= MAX_CHANNEL:
        raise Refusal(Outcome.BAD_CODE)
    return {"code": str(Code(channel, tuple(words_of(words))))}


def _link_parse(given: Inputs) -> Object:
    own_appid = given.data("own_appid")
    # An own relay that is empty is none: then the user is asked.
    own_relay = _relay(given, "own_relay") if given.string("own_relay") else None
    link = read_link(given.data("link"), allow_plain_http=given.boolean("allow_plain_http"))
    return {
        "channel": link.code.channel,
        "words": list(link.code.words),
        "appid": link.appid.hex(),
        "relay": link.relay.address,
        "ask_appid": link.asks_about_appid(own_appid),
        "ask_relay": own_relay is None or link.asks_about_relay(own_relay),
    }


def _link_print(given: Inputs) -> Object:
    channel, words = given.integer("channel"), given.data("words")
    code = Code(channel, tuple(words_of(words)))
    return {"link": str(Link(code, given.data("appid"), _relay(given, "relay")))}


def _relay(given: Inputs, name: str) -> Rendezvous:
    return parse_rendezvous(given.string(name), allow_plain_http=True)


def _appid(given: Inputs) -> Object:
    appid = given.data("appid")
    check_appid(appid)
    return {"hex": appid.hex()}


def _rendezvous(given: Inputs) -> Object:
    allow = given.boolean("allow_plain_http")
    return {"base": parse_rendezvous(given.string("address"), allow_plain_http=allow).base}


def _spake2(given: Inputs) -> Spake2:
    side = _SIDES[given.string("role", _SIDES)]
    scalar = scalar_of(given.data("pake_scalar"))
    return Spake2(side, given.string("password").encode("utf-8"), scalar)


def _spake2_start(given: Inputs) -> Object:
    w = password_scalar(given.string("password").encode("utf-8"))
    return {"w": w.to_bytes(32, "little").hex(), "message": _spake2(given).message.hex()}


def _spake2_finish(given: Inputs) -> Object:
    shared = _spake2(given).finish(given.data("peer", MESSAGE_LENGTH))
    return {"Z": shared.z.hex(), "K": shared.k.hex()}


def _key_schedule(given: Inputs) -> Object:
    context = keys.transcript(
        given.data("appid"),
        given.integer("channel"),
        given.data("offer"),
        given.data("answer_message"),
    )
    th = hashlib.sha256(context).digest()
    prk = keys.extract(th, given.data("K"))
    names = ("receiver-blob", "initiator-blob", "receipt", "verifier", "exporter")
    derived = {
        f"key_{name.replace('-', '_')}": keys.key_of(prk, name.encode()).hex() for name in names
    }
    return {"context": context.hex(), "th": th.hex(), "PRK": prk.hex(), **derived}


def _pad(given: Inputs) -> Object:
    blob = given.data("blob")
    check_blob(blob)
    return {"padded": seal.pad(blob).hex()}


def _unpad(given: Inputs) -> Object:
    return {"blob": seal.unpad(given.data("padded")).hex()}


def _seal(given: Inputs) -> Object:
    key = bytearray(given.data("key", KEY_LENGTH))
    return {"sealed": seal.seal(key, given.data("plaintext"), given.data("th")).hex()}


def _open(given: Inputs) -> Object:
    key = bytearray(given.data("key", KEY_LENGTH))
    return {"plaintext": seal.unseal(key, given.data("sealed"), given.data("th")).hex()}


def _verifier(given: Inputs) -> Object:
    return {"words": keys.verifier_words(given.data("key_verifier", KEY_LENGTH))}


def _export(given: Inputs) -> Object:
    key = given.data("key_exporter", KEY_LENGTH)
    return {"key": keys.export(key, given.data("label"), given.integer("length")).hex()}


def _session(side: Side, given: Inputs) -> Session:
    scalar = scalar_of(given.data("pake_scalar"))
    password = given.string("words").encode("utf-8")
    session = Session(side, password, scalar, given.data("appid"))
    session.channel = given.integer("channel")
    return session


def _at_receiver(given: Inputs) -> tuple[Session, bytes]:
    """A receiver that has read the offer, and its answer."""
    session, blob = _session(Side.B, given), given.data("blob")
    check_blob(blob)
    session.read_offer(given.data("offer"))
    return session, session.answer(blob)


def _at_initiator(given: Inputs) -> tuple[Session, bytes, bytes]:
    """An initiator that has read the answer, the peer's blob, and its finish."""
    session, blob = _session(Side.A, given), given.data("blob")
    check_blob(blob)
    peer_blob = session.read_answer(given.data("answer"))
    return session, peer_blob, session.finish(blob)


def _read_offer(given: Inputs) -> Object:
    session, answer = _at_receiver(given)
    return {"answer": answer.hex(), "verifier": session.verifier}


def _read_answer(given: Inputs) -> Object:
    session, peer_blob, finish = _at_initiator(given)
    return {"peer_blob": peer_blob.hex(), "finish": finish.hex(), "verifier": session.verifier}


def _read_finish(given: Inputs) -> Object:
    session, _ = _at_receiver(given)
    peer_blob = session.read_finish(given.data("finish"))
    return {"peer_blob": peer_blob.hex(), "receipt": session.receipt().hex()}


def _read_receipt(given: Inputs) -> Object:
    session, _, _ = _at_initiator(given)
    return {"delivered": session.read_receipt(given.data("receipt"))}


def _json(given: Inputs) -> Object:
    return read_message(given.string("message"), given.data("text"))


OPERATIONS: dict[str, Callable[[Inputs], Object]] = {
    "code-parse": _code_parse,
    "code-print": _code_print,
    "link-parse": _link_parse,
    "link-print": _link_print,
    "appid": _appid,
    "rendezvous": _rendezvous,
    "spake2-start": _spake2_start,
    "spake2-finish": _spake2_finish,
    "key-schedule": _key_schedule,
    "pad": _pad,
    "unpad": _unpad,
    "seal": _seal,
    "open": _open,
    "verifier": _verifier,
    "export": _export,
    "json": _json,
    "read-offer": _read_offer,
    "read-answer": _read_answer,
    "read-finish": _read_finish,
    "read-receipt": _read_receipt,
}
