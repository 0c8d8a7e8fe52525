"""Strict JSON (section 8): JSON-1, JSON-2, JSON-3."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 16  # JSON-3; the top level is level 1

_SURROGATE = re.compile("[\ud800-\udfff]")


class JsonError(ValueError):
    """The text is malformed."""


def _constant(name: str) -> NoReturn:
    raise JsonError(f"{name} is no JSON")  # JSON-1: NaN, Infinity


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value):  # JSON-3, for integers of any length too
        raise JsonError("a number is beyond binary64")
    return value


def _integer(text: str) -> int | float:
    value = _number(text)
    return int(text) if len(text) <= 20 else value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):  # JSON-2, at any depth
        raise JsonError("two members of one name")
    return members


def _check(value: Any, level: int) -> None:
    if isinstance(value, str):
        # After a strict UTF-8 decoding only an escape can have made one.
        if _SURROGATE.search(value):
            raise JsonError("an unpaired surrogate")
    elif isinstance(value, (dict, list)):
        if level > MAX_DEPTH:
            raise JsonError("nested too deeply")
        if isinstance(value, dict):
            for name in value:
                _check(name, level)
            value = list(value.values())
        for item in value:
            _check(item, level + 1)


def parse_object(data: bytes) -> dict[str, Any]:
    """The one JSON object that the bytes are."""
    try:
        value = json.loads(
            data.decode("utf-8"),  # as a str, so that a BOM is refused
            parse_constant=_constant,
            parse_float=_number,
            parse_int=_integer,
            object_pairs_hook=_object,
        )
    except JsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise JsonError(str(error)) from None
    if not isinstance(value, dict):  # JSON-2
        raise JsonError("the top level is no object")
    _check(value, 1)
    return value
