"""What coming in needs from the service, beside the accounts: log-ins of institutions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from agents_ui.shell.port import Session, Unproven


class AnotherPerson(Unproven):
    """Who has logged in is not whose page is locked."""


class Institutions(Protocol):
    """Providers of log-ins (OpenID Connect), by their names; what is away raises `Unavailable`."""

    def labels(self) -> Mapping[str, str]:
        """What stands on the button of each."""

    async def begin(
        self, provider: str, *, redirect: str, whose: str | None = None
    ) -> tuple[str, str]:
        """Where the browser goes, and what it keeps until it is back at `redirect`.

        With `whose` (of the last session of that browser) it unlocks a page: whoever is at the
        provider must log in there anew, and be the same person. Raises `LookupError` where there is
        no such provider.
        """

    async def finish(
        self,
        provider: str,
        kept: str,
        answer: Mapping[str, str],
        *,
        redirect: str,
        address: str,
        device: str = "",
        browser: str = "",
    ) -> Session:
        """Start the session of who has come back. Raises `Unproven`, `AnotherPerson`, or
        `SecondStep` where the provider vouches for one factor and there is another."""
