"""Whose home lies in a circle, of the calls that stand in line: a circle that empties is theirs."""

from __future__ import annotations

from collections.abc import Iterable

from routing.scope import NOWHERE, Place, Scope, circles


class Homes:
    """Told of every call that stands in line. It costs what is asked for, not how many stand."""

    def __init__(self) -> None:
        self._home: dict[str, Place] = {}
        self._around: dict[Scope, set[str]] = {}

    def put(self, call_id: str, home: Place) -> None:
        """The call stands in line, and this is where it belongs."""
        before = self._home.get(call_id, NOWHERE)
        if before == home:
            return
        self.drop(call_id)
        self._home[call_id] = home
        for scope in _nearby(home):
            self._around.setdefault(scope, set()).add(call_id)

    def drop(self, call_id: str) -> None:
        """It stands there no more; no error where it did not."""
        home = self._home.pop(call_id, None)
        for scope in _nearby(home) if home is not None else ():
            there = self._around[scope]
            there.discard(call_id)
            if not there:
                del self._around[scope]

    def around(self, scopes: Iterable[Scope]) -> set[str]:
        """The calls at home in any of these circles, the network left out."""
        return set().union(*(self._around.get(scope, ()) for scope in scopes))


def _nearby(home: Place) -> tuple[Scope, ...]:
    """The network is nobody's home, and no ring passes it over."""
    return circles(home)[1:]
