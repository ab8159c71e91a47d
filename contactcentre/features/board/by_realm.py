"""What lies in which realm, found once a round: who sees one municipality of forty looks at a
fortieth of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Generic, Protocol, TypeVar

from agents_ui.shell.port import Realm


class Placed(Protocol):
    """Something that is seen in these realms."""

    @property
    def realms(self) -> frozenset[Realm]:
        """`NETWORK` among them."""


T = TypeVar("T", bound=Placed)


class ByRealm(Generic[T]):
    """Each thing under every realm in which it lies, in one order."""

    def __init__(self, things: Iterable[T] = ()) -> None:
        self._in: defaultdict[Realm, list[T]] = defaultdict(list)
        for one in things:
            for realm in one.realms:
                self._in[realm].append(one)

    def seen(self, realms: frozenset[Realm]) -> Sequence[T]:
        """What lies in any of them, each once."""
        found = [self._in[realm] for realm in realms if realm in self._in]
        if len(found) == 1:
            return found[0]
        return list({id(one): one for one in chain.from_iterable(found)}.values())
