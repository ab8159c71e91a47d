"""How many connections the panel has, and whose: strangers keep nobody out.

Theory: a connection is a stranger's until somebody's log-in comes over it. Strangers have half of
all places, and each address its share of these. When one more comes, the one makes room that has
waited longest without a whole request, of that address or of the one that has most: so idle sockets
cost whoever opens them. A stranger's connection lasts a minute, whatever it does: slow heads, slow
bodies and answers that nobody reads end by that at the latest. A trusted proxy is no stranger; for
whom it speaks is counted by request (`server.keep_in_bounds`).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol

from agents_ui.shell.addresses import is_trusted, neighbourhood

EACH_SESSION: Final = 48
"""So many connections one log-in vouches for: a few windows, each with its links and requests."""

LIFE_S: Final = 60.0
"""So long a stranger's connection lasts; whoever is being answered then has as long again."""


class Connection(Protocol):
    """One to the panel."""

    peer: str  # the address at its other end

    @property
    def busy(self) -> bool:
        """Whether a whole request has come that is being answered."""

    def cut(self) -> None:
        """End it at once."""


Strangers = dict[Connection, asyncio.TimerHandle]
"""By when they came, each with its end."""


class Connections:
    """All of them: at most `most`, and `each` of the strangers of one address."""

    def __init__(self, most: int, each: int, trusted: Sequence[str] = ()) -> None:
        self.most = most
        self.each = each
        self.ended: Counter[str] = Counter()  # of strangers, by why; for the metrics page
        self._trusted = trusted
        self._strangers: dict[str, Strangers] = {}
        self._known: dict[Connection, str] = {}  # and whose they are
        self._of_session: Counter[str] = Counter()

    @property
    def strangers(self) -> int:
        """How many there are on which nobody has logged in."""
        return sum(map(len, self._strangers.values()))

    @property
    def known(self) -> int:
        """How many there are of people who are logged in, and of trusted proxies."""
        return len(self._known)

    def admit(self, one: Connection) -> bool:
        """Whether there is a place for it, where need be another one's."""
        proxy = is_trusted(one.peer, self._trusted)
        where = neighbourhood(one.peer)
        if not self._has_room("" if proxy else where):
            self.ended["turned_away"] += 1
            return False
        if proxy:
            self._know(one, "")
        else:
            self._strangers.setdefault(where, {})[one] = self._ends(one, last=False)
        return True

    def vouch(self, one: Connection, session: str) -> None:
        """Somebody's log-in has come over it: no stranger's any more, up to `EACH_SESSION`."""
        if self._of_session[session] < EACH_SESSION and self._forget(one):
            self._know(one, session)

    def leave(self, one: Connection) -> None:
        """It has ended."""
        self._forget(one)
        session = self._known.pop(one, None)
        if session is not None:
            self._of_session[session] -= 1
            if not self._of_session[session]:
                del self._of_session[session]

    def _know(self, one: Connection, session: str) -> None:
        self._known[one] = session
        self._of_session[session] += 1

    def _forget(self, one: Connection) -> bool:
        """Whether it was a stranger's."""
        where = neighbourhood(one.peer)
        end = self._strangers.get(where, {}).pop(one, None)
        if end is None:
            return False
        end.cancel()
        if not self._strangers[where]:
            del self._strangers[where]
        return True

    def _has_room(self, where: str) -> bool:
        """`where`: a stranger's address, "" for a proxy."""
        theirs = self._strangers.get(where, {})
        if len(theirs) >= self.each:
            return self._makes_room(theirs)
        strangers = self.strangers
        if self.known + strangers < self.most and (not where or strangers < self.most // 2):
            return True
        crowds = sorted(self._strangers.values(), key=len, reverse=True)
        return any(map(self._makes_room, crowds))

    def _makes_room(self, theirs: Strangers) -> bool:
        idle = next((one for one in theirs if not one.busy), None)
        if idle is not None:
            self._cut(idle, "displaced")
        return idle is not None

    def _ends(self, one: Connection, *, last: bool) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(LIFE_S, self._outlived, one, last)

    def _outlived(self, one: Connection, last: bool) -> None:
        if one.busy and not last:
            self._strangers[neighbourhood(one.peer)][one] = self._ends(one, last=True)
        else:
            self._cut(one, "outlived")

    def _cut(self, one: Connection, why: str) -> None:
        self.ended[why] += 1
        self._forget(one)
        one.cut()
