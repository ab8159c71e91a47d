"""Ids in order of their beginning, found by what they are: the structure under line and bench.

At each address there is one lane per kind (a requirement, a capability), in order, and the lanes'
heads are in order too. Which kinds fit an asker is found once and kept as a bit mask. A decision
walks the kinds of the heads until one fits and, where none is near the front, looks at the heads of
those lanes that fit. So it costs no more than there are lanes that fit, usually a few steps, and
the logarithm of how many stand in them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Hashable, Iterable, Iterator, Set
from math import inf
from typing import Generic, TypeVar

from routing.scope import Address

Kind = TypeVar("Kind", bound=Hashable)
Asker = TypeVar("Asker", bound=Hashable)

Addresses = Callable[..., tuple[Address, ...]]
"""From a place or from circles to their addresses."""

NOBODY: frozenset[str] = frozenset()

STEPS_PER_LANE = 16
"""So many steps along the heads cost as much as finding one lane that fits in the mask."""

ROOM = 50_000
"""So many questions' addresses are remembered."""

_DIGITS = b"01".ljust(256)  # marks as text


class Fit(Generic[Asker]):
    """Which kinds fit one asker, by their number: as a bit mask, and as marks of 0 and 1."""

    __slots__ = ("asker", "marks", "mask")

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.mask = 0
        self.marks = bytearray()

    def learn(self, answers: Iterable[bool]) -> None:
        """Of the kinds that came since."""
        self.marks.extend(answers)
        self.mask = int(self.marks[::-1].translate(_DIGITS), 2)


class Group:
    """Those who stand at one address.

    `kinds` and `sinces` tell of the lanes' heads, in their order: the walk and the searches read
    numbers that lie side by side, and touch no entry but the one that is found.
    """

    __slots__ = ("kinds", "lanes", "mask", "sinces")

    def __init__(self) -> None:
        self.lanes: dict[int, list[Entry]] = {}
        self.kinds: list[int] = []
        self.sinces = array("d")
        self.mask = 0  # bit k: the lane of kind k has somebody in it

    def add(self, entry: Entry) -> None:
        """Into the lane of its kind."""
        kind = entry[2]
        lane = self.lanes.get(kind)
        if lane is None:
            self.lanes[kind] = [entry]
            self.mask |= 1 << kind
            self._lead(entry)
        elif entry > lane[-1]:
            lane.append(entry)
        elif entry > lane[0]:
            insort(lane, entry)
        else:
            self._follow(lane[0])
            lane.insert(0, entry)
            self._lead(entry)

    def remove(self, entry: Entry) -> None:
        """Out of it; a lane with nobody in it is no more."""
        kind = entry[2]
        lane = self.lanes[kind]
        if lane[0] is not entry:
            del lane[bisect_left(lane, entry)]
            return
        self._follow(entry)
        del lane[0]
        if lane:
            self._lead(lane[0])
        else:
            del self.lanes[kind]
            self.mask ^= 1 << kind

    def _lead(self, entry: Entry) -> None:
        """The head of its lane from now on."""
        since, sinces, kinds = entry[0], self.sinces, self.kinds
        at = bisect_right(sinces, since)
        while at and sinces[at - 1] == since and self.lanes[kinds[at - 1]][0] > entry:
            at -= 1
        sinces.insert(at, since)
        kinds.insert(at, entry[2])

    def _follow(self, entry: Entry) -> None:
        """No more."""
        at = bisect_left(self.sinces, entry[0])
        if self.kinds[at] != entry[2]:
            at = self.kinds.index(entry[2], at)
        del self.sinces[at], self.kinds[at]

    def first(self, fit: Fit[Asker], before: Entry) -> Entry | None:
        """The first entry of a kind that fits, if it comes before that one."""
        hits = self.mask & fit.mask
        if not hits:
            return None
        marks = fit.marks
        near = self.kinds[: bisect_right(self.sinces, before[0])]
        worth = STEPS_PER_LANE * hits.bit_count()
        for kind in near if len(near) <= worth else near[:worth]:
            if marks[kind]:
                found = self.lanes[kind][0]
                return found if found < before else None
        if len(near) <= worth:
            return None
        found = min(self.lanes[kind][0] for kind in _bits(hits))
        return found if found < before else None

    def first_but(self, fit: Fit[Asker], before: Entry, without: Set[str]) -> Entry | None:
        """The same, leaving out some ids."""
        best = before
        for kind in self.kinds:
            lane = self.lanes[kind]
            if lane[0] >= best:
                break
            if fit.marks[kind]:
                best = min(best, next((each for each in lane if each[1] not in without), best))
        return best if best < before else None


