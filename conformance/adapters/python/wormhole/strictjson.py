"""Strict JSON and the messages of the relay (section 8)."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from .values import read_hex

MAX_DEPTH = 16

Object = dict[str, Any]

_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


class MalformedJsonError(Exception):
    """The text is not a message by section 8."""


class TooLargeError(MalformedJsonError):
    """A binary value is over its bound; an error of its own in requests (RELAY-9)."""


def parse_object(data: bytes) -> Object:
    """Read one object (JSON-1 to JSON-3)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedJsonError from None
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except (ValueError, RecursionError):
        raise MalformedJsonError from None
    if not isinstance(value, dict):
        raise MalformedJsonError
    _check_strings(value)
    return value


def _check_depth(text: str) -> None:
    """Refuse nesting deeper than 16 levels before a parser recurses (JSON-3)."""
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            raise MalformedJsonError


def _object(pairs: list[tuple[str, Any]]) -> Object:
    """An object without two members of the same name (JSON-2)."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("two members of the same name")
    return result


def _constant(_: str) -> float:
    raise ValueError("NaN and Infinity are no JSON")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("beyond binary64")
    return value


def _int(text: str) -> int:
    """An integer; one that has a finite binary64 has at most 309 digits."""
    _float(text)
    return int(text)


def _check_strings(value: Any) -> None:
    """Refuse unpaired surrogates, in names too (JSON-1)."""
    match value:
        case str():
            if _SURROGATE.search(value):
                raise MalformedJsonError
        case list():
            for item in value:
                _check_strings(item)
        case dict():
            for name, item in value.items():
                _check_strings(name)
                _check_strings(item)


def integer(message: Object, name: str, low: int, high: int) -> int:
    """An integer member within its bounds (JSON-4)."""
    value = message.get(name)
    if type(value) is not int or not low <= value <= high:
        raise MalformedJsonError
    return value


def string(message: Object, name: str, max_bytes: int | None = None) -> str:
    """A string member of at most so many bytes of UTF-8 (JSON-4)."""
    value = message.get(name)
    if not isinstance(value, str):
        raise MalformedJsonError
    if max_bytes is not None and len(value.encode("utf-8")) > max_bytes:
        raise MalformedJsonError
    return value


def binary(message: Object, name: str, max_bytes: int) -> bytes:
    """A binary member of 1 to so many bytes (JSON-4, HEX-1)."""
    text = string(message, name)
    try:
        value = read_hex(text)
    except ValueError:
        raise MalformedJsonError from None
    if len(value) > max_bytes:
        raise TooLargeError
    if not value:
        raise MalformedJsonError
    return value


def write_object(**members: Any) -> bytes:
    """A message of ours."""
    return json.dumps(members, separators=(",", ":")).encode("ascii")
