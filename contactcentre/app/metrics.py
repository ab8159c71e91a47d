"""Prometheus figures, read off World and the parts at the moment of asking. Nobody's numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from contactcentre.app.area import Area
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.world import World
from contactcentre.engine.consumer import Changes
from contactcentre.engine.faults import Faults
from contactcentre.engine.inbox import Inbox

WAIT_BUCKETS_S = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600)
PREFIX = "contactcentre"


class Metrics:
    """Counts what passes, and reads the rest when asked."""

    def __init__(self, world: World, inbox: Inbox, areas: Iterable[Area], faults: Faults) -> None:
        self.registry = CollectorRegistry()
        self.ended: Counter[str] = Counter()
        self.offers: Counter[str] = Counter()
        self.last: dict[str, float] = {}
        self._wait = Histogram(
            f"{PREFIX}_wait_seconds",
            "From queue entry to answer or abandon",
            ["outcome"],
            buckets=WAIT_BUCKETS_S,
            registry=self.registry,
        )
        self._talk = Histogram(
            f"{PREFIX}_talk_seconds",
            "From answer to the end of the talk",
            buckets=WAIT_BUCKETS_S,
            registry=self.registry,
        )
        self.registry.register(_Reader(self, world, inbox, tuple(areas), faults))

    def note(self, changes: Changes) -> None:
        """Take in what an event has changed."""
        for call in changes.calls:
            offer = call.offer
            if offer is not None and offer.result and offer.ended_at == changes.event.at:
                answered = offer.answered_at is not None
                self.offers["answered" if answered else offer.result.value] += 1
            if call.phase is Phase.ENDED and call.end.at == changes.event.at:
                self._note_end(call)
            self._note_times(call)

    def _note_end(self, call: Call) -> None:
        outcome = call.end.outcome.value if call.end.outcome else "unknown"
        self.ended[outcome] += 1
        if call.wait_s is not None and call.callback is None:
            self._wait.labels(outcome).observe(call.wait_s)
        if call.talk.answered_at is not None and call.talk.ended_at is not None:
            self._talk.observe(call.talk.ended_at - call.talk.answered_at)

    def _note_times(self, call: Call) -> None:
        times = {
            "arrived": call.arrived_at,
            "queued": call.queueing.queued_at,
            "answered": call.talk.answered_at,
            "talk_ended": call.talk.ended_at,
            "ended": call.end.at,
        }
        for name, at in times.items():
            if at is not None and at > self.last.get(name, 0.0):
                self.last[name] = at

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)


class _Reader(Collector):
    def __init__(
        self,
        metrics: Metrics,
        world: World,
        inbox: Inbox,
        areas: tuple[Area, ...],
        faults: Faults,
    ) -> None:
        self._faults = faults
        self._metrics = metrics
        self._world = world
        self._inbox = inbox
        self._areas = areas

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        world = self._world
        yield _gauge(
            "calls",
            "Open calls by phase",
            "phase",
            Counter(call.phase.value for call in world.calls.values()),
        )
        yield _gauge(
            "agents",
            "Agents by state",
            "state",
            Counter(agent.state.value for agent in world.agents.values()),
        )
        yield _counter("calls_ended", "Calls by outcome", "outcome", self._metrics.ended)
        yield _counter("offers", "Offers by result", "result", self._metrics.offers)
        yield _gauge(
            "last_call_timestamp_seconds",
            "Latest moment of any call, by kind",
            "moment",
            self._metrics.last,
        )
        illegal: Counter[str] = Counter()
        for (event, _), count in world.illegal.items():
            illegal[event] += count
        yield _counter("events_refused", "Events that fitted no state", "event", illegal)
        yield _counter("faults", "Faults passed over, by stage", "stage", self._faults.counts)
        yield CounterMetricFamily(f"{PREFIX}_events", "Events handled", self._inbox.taken)
        for name, value in self._gauges():
            yield GaugeMetricFamily(f"{PREFIX}_{name}", name.replace("_", " "), value)

    def _gauges(self) -> Iterator[tuple[str, float]]:
        yield "configuration_version", self._world.network.version
        yield "inbox_backlog", self._inbox.backlog
        for area in self._areas:
            yield from area.gauges().items()


def _gauge(name: str, text: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


def _counter(name: str, text: str, label: str, values: Mapping[str, float]) -> CounterMetricFamily:
    family = CounterMetricFamily(f"{PREFIX}_{name}", text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
