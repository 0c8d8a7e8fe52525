"""Stands in for your program, as far as level 1 goes: codes, links, appids and addresses.

Sections 3 and 4 of the specification. Delete each function once adapter.py calls yours.
"""

import ipaddress
import re
import urllib.parse
from pathlib import Path

# The lists of the positions 0, 2, 4, 6 and 1, 3, 5, 7.
LISTS = [
    (Path(__file__).parent / "words" / name).read_text("ascii").splitlines()
    for name in ("odd.txt", "even.txt")
]
LOOKALIKES = {
    **dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFF0D], "-"),
}
ADDRESS = re.compile(
    r"(?P<scheme>[Hh][Tt][Tt][Pp][Ss]?)://"
    r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])"
    r"(:0*(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>(/([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*)"
)
DOTS = re.compile(r"(\.|%2[Ee]){1,2}")
LINK = re.compile(rb"wormhole-sync:([^?]*)\?appid=([^&]*)&relay=(.*)", re.DOTALL)


class Refused(Exception):
    """An input that the specification refuses, with an outcome and perhaps a fault."""

    def __init__(self, outcome, fault=None):
        super().__init__(outcome)
        self.outcome, self.fault = outcome, fault


def read_code(typed):
    """Read what a user typed (CODE-4 to CODE-7); give the channel id and the words."""
    if len(typed) > 1024:
        raise Refused("bad-code", "too-long")
    try:
        text = typed.decode().removeprefix("\ufeff").translate(LOOKALIKES)
    except UnicodeDecodeError:
        raise Refused("bad-code", "bad-character") from None
    if not re.fullmatch(r"[\t\n\r -~]*", text):
        raise Refused("bad-code", "bad-character")
    text = re.sub(r"[\t _-]+", "-", text.strip("\t\n\r ").lower())
    channel, *words = text.split("-")
    if not re.fullmatch("[1-9][0-9]{0,8}", channel):
        raise Refused("bad-code", "bad-channel")
    if not 2 <= len(words) <= 8:
        raise Refused("bad-code", "word-count")
    for i, word in enumerate(words):
        own, other = LISTS[i % 2], LISTS[(i + 1) % 2]
        if word not in own:
            is_swapped = word in other and i + 1 < len(words) and words[i + 1] in own
            raise Refused("bad-code", "swapped-words" if is_swapped else "unknown-word")
    return int(channel), words


def show_code(channel, words):
    """Show a code of these bytes of the named value `words` (CODE-1 to CODE-3)."""
    if not 2 <= len(words) <= 8:
        raise Refused("bad-code")
    return "-".join([str(channel), *(LISTS[i % 2][byte] for i, byte in enumerate(words))])


def appid_in_target(appid):
    """Give an appid as it stands in the target of a request (APP-1, RDV-3)."""
    if not 1 <= len(appid) <= 128:
        raise Refused("bad-appid")
    return appid.hex()


def base_of(address, allow_plain_http):
    """Check a rendezvous address; give it less one trailing slash (RDV-1 to RDV-3)."""
    parts = len(address) <= 2048 and ADDRESS.fullmatch(address)
    if not parts or int(parts["port"] or 443) > 65535:
        raise Refused("bad-rendezvous")
    if any(DOTS.fullmatch(segment) for segment in parts["path"].split("/")):
        raise Refused("bad-rendezvous")
    is_allowed = is_this_machine(parts["host"]) or allow_plain_http
    if parts["scheme"].lower() == "http" and not is_allowed:
        raise Refused("bad-rendezvous")
    return address.removesuffix("/")


def is_this_machine(host):
    """Say whether plain http may go to this host (RDV-2); refuse brackets without IPv6."""
    if host.startswith("["):
        try:
            return ipaddress.IPv6Address(host[1:-1]) == ipaddress.IPv6Address("::1")
        except ValueError:
            raise Refused("bad-rendezvous") from None
    try:
        return ipaddress.IPv4Address(host) in ipaddress.IPv4Network("127.0.0.0/8")
    except ValueError:
        return host.lower() == "localhost"


def read_link(link, allow_plain_http):
    """Read a link (LINK-2); give its channel id, words, appid and relay."""
    if len(link) > 8192:
        raise Refused("bad-link", "too-long")
    parts = LINK.fullmatch(link)
    if not parts:
        raise Refused("bad-link", "bad-form")
    code, appid, relay = (part.decode("latin-1") for part in parts.groups())
    try:
        channel, words = read_code(parts[1])
    except Refused:
        raise Refused("bad-link", "bad-code") from None
    if code != "-".join([str(channel), *words]):
        raise Refused("bad-link", "bad-code")
    if not re.fullmatch("([0-9a-f]{2}){1,128}", appid):
        raise Refused("bad-link", "bad-appid")
    address = urllib.parse.unquote(relay, "latin-1")
    try:
        base_of(address, allow_plain_http)
    except Refused:
        raise Refused("bad-link", "bad-relay") from None
    if relay != escaped(address):
        raise Refused("bad-link", "bad-relay")
    return channel, words, bytes.fromhex(appid), address


def show_link(code, appid, relay):
    """Show a link (LINK-1)."""
    return f"wormhole-sync:{code}?appid={appid.hex()}&relay={escaped(relay)}"


def escaped(address):
    return urllib.parse.quote(address, safe="/:")  # and letters, digits, "-", ".", "_", "~"


def must_ask_relay(relay, own):
    """Say whether the user has to be asked about a relay that is not the own (LINK-5)."""
    return relay.removesuffix("/") != own.removesuffix("/")


def must_ask_appid(appid, own):
    """Say whether the user has to be asked about an appid that is not the own (LINK-6)."""
    return appid != own
