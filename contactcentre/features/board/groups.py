"""The figures of the board by queue, centre, municipality, region, language and dialled number.

Made once a round for everybody who looks: one walk over the open calls puts each under all it
belongs to; agents and the day are running totals. Of twelve hundred rows those are looked at under
which anything is another object than before, and made anew where it differs, so that who compares
need not look into them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

from agents_ui.board import port
from agents_ui.shell.port import Texts
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome
from contactcentre.core.world import World
from contactcentre.engine.figures import Figures, Under
from contactcentre.features.board.calls import SeenCall
from contactcentre.features.board.crews import CrewCount, Crews
from contactcentre.features.board.subjects import ALL, Key, keys_of, labels
from contactcentre.features.callbacks.overdue import OpenPromise, kind_of
from routing.service_level import Level
from routing.tally import percentile
from routing.targets import Targets, together


@dataclass(slots=True)
class Underway:
    """What is in line under one key at an instant."""

    since: list[float] = field(default_factory=list)  # of the waiting
    promises: dict[str, int] = field(default_factory=dict)  # by kind; also those that are late
    oldest_message_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the configuration says of a key."""

    label: Texts
    targets: Targets
    within_s: float | None
    average_s: float  # an average wait that is within every promise
    under: Under
    helping: tuple[Under, ...] = ()
    helped: tuple[Under, ...] = ()


class Basis(NamedTuple):
    """All that a row is made of."""

    known: Known
    now: Underway
    crew: CrewCount
    today: Level
    window: Level
    helped: int
    aided: int
    ended: Mapping[Outcome, int]


K = TypeVar("K")
V = TypeVar("V")

NOTHING = Underway()
NOBODY = CrewCount()
Levels = Mapping[Under, tuple[Level, Level]]
NO_CALLS = Level(), Level()
NO_ENDS: Mapping[Outcome, int] = Counter()


class Groups:
    """The rows of before and what they were made of, as long as the configuration stands."""

    def __init__(self, world: World, figures: Figures) -> None:
        self._world = world
        self._figures = figures
        self._network: Network | None = None
        self._ending: set[Key] = set()
        self._crews = Crews(world)
        self._begin()

    def _begin(self) -> None:
        self._known: dict[Key, Known] = {}
        self._keys: defaultdict[Under, list[Key]] = defaultdict(list)  # what is made of a level
        self._standing: Mapping[Key, Underway] = {}
        self._crew: Mapping[Key, CrewCount] = {}
        self._levels: Levels = {}
        self._bases: dict[Key, Basis] = {}
        self._rows: dict[Key, port.FigureRow] = {}

    def rows(
        self, at: float, waiting: Iterable[SeenCall], promises: Iterable[OpenPromise]
    ) -> Mapping[Key, port.FigureRow]:
        """Of every key there is, the network's under `ALL`, in one order."""
        begins = self._world.network is not self._network
        if begins:
            self._configured(self._world.network)
        standing = self._standings(at, waiting, promises)
        crew, levels = dict(self._crews.seen()), self._figures.levels(at)
        moved = {
            key for under in _others(self._levels, levels) for key in self._keys.get(under, ())
        }
        moved |= {*_others(self._standing, standing), *_others(self._crew, crew)}
        self._standing, self._crew, self._levels = standing, crew, levels
        for key in self._known if begins else moved & self._known.keys() | self._ending:
            basis = self._basis(key)
            if self._bases.get(key) != basis:
                self._bases[key], self._rows[key] = basis, _row(key, basis)
        return self._rows

    def _configured(self, network: Network) -> None:
        self._begin()
        self._network, self._known = network, dict(_known(network))
        self._ending = {key for key in self._known if key == ALL or key[0] == "queue"}
        for key, known in self._known.items():
            for under in (known.under, *known.helping, *known.helped):
                self._keys[under].append(key)

    def _basis(self, key: Key) -> Basis:
        known = self._known[key]
        today, window = self._levels.get(known.under, NO_CALLS)
        return Basis(
            known=known,
            now=self._standing.get(key, NOTHING),
            crew=self._crew.get(key, NOBODY),
            today=today,
            window=window,
            helped=_answered(known.helping, self._levels),
            aided=_answered(known.helped, self._levels),
            ended=self._ends(key),
        )

    def _standings(
        self, at: float, waiting: Iterable[SeenCall], promises: Iterable[OpenPromise]
    ) -> Mapping[Key, Underway]:
        found: defaultdict[Key, Underway] = defaultdict(Underway)
        network = self._world.network
        for one in waiting:
            for key in one.keys:
                found[key].since.append(one.call.queueing.queued_at or at)
        for promise, call in promises:
            for key in keys_of(call, network):
                _promised(found[key], promise.asked_at, kind_of(promise), promise.due_at <= at)
        return found

    def _ends(self, key: Key) -> Mapping[Outcome, int]:
        """Ends are counted by the queue alone."""
        return self._figures.ends(key[1] or None) if key in self._ending else NO_ENDS


