"""Wrong guesses at passwords, and how long whoever guesses has to wait.

A guess is counted before the password is looked at and forgiven when it was right, so that many
guesses at once gain nothing. Counted are the guesses of one account from one place (an address, or
a device that its user has logged in from before), those from one address at any account, and those
at one account from all strange addresses together. A known device is spared the latter two: so
many guesses of strangers keep nobody out who comes back to a computer. (OWASP: "Slow Down Online
Guessing Attacks with Device Cookies".)
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from contactcentre.features.accounts.memory import FadingMemory
from contactcentre.storage.digest import hashed

FREE = 3
LONGEST_DELAY_S = 60.0
FORGIVEN_AFTER_S = 900.0


@dataclass(frozen=True, slots=True)
class LogInPlace:
    """Where a guess comes from: the network of an address, or a known device."""

    name: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many guesses at once, and one more every so often."""

    free: int
    every_s: float


OF_AN_ADDRESS = Allowance(free=60, every_s=30.0)
"""An office that logs in at once behind one address has so many under way."""

AT_AN_ACCOUNT = Allowance(free=50, every_s=30.0)

AT_CODES = Allowance(free=10, every_s=300.0)
"""Of six digits three are right at any time: whoever guesses on for a year finds one in four."""


class Meter:
    """Counts guesses by a key, up to an allowance. Kept is when the last of them is made good."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._good_at: FadingMemory[float] = FadingMemory()

    def wait_s(self, key: str, now: float) -> float:
        """How long until the next one is allowed; 0 at once."""
        ahead_s = (self._good_at.get(key, now) or now) - now
        return max(0.0, ahead_s - (self._allowance.free - 1) * self._allowance.every_s)

    def count(self, key: str, now: float, sign: int = 1) -> None:
        """One more, or one less."""
        good_at = (self._good_at.get(key, now) or now) + sign * self._allowance.every_s
        self._good_at.put(key, good_at, until=good_at, now=now)


@dataclass(frozen=True, slots=True)
class _Tries:
    failures: int
    next_at: float


class Guesses:
    """All of one process. The keys say nothing of whose account or address it is."""

    def __init__(self, *, at_an_account: Allowance = AT_AN_ACCOUNT) -> None:
        self._tries: FadingMemory[_Tries] = FadingMemory()
        self._addresses = Meter(OF_AN_ADDRESS)
        self._accounts = Meter(at_an_account)

    def wait_s(self, account: str, place: LogInPlace, now: float) -> float:
        """Seconds until the next one is allowed, 0 at once; nothing is counted."""
        tries = self._tries.get(hashed(account, place.name), now)
        meters = self._meters(account, place)
        waits = (tries.next_at - now if tries else 0.0, *(m.wait_s(of, now) for m, of in meters))
        return max(0.1, *waits) if max(waits) > 0 else 0.0

    def count(self, account: str, place: LogInPlace, now: float) -> float:
        """Count one guess; or the seconds to wait, and nothing is counted."""
        if (wait_s := self.wait_s(account, place, now)) > 0:
            return wait_s
        for meter, of in self._meters(account, place):
            meter.count(of, now)
        key = hashed(account, place.name)
        failures = (self._tries.get(key, now) or _Tries(0, now)).failures + 1
        after = _Tries(failures, now + _delay_s(failures))
        self._tries.put(key, after, until=now + FORGIVEN_AFTER_S, now=now)
        return 0.0

    def forgive(self, account: str, place: LogInPlace, now: float) -> None:
        """The guess was right: forget those of this account from this place."""
        self._tries.drop(hashed(account, place.name))
        for meter, of in self._meters(account, place):
            meter.count(of, now, -1)

    def _meters(self, account: str, place: LogInPlace) -> tuple[tuple[Meter, str], ...]:
        if place.known:
            return ()
        return (self._addresses, hashed(place.name)), (self._accounts, hashed(account))


def network_of(address: str) -> str:
    """What one subscriber has: an IPv4 address, or a /64 of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), 64), strict=False))


def _delay_s(failures: int) -> float:
    """How long to wait after that many wrong guesses: none at first, then 2, 4, 8 ... 60 s.

    That is 7 guesses in the first minute and one a minute in the end.
    """
    beyond = failures - FREE
    return 0.0 if beyond < 0 else min(LONGEST_DELAY_S, 2.0 ** (beyond + 1))
