"""The figures of the board by queue, centre, municipality, region, language and dialled number.

Made once a round for everybody who looks: one walk over the open calls puts each under all it
belongs to; agents and the day are running totals. A row is made anew where anything that it is made
of has changed, so that who compares need not look into it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from agents_ui.board import port
from agents_ui.shell.port import Texts
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome
from contactcentre.core.world import World
from contactcentre.engine.figures import Figures, Under, belongs
from contactcentre.features.board.crews import ALL, CrewCount, Crews
from contactcentre.features.board.subjects import Key, labels
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
        self._known: dict[Key, Known] = {}
        self._crews = Crews(world)
        self._bases: dict[Key, Basis] = {}
        self._rows: dict[Key, port.FigureRow] = {}

    def rows(
        self, at: float, waiting: Iterable[Call], promises: Iterable[OpenPromise]
    ) -> Mapping[Key, port.FigureRow]:
        """Of every key there is, the network's under `ALL`."""
        if self._world.network is not self._network:
            self._network = self._world.network
            self._known = dict(_known(self._world.network))
            self._bases, self._rows = {}, {}
        standings = self._standings(at, waiting, promises)
        crews = self._crews.seen()
        levels = self._figures.levels(at)
        for key, known in self._known.items():
            today, window = levels.get(known.under, NO_CALLS)
            basis = Basis(
                known=known,
                now=standings.get(key, NOTHING),
                crew=crews.get(key, NOBODY),
                today=today,
                window=window,
                helped=_answered(known.helping, levels),
                aided=_answered(known.helped, levels),
                ended=self._ends(key),
            )
            if self._bases.get(key) != basis:
                self._bases[key], self._rows[key] = basis, _row(key, basis)
        return self._rows

    def _standings(
        self, at: float, waiting: Iterable[Call], promises: Iterable[OpenPromise]
    ) -> Mapping[Key, Underway]:
        found: defaultdict[Key, Underway] = defaultdict(Underway)
        network = self._world.network
        for call in waiting:
            for key in keys_of(call, network):
                found[key].since.append(call.queueing.queued_at or at)
        for promise, call in promises:
            for key in keys_of(call, network):
                _promised(found[key], promise.asked_at, kind_of(promise), promise.due_at <= at)
        return found

    def _ends(self, key: Key) -> Mapping[Outcome, int]:
        """Ends are counted by the queue alone."""
        if key != ALL and key[0] != "queue":
            return NO_ENDS
        return self._figures.ends(key[1] or None)


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
        answer_within_s=known.within_s,
    )


def keys_of(call: Call, network: Network) -> Iterator[Key]:
    """All that a call stands under."""
    yield ALL
    yield "queue", call.queue
    for dimension, key in belongs(call, network):
        match dimension:
            case "centre" | "municipality" | "region" | "language" | "number":
                yield dimension, key
            case _:
                pass


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
        under=None,
    )
    yield ALL, replace(usual, helping=tuple(("helping_centre", one) for one in network.centres))
    for one in queues:
        made = Known(
            label=one.labels, targets=one.targets, within_s=one.answer_within_s, under=one.queue_id
        )
        yield ("queue", one.queue_id), made
    for (dimension, key), label in labels(network):
        if dimension == "network" or dimension == "queue":
            continue
        known = replace(usual, label=label, under=(dimension, key))
        match dimension:
            case "centre":
                help_: tuple[Under, Under] = (("helping_centre", key), ("helped_centre", key))
            case "municipality":
                help_ = (("helping_municipality", key), ("helped_municipality", key))
            case _:
                yield (dimension, key), known
                continue
        yield (dimension, key), replace(known, helping=help_[:1], helped=help_[1:])
