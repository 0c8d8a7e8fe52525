"""What is counted for each address: its starts and its live channels."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from .clock import SECOND, seconds_up
from .limits import Limits
from .problems import Refusal

WINDOW = 60 * SECOND


class Living(Protocol):
    deadline: int


@dataclass(slots=True, eq=False)
class Account:
    """One address (RELAY-26): `key` is what addresses.key makes of it."""

    key: bytes
    window_end: int
    starts: int = 0
    live: set[Living] = field(default_factory=set)


class Accounts:
    """RELAY-20: the bounds of each address, and the number of addresses.

    The minute of an address is a fixed window that begins with its first start.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._accounts: dict[bytes, Account] = {}
        self._windows: deque[Account] = deque()  # in the order of their ends

    def __len__(self) -> int:
        return len(self._accounts)

    def start(self, key: bytes, now: int) -> None:
        """Counts an allocate or a claim, or refuses it (RELAY-9)."""
        self._forget(now)
        account = self._accounts.get(key)
        if account is None:
            if len(self._accounts) >= self._limits.addresses:
                raise Refusal("unavailable")
            account = self._accounts[key] = Account(key, 0)
        if account.window_end <= now:
            account.window_end = now + WINDOW
            account.starts = 0
            self._windows.append(account)
        if account.starts >= self._limits.starts_per_minute:
            raise Refusal("rate-limited", retry_after=seconds_up(account.window_end - now))
        account.starts += 1

    def room_for_channel(self, key: bytes, now: int) -> None:
        """Refuses one live channel more than the bound of an address."""
        account = self._accounts[key]
        if len(account.live) >= self._limits.channels_per_address:
            soonest = min(channel.deadline for channel in account.live)
            raise Refusal("rate-limited", retry_after=seconds_up(soonest - now))

    def add(self, key: bytes, channel: Living) -> None:
        self._accounts[key].live.add(channel)

    def remove(self, key: bytes, channel: Living, now: int) -> None:
        account = self._accounts[key]
        account.live.discard(channel)
        self._drop(account, now)

    def _drop(self, account: Account, now: int) -> None:
        if account.window_end <= now and not account.live:
            if self._accounts.get(account.key) is account:
                del self._accounts[account.key]

    def _forget(self, now: int) -> None:
        while self._windows and self._windows[0].window_end <= now:
            self._drop(self._windows.popleft(), now)
