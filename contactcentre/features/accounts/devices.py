"""Browsers that are known again: a signed cookie says who has logged in there before.

It opens nothing. Who brings one is only not taken for a stranger, at the accounts that it names.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator

LASTS_S = 365 * 24 * 3600
PEOPLE = 4
"""So many people of one computer are remembered in its cookie."""

_MARK = re.compile(r"([A-Za-z0-9_-]{16})\.([0-9]{1,12})\.([0-9a-f]{64})")
"""Of one person: which device, signed when, the signature."""


class Devices:
    """Reads and writes the cookie. With another secret, every browser is a stranger again."""

    def __init__(self, secret: str = "") -> None:
        self._secret = (secret or secrets.token_hex(32)).encode()

    def known(self, cookie: str, account: str, now: float) -> str | None:
        """The device's name, where that account has logged in from it within a year."""
        for name, at, signature in _marks(cookie):
            right = hmac.compare_digest(signature, self._signature(account, name, at))
            if right and 0 <= now - float(at) < LASTS_S:
                return name
        return None

    def remember(self, cookie: str, account: str, now: float) -> str:
        """The cookie after that account's log-in."""
        name, at = self.known(cookie, account, now) or secrets.token_urlsafe(12), str(int(now))
        others = [".".join(mark) for mark in _marks(cookie) if mark[0] != name]
        mine = f"{name}.{at}.{self._signature(account, name, at)}"
        return "~".join([mine, *others[: PEOPLE - 1]])

    def _signature(self, account: str, name: str, at: str) -> str:
        text = "\n".join(("device", name, at, account)).encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, text, hashlib.sha256).hexdigest()


def _marks(cookie: str) -> Iterator[tuple[str, str, str]]:
    for mark in cookie.split("~", PEOPLE)[:PEOPLE]:
        if found := _MARK.fullmatch(mark):
            yield found[1], found[2], found[3]
