"""The settings of an exchange, as an application gives them."""

from __future__ import annotations

import math
import os
import ssl
from typing import Any

from .config import Config

DEFAULT_RENDEZVOUS = "http://127.0.0.1:4000"
"""The relay's address where neither the caller nor the environment gives one."""

RENDEZVOUS_VARIABLE = "WORMHOLE_SYNC_RENDEZVOUS"
"""The environment variable that goes before the default."""

Text = bytes | str
Blob = bytes | bytearray | memoryview
Path = str | os.PathLike[str]


def config(
    appid: Text,
    rendezvous: str | None,
    allow_plain_http: bool,
    timeout: float | None,
    ca: Path | None,
    tls: ssl.SSLContext | None,
) -> Config:
    """The settings of a run, checked as far as the protocol has no outcome for them."""
    if timeout is not None and not 0 < timeout < math.inf:
        raise ValueError("the timeout is not a positive number of seconds")
    if ca is not None:
        if tls is not None:
            raise ValueError("give ca or tls, not both")
        tls = ssl.create_default_context(cafile=ca)
    elif tls is not None and not (tls.check_hostname and tls.verify_mode is ssl.CERT_REQUIRED):
        raise ValueError("the context does not verify certificate and name")  # CLIENT-4
    return Config(
        relay=chosen_rendezvous(rendezvous),
        appid=as_bytes(appid, "the appid"),
        allow_plain_http=allow_plain_http,
        timeout=timeout,
        tls=tls,
    )


def chosen_rendezvous(given: str | None) -> str:
    """The relay's address: the given one, else that of the environment, else the default.

    An empty variable counts as none.
    """
    if given is not None:
        return given
    return os.environ.get(RENDEZVOUS_VARIABLE) or DEFAULT_RENDEZVOUS


def as_bytes(value: Text, what: str) -> bytes:
    """Bytes, or text as UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8")
    if not isinstance(value, bytes):
        raise TypeError(f"{what} is neither bytes nor text")
    return value


def blob_bytes(blob: Any) -> bytes:
    """The own blob."""
    if not isinstance(blob, bytes | bytearray | memoryview):
        raise TypeError("the blob is no bytes")
    return bytes(blob)
