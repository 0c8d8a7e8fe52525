"""wormhole-sync: two people move a small secret between two machines with a short spoken code.

``wormhole.transcribe`` has the classes that wait, ``wormhole.twisted.transcribe`` those that give
Deferreds. Both raise the exceptions that are listed here.
"""

from ._version import VERSION as __version__
from .errors import (
    BadAppid,
    BadCode,
    BadElement,
    BadRendezvous,
    BlobTooLarge,
    Cancelled,
    Closed,
    Crowded,
    Expired,
    Internal,
    MalformedMessage,
    NoSuchChannel,
    NotTaken,
    RelayMisbehaved,
    RelayUnreachable,
    Timeout,
    VerifierMismatch,
    WormholeError,
    WrongCode,
)
from .settings import DEFAULT_RENDEZVOUS

__all__ = [
    "DEFAULT_RENDEZVOUS",
    "BadAppid",
    "BadCode",
    "BadElement",
    "BadRendezvous",
    "BlobTooLarge",
    "Cancelled",
    "Closed",
    "Crowded",
    "Expired",
    "Internal",
    "MalformedMessage",
    "NoSuchChannel",
    "NotTaken",
    "RelayMisbehaved",
    "RelayUnreachable",
    "Timeout",
    "VerifierMismatch",
    "WormholeError",
    "WrongCode",
    "__version__",
]
