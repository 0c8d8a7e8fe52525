"""A script by route: what a request gets does not depend on how many came before."""

from __future__ import annotations

from .peers import PeerInitiator, PeerReceiver
from .scripted import HANG, STORED, Seen, Step


class Routes:
    """Steps by method and last part of the path, such as ``PUT finish``."""

    def __init__(self, steps: dict[str, Step]) -> None:
        self.steps = steps
        self.stored: set[str] = set()

    def __call__(self, seen: Seen) -> bytes | None:
        last = seen.target.rpartition("/")[2].partition("?")[0]
        if seen.method == "PUT":
            self.stored.add(last)
        return self.steps[f"{seen.method} {last}"](seen)


def for_initiator(peer: PeerReceiver, **more: Step) -> Routes:
    """A good relay with a good receiver; ``get_receipt`` and the like replace a step.

    The receipt comes after the finish, and until then its polls are not answered.
    """

    def receipt(seen: Seen) -> bytes | None:
        return (peer.receipt if "finish" in routes.stored else HANG)(seen)

    steps = {
        "POST channels": peer.allocate,
        "GET answer": peer.answer(),
        "PUT finish": STORED,
        "GET receipt": receipt,
        "POST close": STORED,
    }
    routes = Routes(steps | {_route(name): step for name, step in more.items()})
    return routes


def for_receiver(peer: PeerInitiator, **more: Step) -> Routes:
    """A good relay with a good initiator."""
    steps = {
        "POST claim": peer.claim,
        "PUT answer": peer.put_answer,
        "GET finish": peer.finish(),
        "PUT receipt": STORED,
        "POST close": STORED,
    }
    return Routes(steps | {_route(name): step for name, step in more.items()})


def _route(name: str) -> str:
    method, _, last = name.partition("_")
    return f"{method.upper()} {last}"
