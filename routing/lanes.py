"""Ids in order of their beginning, found by what they are: the structure under line and bench.

At each address there is one lane per kind (a requirement, a capability), in order, and the lanes'
heads are in order too. Which kinds fit an asker is found once and kept as a bit mask. A decision
walks the heads until one fits and, where none is near the front, looks at the heads of those lanes
that fit. So it costs no more than there are lanes that fit, usually a few steps, and the logarithm
of how many stand in them.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Set
from itertools import compress, islice
from math import inf
from typing import Generic, TypeVar

from routing.scope import Address

Kind = TypeVar("Kind", bound=Hashable)
Asker = TypeVar("Asker", bound=Hashable)

Entry = tuple[float, str, int]
"""When it began (seconds), the id, the number of its kind. The first two are the total order."""

NOBODY: frozenset[str] = frozenset()

STEPS_PER_LANE = 8
"""So many steps along the heads cost as much as finding one lane that fits in the mask."""

LAST: Entry = (inf, "", 0)
"""After everybody."""

_DIGITS = b"01".ljust(256)  # marks as text


class _Fit:
    """Which kinds fit one asker, by their number: as a bit mask, and as marks of 0 and 1."""

    __slots__ = ("marks", "mask")

    def __init__(self) -> None:
        self.mask = 0
        self.marks = bytearray()

    def learn(self, answers: Iterable[bool]) -> None:
        """Of the kinds that came since."""
        self.marks.extend(answers)
        self.mask = int(self.marks[::-1].translate(_DIGITS), 2)


class _Group:
    """Those who stand at one address."""

    __slots__ = ("address", "heads", "kinds", "lanes", "mask")

    def __init__(self, address: Address) -> None:
        self.address = address
        self.lanes: dict[int, list[Entry]] = {}
        self.heads: list[Entry] = []
        self.kinds: list[int] = []  # of the heads
        self.mask = 0  # bit k: the lane of kind k has somebody in it

    def add(self, entry: Entry) -> None:
        kind = entry[2]
        lane = self.lanes.get(kind)
        if lane is None:
            self.lanes[kind] = [entry]
            self.mask |= 1 << kind
            self._put_head(entry)
        elif entry > lane[-1]:
            lane.append(entry)
        else:
            if entry < lane[0]:
                self._drop_head(lane[0])
                self._put_head(entry)
            insort(lane, entry)

    def remove(self, entry: Entry) -> None:
        kind = entry[2]
        lane = self.lanes[kind]
        if lane[0] is not entry:
            del lane[bisect_left(lane, entry)]
            return
        self._drop_head(entry)
        if len(lane) > 1:
            del lane[0]
            self._put_head(lane[0])
        else:
            del self.lanes[kind]
            self.mask ^= 1 << kind

    def _put_head(self, entry: Entry) -> None:
        at = bisect_left(self.heads, entry)
        self.heads.insert(at, entry)
        self.kinds.insert(at, entry[2])

    def _drop_head(self, entry: Entry) -> None:
        at = bisect_left(self.heads, entry)
        del self.heads[at]
        del self.kinds[at]

    def first(self, fit: _Fit, before: Entry) -> Entry | None:
        """The first entry of a kind that fits, if it comes before that one."""
        hits = self.mask & fit.mask
        if not hits:
            return None
        earlier = bisect_left(self.heads, before)
        worth = STEPS_PER_LANE * hits.bit_count()
        near = islice(self.kinds, min(earlier, worth))
        nearest = next(compress(self.heads, map(fit.marks.__getitem__, near)), None)
        if nearest is not None or earlier <= worth:
            return nearest
        found = min(self.lanes[kind][0] for kind in _bits(hits))
        return found if found < before else None

    def first_but(self, fit: _Fit, before: Entry, without: Set[str]) -> Entry | None:
        """The same, leaving out some ids."""
        best = before
        for entry in self.heads:
            if entry >= best:
                break
            if fit.marks[entry[2]]:
                lane = self.lanes[entry[2]]
                best = min(best, next((each for each in lane if each[1] not in without), best))
        return best if best < before else None


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
        self._where: dict[str, tuple[Entry, list[_Group]]] = {}
        self._kinds: list[Kind] = []
        self._numbers: dict[Kind, int] = {}
        self._known: dict[Asker, _Fit] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._where

    def __len__(self) -> int:
        return len(self._where)

    def stand(self, key: str, kind: Kind, since: float, addresses: tuple[Address, ...]) -> None:
        """Stand in order of `since`; an id that stands already moves."""
        self.leave(key)
        entry = (since, key, self._number(kind))
        groups = [self._groups.get(each) or self._group(each) for each in addresses]
        for group in groups:
            group.add(entry)
        self._where[key] = (entry, groups)

    def leave(self, key: str) -> None:
        """Stand nowhere any more; no error where it did not stand."""
        found = self._where.pop(key, None)
        if found is None:
            return
        entry, groups = found
        for group in groups:
            group.remove(entry)
            if not group.mask:
                del self._groups[group.address]

    def in_order(self) -> Iterator[str]:
        """All ids, first come first."""
        for _, key, _ in sorted(entry for entry, _ in self._where.values()):
            yield key

    def is_at(self, key: str, addresses: tuple[Address, ...]) -> bool:
        """Whether an id stands at one of these addresses."""
        found = self._where.get(key)
        return found is not None and any(group.address in addresses for group in found[1])

    def standing_at(self, address: Address) -> list[str]:
        """The ids at one address, first come first."""
        group = self._groups.get(address)
        lanes = group.lanes.values() if group is not None else ()
        return [key for _, key, _ in sorted(entry for lane in lanes for entry in lane)]

    def first(
        self,
        asker: Asker,
        addresses: Iterable[Address],
        *,
        without: Set[str] = NOBODY,
        named: Iterable[str] = (),
    ) -> str | None:
        """The first id that fits the asker, at any of the addresses or named, and not left out."""
        fit = self._fit(asker)
        best = LAST
        for key in named:
            if key not in without and key in self._where:
                entry = self._where[key][0]
                best = min(best, entry) if fit.marks[entry[2]] else best
        for address in addresses:
            group = self._groups.get(address)
            if group is None:
                continue
            found = group.first(fit, best)
            if found is not None and found[1] in without:
                found = group.first_but(fit, best, without)
            if found is not None:
                best = found
        return best[1] or None

    def _group(self, address: Address) -> _Group:
        group = self._groups[address] = _Group(address)
        return group

    def _number(self, kind: Kind) -> int:
        number = self._numbers.get(kind)
        if number is None:
            number = self._numbers[kind] = len(self._kinds)
            self._kinds.append(kind)
        return number

    def _fit(self, asker: Asker) -> _Fit:
        """Each pair is tested once in a lifetime."""
        fit = self._known.get(asker)
        if fit is None:
            fit = self._known[asker] = _Fit()
        known = len(fit.marks)
        if known < len(self._kinds):
            fit.learn(self._fits(asker, kind) for kind in self._kinds[known:])
        return fit
