"""The other side of an exchange, as steps of a script."""

from __future__ import annotations

from wormhole.code import read_code
from wormhole.config import Config
from wormhole.keys import Keys
from wormhole.pake import Side
from wormhole.seal import pad, seal
from wormhole.session import Session
from wormhole.testing import InjectedValues, with_second

from .scripted import Scripted, Seen, Step, ok

APPID = b"example.com/app1"
CODE = "7-crossover-clockwork"
WORDS = bytes([0x3C, 0x3B])
SIDE = bytes(range(16))
SCALAR = (99).to_bytes(32, "little")
VALUES = InjectedValues({"side": SIDE, "words": WORDS, "pake_scalar": SCALAR})


def config(server: Scripted, second_ms: int = 100, **more) -> Config:
    return with_second(Config(server.url, APPID, **more), second_ms)


class Peer:
    def __init__(self, side: Side) -> None:
        self.session = Session(side, read_code(CODE).password, 12345, APPID)
        self.session.channel = 7

    @property
    def keys(self) -> Keys:
        return self.session.keys


class PeerReceiver(Peer):
    """The receiver, for an initiator under test."""

    def __init__(self) -> None:
        super().__init__(Side.B)

    def allocate(self, seen: Seen) -> bytes:
        self.session.read_offer(bytes.fromhex(seen.json["body"]))
        return ok(201, channel=7, ttl=3600, more={"a": [1]})

    def answer(self, blob: bytes = b"from B", padded: bytes | None = None) -> Step:
        def step(_: Seen) -> bytes:
            text = pad(blob) if padded is None else padded
            sealed = seal(self.keys.receiver_blob, text, self.keys.th)
            return ok(body=(self.session.message + sealed).hex())

        return step

    def receipt(self, _: Seen) -> bytes:
        return ok(body=seal(self.keys.receipt, b"", self.keys.th).hex())


class PeerInitiator(Peer):
    """The initiator, for a receiver under test."""

    def __init__(self) -> None:
        super().__init__(Side.A)
        self.blob: bytes | None = None

    def claim(self, _: Seen) -> bytes:
        return ok(body=self.session.message.hex(), ttl=600)

    def put_answer(self, seen: Seen) -> bytes:
        self.blob = self.session.read_answer(bytes.fromhex(seen.json["body"]))
        return ok()

    def finish(self, blob: bytes = b"from A", padded: bytes | None = None) -> Step:
        def step(_: Seen) -> bytes:
            text = pad(blob) if padded is None else padded
            return ok(body=seal(self.keys.initiator_blob, text, self.keys.th).hex())

        return step
