"""The command line."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Sequence

from . import clock
from .addresses import Proxies, normal
from .channels import Channels
from .http import Server, Times
from .limits import Limits, options
from .service import Service


def _endpoint(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise argparse.ArgumentTypeError("give HOST:PORT")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    return host, int(port)


def _ttl(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 86_400:  # RELAY-15
        raise argparse.ArgumentTypeError("give 1 to 86400 seconds")
    return value


def _second(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 60_000:
        raise argparse.ArgumentTypeError("give 1 to 60000 milliseconds")
    return value


def _address(text: str) -> str:
    return str(normal(text))


def _header(text: str) -> str:
    for name in Proxies.HEADERS:
        if text.lower() == name.lower():
            return name
    raise argparse.ArgumentTypeError(f"give one of {', '.join(Proxies.HEADERS)}")


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="relay", description=__doc__)
    result.description = "A relay (rendezvous server) of wormhole-sync, version 1."
    result.add_argument("--listen", type=_endpoint, default=("127.0.0.1", 0), metavar="HOST:PORT")
    result.add_argument("--ttl", type=_ttl, default=3_600, metavar="SECONDS")
    for name, default in options():
        result.add_argument(
            f"--{name.replace('_', '-')}", type=int, default=default, metavar="N",
            help=f"default {default}",
        )
    result.add_argument(
        "--trust-proxy", type=_address, action="append", default=[], metavar="ADDRESS",
        help="take the client's address from this proxy's header (may be repeated)",
    )
    result.add_argument(
        "--forwarded-header", type=_header, default=Proxies.HEADERS[0], metavar="NAME",
        help="the header that the proxy appends to: " + " or ".join(Proxies.HEADERS),
    )
    result.add_argument(
        "--second-ms", type=_second, default=1_000, metavar="MS",
        help="for tests alone: the milliseconds that a second lasts (default 1000)",
    )
    return result


async def _run(arguments: argparse.Namespace, limits: Limits) -> None:
    proxies = Proxies(arguments.trust_proxy, arguments.forwarded_header)
    second = arguments.second_ms / 1_000
    now = clock.now if arguments.second_ms == 1_000 else clock.scaled(arguments.second_ms)
    service = Service(Channels(limits, arguments.ttl, now), proxies, second)
    server = Server(service, proxies, limits, Times.scaled(second))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    url = await server.listen(*arguments.listen)
    print(f"listening on {url}", flush=True)
    await stop.wait()
    await server.go_down()


def main(argv: Sequence[str] | None = None) -> int:
    result = parser()
    arguments = result.parse_args(argv)
    try:
        limits = Limits(**{name: getattr(arguments, name) for name, _ in options()})
    except ValueError as error:
        result.error(str(error))
    try:
        asyncio.run(_run(arguments, limits))
    except OSError as error:
        result.exit(1, f"relay: {error}\n")
    return 0
