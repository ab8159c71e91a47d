"""Knowing people again while the database is away."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from agents_ui.ports import Accounts, Session, Unavailable

HOUR_S = 3600.0


@dataclass(kw_only=True, slots=True)
class Remembering:
    """`Accounts` that recall a session which was good not long ago, when they can't ask.

    So a desk at work outlives an outage of the database, with reloads and broken links. Logging in
    does not: what was never seen to be good is not good.
    """

    accounts: Accounts
    keep_s: float = HOUR_S
    clock: Callable[[], float] = time.monotonic
    _good: OrderedDict[str, tuple[float, Session]] = field(default_factory=OrderedDict)

    async def log_in(self, username: str, password: str, *, address: str) -> Session:
        """As the accounts do."""
        return await self.accounts.log_in(username, password, address=address)

    async def session(self, token: str) -> Session | None:
        """The session as the accounts know it; or as it was, for `keep_s` without them."""
        try:
            session = await self.accounts.session(token)
        except Unavailable:
            return self._recall(token)
        self._good.pop(token, None)
        if session is not None:
            self._good[token] = (self.clock(), session)
        self._forget_old()
        return session

    async def log_out(self, token: str) -> None:
        """Forget first, so that the log-out counts here even when the accounts are away."""
        self._good.pop(token, None)
        await self.accounts.log_out(token)

    def _recall(self, token: str) -> Session:
        self._forget_old()
        if token not in self._good:
            raise Unavailable
        return self._good[token][1]

    def _forget_old(self) -> None:
        # The order of insertion is that of the last good answers.
        oldest = self.clock() - self.keep_s
        while self._good and next(iter(self._good.values()))[0] < oldest:
            self._good.popitem(last=False)
