"""An adapter for the conformance suite of wormhole-sync: ADAPTER.md, protocol version 1.

It passes level 1 as it stands, with level1.py in the place of your program. Every call of
`program` below is one to replace by a call of yours. Python 3.11, standard library only.
"""

import json
import math
import re
import sys

import level1 as program  # your program

NAME, VERSION, SPEC = "my-wormhole-sync", "0.1.0", "1.1.0"  # SPEC: the text that yours follows


# Operations: each takes the members of "in" and gives those of "ok".


def code_parse(given):
    channel, words = program.read_code(hex_bytes(given, "input"))
    return {"channel": channel, "words": words}


def code_print(given):
    return {"code": program.show_code(channel_id(given), hex_bytes(given, "words"))}


def link_parse(given):
    own_appid, own_relay = hex_bytes(given, "own_appid"), typed(given, "own_relay", str)
    allow = typed(given, "allow_plain_http", bool)
    channel, words, appid, relay = program.read_link(hex_bytes(given, "link"), allow)
    return {
        "channel": channel,
        "words": words,
        "appid": appid.hex(),
        "relay": relay,
        "ask_appid": program.must_ask_appid(appid, own_appid),
        "ask_relay": program.must_ask_relay(relay, own_relay),
    }


def link_print(given):
    code = program.show_code(channel_id(given), hex_bytes(given, "words"))
    relay = typed(given, "relay", str)
    return {"link": program.show_link(code, hex_bytes(given, "appid"), relay)}


def appid(given):
    return {"hex": program.appid_in_target(hex_bytes(given, "appid"))}


def rendezvous(given):
    address, allow = typed(given, "address", str), typed(given, "allow_plain_http", bool)
    return {"base": program.base_of(address, allow)}


# What is not listed here is not offered: the suite names it as missing.
OPERATIONS = {
    "code-parse": code_parse,
    "code-print": code_print,
    "link-parse": link_parse,
    "link-print": link_print,
    "appid": appid,
    "rendezvous": rendezvous,
}


# Inputs, with their types.


class CannotTry(Exception):
    """An input that the suite should not have sent."""


def typed(given, name, kind):
    if type(given.get(name)) is not kind:
        raise CannotTry(f"{name} is missing or has another type")
    return given[name]


def hex_bytes(given, name):
    text = typed(given, name, str)
    if not re.fullmatch("(?:[0-9a-f]{2})*", text):
        raise CannotTry(f"{name} is not hex")
    return bytes.fromhex(text)


def channel_id(given):
    channel = typed(given, "channel", int)
    if not 1 <= channel <= 999_999_999:
        raise CannotTry("channel is out of its bounds")
    return channel


# The protocol: a hello each way, then a reply to each request, a line each.

MAX_LINE = 1024 * 1024


class NoRequest(Exception):
    """A line that is none of the protocol: nothing after it can be trusted."""


def main():
    lines = read_lines(sys.stdin.buffer)
    try:
        for line in lines:
            check_hello(line)
            write({"hello": hello()})
            break
        for line in lines:
            id_, op, given = request(line)
            write({"id": id_, **reply(op, given)})
    except NoRequest as error:
        print(f"adapter: {error}", file=sys.stderr)
        return 1
    return 0  # standard input has ended


def check_hello(line):
    match line.get("hello"):
        case {"protocol": [int(low), int(high)]} if low <= 1 <= high:
            return
    raise NoRequest("the first line is no hello of a suite that speaks version 1")


def hello():
    return {
        "protocol": 1,
        "name": NAME,
        "version": VERSION,
        "spec": SPEC,
        "roles": [],  # "initiator" and "receiver", once you offer "run"
        "operations": list(OPERATIONS),
        "inject": [],
    }


def request(line):
    match line:
        case {"id": str(id_), "op": str(op), "in": dict(given)}:
            return id_, op, given
    raise NoRequest("a line has no string id, no string op or no object in")


def reply(op, given):
    if op not in OPERATIONS:
        return {"error": "no such operation"}
    try:
        return {"ok": OPERATIONS[op](given)}
    except program.Refused as refused:  # your program's own errors, by the table of ADAPTER.md
        fault = {"fault": refused.fault} if refused.fault else {}
        return {"refused": {"outcome": refused.outcome, **fault}}
    except CannotTry as error:
        return {"error": str(error)}
    except Exception as error:  # its text might bear a secret; its type does not
        return {"error": type(error).__name__}


def read_lines(stream):
    while (line := stream.readline(MAX_LINE + 1)).endswith(b"\n"):
        yield read_json(line)
    if len(line) > MAX_LINE:
        raise NoRequest("a line is longer than 1 MiB")


def write(message):
    print(json.dumps(message), flush=True)


def read_json(line):
    """Read an object by section 8, which is stricter than json.loads."""
    try:
        message = json.loads(line.decode(), object_pairs_hook=unlike_names)
        check(message, 1)
    except (ValueError, OverflowError, RecursionError):
        raise NoRequest("a line is no strict JSON") from None
    if not isinstance(message, dict):
        raise NoRequest("a line is no object")
    return message


def unlike_names(pairs):
    if len(dict(pairs)) < len(pairs):
        raise ValueError
    return dict(pairs)


def check(value, level):
    if isinstance(value, str):
        value.encode()  # an unpaired surrogate is a ValueError
    elif isinstance(value, (int, float)) and not math.isfinite(value):
        raise ValueError  # NaN, Infinity or 1e999; math.isfinite says OverflowError of an integer
    elif isinstance(value, (dict, list)):
        if level > 16:
            raise ValueError
        for part in [*value, *value.values()] if isinstance(value, dict) else value:
            check(part, level + 1)


if __name__ == "__main__":
    sys.exit(main())

# Where to go on, in the folder of the suite:
#   cargo conformance doctor --adapter 'python3 PATH/adapter.py'      names the next operation
#   cargo conformance --adapter 'python3 PATH/adapter.py' --level 1   judges a level
#   cargo conformance show TEST                                       explains a test that failed
# conformance/ADAPTER.md has the inputs and results of each operation,
# conformance/sample-session.txt a line of each. After level 1 comes "spake2-start"; "run", the
# last, needs more than one request at a time.