def _others(before: Mapping[K, V], after: Mapping[K, V]) -> Iterator[K]:
    """The keys under which there is another object than before, or none."""
    yield from (key for key, one in after.items() if before.get(key) is not one)
    yield from before.keys() - after.keys()


def _row(key: Key, of: Basis) -> port.FigureRow:
    known, now, ended = of.known, of.now, of.ended
    return port.FigureRow(
        dimension=key[0],
        key=key[1],
        label=known.label,
        waiting=len(now.since),
        longest_since=min(now.since, default=None),
        p90_since=percentile(sorted(now.since, reverse=True), 90) if now.since else None,
        ready=of.crew.ready,
        ringing=of.crew.ringing,
        talking=of.crew.talking,
        wrap_up=of.crew.wrap_up,
        not_ready=of.crew.not_ready,
        counter=of.crew.counter,
        answered=of.today.answered,
        abandoned=of.today.abandoned,
        short_abandoned=of.today.short_abandoned,
        otherwise=of.today.otherwise,
        helped=of.helped,
        aided=of.aided,
        gave_up=ended.get(Outcome.GAVE_UP, 0),
        informed=ended.get(Outcome.INFORMED, 0),
        turned_away=ended.get(Outcome.TURNED_AWAY, 0),
        callbacks=now.promises.get("callback", 0),
        callbacks_late=now.promises.get("callback late", 0),
        messages=now.promises.get("message", 0),
        messages_late=now.promises.get("message late", 0),
        oldest_message_at=now.oldest_message_at,
        messages_handled=ended.get(Outcome.HANDLED, 0),
        called_out=ended.get(Outcome.CALLED_OUT, 0),
        not_reached=ended.get(Outcome.NOT_REACHED, 0),
        service_level=of.window.service_level,
        service_level_today=of.today.service_level,
        average_wait_s=of.today.average_speed_of_answer_s,
        target_wait_s=known.targets.longest_wait_s,
        target_service_level=known.targets.service_level,
        target_average_s=known.average_s,
        target_waiting=known.targets.waiting,
        target_abandoned=known.targets.abandoned_share,
        target_ready=known.targets.ready,
        target_occupancy=known.targets.occupancy,
        answer_within_s=known.within_s,
    )


def _answered(under: Iterable[Under], levels: Levels) -> int:
    return sum(levels[one][0].answered for one in under if one in levels)


def _promised(under: Underway, asked_at: float, kind: str, late: bool) -> None:
    for one in (kind, f"{kind} late")[: 1 + late]:
        under.promises[one] = under.promises.get(one, 0) + 1
    if kind == "message":
        under.oldest_message_at = min(asked_at, under.oldest_message_at or asked_at)


def _known(network: Network) -> Iterator[tuple[Key, Known]]:
    queues = list(network.queues.values())
    within = {one.answer_within_s for one in queues}
    usual = Known(
        label={},
        targets=together(one.targets for one in queues),
        within_s=next(iter(within)) if len(within) == 1 else None,
        average_s=max(within, default=network.queue("").answer_within_s),
        under=None,
    )
    most = max((one.targets.waiting for one in queues), default=usual.targets.waiting)
    # One crew, as a queue's: what waits elsewhere is not theirs.
    of_place = replace(usual, targets=replace(usual.targets, waiting=most))
    yield ALL, replace(usual, helping=tuple(("helping_centre", one) for one in network.centres))
    for one in queues:
        made = Known(
            label=one.labels,
            targets=one.targets,
            within_s=one.answer_within_s,
            average_s=one.answer_within_s,
            under=one.queue_id,
        )
        yield ("queue", one.queue_id), made
    for (dimension, key), label in labels(network):
        if dimension == "network" or dimension == "queue":
            continue
        crew = of_place if dimension in {"centre", "municipality"} else usual
        known = replace(crew, label=label, under=(dimension, key))
        match dimension:
            case "centre":
                help_: tuple[Under, Under] = (("helping_centre", key), ("helped_centre", key))
            case "municipality":
                help_ = (("helping_municipality", key), ("helped_municipality", key))
            case _:
                yield (dimension, key), known
                continue
        yield (dimension, key), replace(known, helping=help_[:1], helped=help_[1:])