Entry = tuple[float, str, int, tuple[Group, ...]]
"""When it began (seconds), the id, the number of its kind, where it stands. The first two are the
total order."""

LAST: Entry = (inf, "", 0, ())
"""After everybody."""


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
        self._groups: dict[Address, Group] = {}
        self._at: dict[tuple[Hashable, ...], tuple[Group, ...]] = {}
        self._where: dict[str, Entry] = {}
        self._kinds: list[Kind] = []
        self._numbers: dict[Kind, int] = {}
        self._known: dict[Asker, Fit[Asker]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._where

    def __len__(self) -> int:
        return len(self._where)

    @property
    def addresses(self) -> int:
        """At how many addresses somebody stands or was looked for."""
        return len(self._groups)

    def stand(self, key: str, kind: Kind, since: float, groups: tuple[Group, ...]) -> None:
        """Stand in order of `since`; an id that stands already moves."""
        self.leave(key)
        entry = self._where[key] = (since, key, self._number(kind), groups)
        for group in groups:
            group.add(entry)

    def leave(self, key: str) -> None:
        """Stand nowhere any more; no error where it did not stand."""
        entry = self._where.pop(key, None)
        if entry is not None:
            for group in entry[3]:
                group.remove(entry)

    def in_order(self) -> Iterator[str]:
        """All ids, first come first."""
        for entry in sorted(self._where.values()):
            yield entry[1]

    def ordered(self, keys: Iterable[str]) -> list[str]:
        """Those of the ids that stand, first come first."""
        entries = [self._where[key] for key in keys if key in self._where]
        return [entry[1] for entry in sorted(entries)]

    def is_in(self, key: str, groups: tuple[Group, ...]) -> bool:
        """Whether an id stands in one of these groups."""
        entry = self._where.get(key)
        return entry is not None and any(group in groups for group in entry[3])

    def standing_at(self, address: Address) -> list[str]:
        """The ids at one address, first come first."""
        group = self._groups.get(address)
        lanes = group.lanes.values() if group is not None else ()
        return [entry[1] for entry in sorted(entry for lane in lanes for entry in lane)]

    def first(
        self,
        fit: Fit[Asker],
        groups: Iterable[Group],
        *,
        without: Set[str] = NOBODY,
        named: Iterable[str] = (),
    ) -> str | None:
        """The first id that fits the asker, in any of the groups or named, and not left out."""
        if len(fit.marks) < len(self._kinds):
            self._learn(fit)
        best = LAST
        for key in named:
            if key not in without and key in self._where:
                entry = self._where[key]
                best = min(best, entry) if fit.marks[entry[2]] else best
        for group in groups:
            found = group.first(fit, best)
            if found is not None and found[1] in without:
                found = group.first_but(fit, best, without)
            if found is not None:
                best = found
        return best[1] or None

    def groups(self, find: Addresses, *where: Hashable) -> tuple[Group, ...]:
        """Those who stand at the addresses which `find` gives, now and until they are forgotten."""
        found = self._at.get(where)
        if found is None:
            if len(self._at) >= ROOM:
                self.forget()
            found = tuple(self._groups.setdefault(each, Group()) for each in find(*where))
            self._at[where] = found
        return found

    def forget(self) -> None:
        """Addresses at which nobody stands take no room any more."""
        self._at.clear()
        self._groups = {each: group for each, group in self._groups.items() if group.mask}

    def _number(self, kind: Kind) -> int:
        number = self._numbers.get(kind)
        if number is None:
            number = self._numbers[kind] = len(self._kinds)
            self._kinds.append(kind)
        return number

    def fit(self, asker: Asker) -> Fit[Asker]:
        """What fits such an asker, now and later."""
        fit = self._known.get(asker)
        if fit is None:
            fit = self._known[asker] = Fit(asker)
        return fit

    def _learn(self, fit: Fit[Asker]) -> None:
        """Each pair is tested once in a lifetime."""
        new = self._kinds[len(fit.marks) :]
        fit.learn(self._fits(fit.asker, kind) for kind in new)
