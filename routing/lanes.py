"""Ids in order of their beginning, found by what they are: the structure under line and bench.

At each address there is one lane per kind (a requirement, a capability), in order, and the lanes'
heads are in order too. An asker walks the heads until one fits, or, where few kinds fit, looks at
the heads of those few. Which kinds fit an asker is found once and kept as a bit mask. So a decision
costs about the square root of the number of kinds at the very most, and the logarithm of how many
stand there.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Set
from typing import Generic, TypeVar

from routing.scope import Address

Kind = TypeVar("Kind", bound=Hashable)
Asker = TypeVar("Asker", bound=Hashable)

Entry = tuple[float, str, int]
"""When it began (seconds), the id, the number of its kind. The first two are the total order."""

NOBODY: frozenset[str] = frozenset()


class _Group:
    """Those who stand at one address."""

    __slots__ = ("heads", "lanes", "mask")

    def __init__(self) -> None:
        self.lanes: dict[int, list[Entry]] = {}
        self.heads: list[Entry] = []
        self.mask = 0  # bit k: the lane of kind k has somebody in it

    def add(self, entry: Entry) -> None:
        kind = entry[2]
        lane = self.lanes.get(kind)
        if lane is None:
            self.lanes[kind] = [entry]
            self.mask |= 1 << kind
            insort(self.heads, entry)
        elif entry > lane[-1]:
            lane.append(entry)
        else:
            if entry < lane[0]:
                self._drop_head(lane[0])
                insort(self.heads, entry)
            insort(lane, entry)

    def remove(self, entry: Entry) -> None:
        kind = entry[2]
        lane = self.lanes[kind]
        at = bisect_left(lane, entry)
        del lane[at]
        if at:
            return
        self._drop_head(entry)
        if lane:
            insort(self.heads, lane[0])
        else:
            del self.lanes[kind]
            self.mask ^= 1 << kind

    def _drop_head(self, entry: Entry) -> None:
        del self.heads[bisect_left(self.heads, entry)]

    def first(self, hits: int) -> Entry | None:
        """The first entry of the kinds in `hits`, all of which have somebody in their lane."""
        count = hits.bit_count()
        if count * count < len(self.heads):
            return min((self.lanes[kind][0] for kind in _bits(hits)), default=None)
        return next((entry for entry in self.heads if hits >> entry[2] & 1), None)

    def first_but(self, hits: int, without: Set[str]) -> Entry | None:
        """The same, leaving out some ids."""
        lanes = (self.lanes[kind] for kind in _bits(hits))
        firsts = (next((each for each in lane if each[1] not in without), None) for lane in lanes)
        return min((each for each in firsts if each is not None), default=None)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Lanes(Generic[Kind, Asker]):
    """Everybody who stands, at however many addresses each.

    Kinds are what people configure, hundreds or thousands: their numbers are never taken back.
    """

    def __init__(self, fits: Callable[[Asker, Kind], bool]) -> None:
        self._fits = fits
        self._groups: dict[Address, _Group] = {}
        self._where: dict[str, tuple[Entry, tuple[Address, ...]]] = {}
        self._kinds: list[Kind] = []
        self._numbers: dict[Kind, int] = {}
        self._known: dict[Asker, list[int]] = {}  # two masks: kinds tested, kinds that fit

    def __contains__(self, key: str) -> bool:
        return key in self._where

    def __len__(self) -> int:
        return len(self._where)

    def stand(self, key: str, kind: Kind, since: float, addresses: tuple[Address, ...]) -> None:
        """Stand in order of `since`; an id that stands already moves."""
        self.leave(key)
        entry = (since, key, self._number(kind))
        self._where[key] = (entry, addresses)
        for address in addresses:
            group = self._groups.get(address)
            if group is None:
                group = self._groups[address] = _Group()
            group.add(entry)

    def leave(self, key: str) -> None:
        """Stand nowhere any more; no error where it did not stand."""
        found = self._where.pop(key, None)
        if found is None:
            return
        entry, addresses = found
        for address in addresses:
            group = self._groups[address]
            group.remove(entry)
            if not group.mask:
                del self._groups[address]

    def in_order(self) -> Iterator[str]:
        """All ids, first come first."""
        for _, key, _ in sorted(entry for entry, _ in self._where.values()):
            yield key

    def standing_at(self, address: Address) -> list[str]:
        """The ids at one address, first come first."""
        group = self._groups.get(address)
        lanes = group.lanes.values() if group is not None else ()
        return [key for _, key, _ in sorted(entry for lane in lanes for entry in lane)]

    def first(
        self, asker: Asker, addresses: Iterable[Address], without: Set[str] = NOBODY
    ) -> str | None:
        """The first id at any of the addresses that fits the asker and is not left out."""
        known = self._known.get(asker)
        if known is None:
            known = self._known[asker] = [0, 0]
        best: Entry | None = None
        for address in addresses:
            group = self._groups.get(address)
            if group is None or (best is not None and best <= group.heads[0]):
                continue
            hits = self._hits(asker, known, group.mask)
            found = group.first(hits) if hits else None
            if found is not None and found[1] in without:
                found = group.first_but(hits, without)
            if found is not None and (best is None or found < best):
                best = found
        return None if best is None else best[1]

    def _number(self, kind: Kind) -> int:
        number = self._numbers.get(kind)
        if number is None:
            number = self._numbers[kind] = len(self._kinds)
            self._kinds.append(kind)
        return number

    def _hits(self, asker: Asker, known: list[int], mask: int) -> int:
        """Which of the kinds in `mask` fit; each pair is tested once in a lifetime."""
        fresh = mask & ~known[0]
        if fresh:
            known[0] |= fresh
            for number in _bits(fresh):
                if self._fits(asker, self._kinds[number]):
                    known[1] |= 1 << number
        return mask & known[1]
