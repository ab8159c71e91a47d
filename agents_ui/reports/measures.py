"""The declarations of all figures: what each is called, its formula as it is printed, its unit, and
of which sums it is made.

A figure is the sum of `plus` (less `minus`) divided by the sum of `by` (less `less`; by nothing: a
count or a time). So it adds up over any set of rows: the sums are added, and divided once.
`wait_p50` and `wait_p90` are read off
bands, and `longest` is the greatest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from agents_ui.shell.texts import mark

Unit = Literal["count", "share", "seconds"]
Sums = Mapping[str, int]
"""Of each column its sum; those that end in `_ms` in milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure; `key` names it in addresses and in exported tables."""

    key: str
    name: str
    formula: str
    unit: Unit = "count"
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    less: tuple[str, ...] = ()  # taken off what it is divided by
    group: str = "line"

    def value(self, sums: Sums) -> float | None:
        """Of these sums: a number, a share (0..1) or seconds; None where there is nothing of it."""
        top = float(_added(sums, self.plus) - _added(sums, self.minus))
        if self.unit == "seconds":
            top /= 1000
        if not self.by:
            return top
        below = _added(sums, self.by) - _added(sums, self.less)
        return top / below if below else None


def _added(sums: Sums, names: tuple[str, ...]) -> int:
    total = 0  # no generator: a month by quarter hours asks a hundred thousand times
    for name in names:
        total += sums.get(name, 0)
    return total


def _count(key: str, name: str, formula: str, group: str = "line") -> Measure:
    return Measure(key=key, name=name, formula=formula, plus=(key,), group=group)


_WORK = ("talk_ms", "hold_ms", "acw_ms")
_BUSY = ("talking_ms", "wrap_up_ms")

MEASURES: Final = (
    # who rang
    _count("rang_in", mark("Rang in"), mark("received + ended in the menu"), "all"),
    _count(
        "menu",
        mark("Ended in the menu"),
        mark("hung up, was served or was told there, before any queue"),
        "all",
    ),
    _count("received", mark("Received"), mark("closed + blocked + saturated + queued"), "all"),
    _count(
        "closed",
        mark("Told it is closed"),
        mark("told that the hotline, or the queue, is closed"),
        "all",
    ),
    _count(
        "blocked",
        mark("Blocked"),
        mark("nobody was there to answer, or the number may not ring"),
        "all",
    ),
    _count("saturated", mark("Saturated"), mark("turned away since the queue was full"), "all"),
    # the line
    _count(
        "queued",
        mark("Queued"),
        mark(
            "answered + abandoned + timed out + flow-out + callback + technical + unknown + waiting"
        ),
    ),
    _count("answered", mark("Answered"), mark("talked with an agent")),
    _count("abandoned", mark("Abandoned"), mark("hung up in the queue, short abandons included")),
    _count(
        "short_abandoned",
        mark("Short abandons"),
        mark("abandoned before the queue's threshold, part of the abandoned"),
    ),
    _count("timed_out", mark("Timed out"), mark("turned away after the longest wait")),
    _count(
        "flow_out",
        mark("Flow-out"),
        mark("left the queue for a message, another service or after a notice, without an agent"),
    ),
    _count(
        "callback",
        mark("Chose a callback"),
        mark("left the queue with a promise to be rung back; never abandoned"),
    ),
    _count("technical", mark("Technical"), mark("lost with the exchange")),
    _count("unknown", mark("Unknown"), mark("nobody can know how it ended")),
    _count("waiting", mark("Waiting still"), mark("in the queue at this moment")),
    _count(
        "gave_up",
        mark("Gave up later"),
        mark("answered, then in a queue anew, and hung up there; part of the answered"),
    ),
    Measure(
        key="service_level",
        name=mark("Service level"),
        unit="share",
        plus=("within",),
        by=("answered", "abandoned"),
        less=("short_abandoned",),
        formula=mark(
            "answered within the queue's promise / (answered + abandoned - short abandons)"
        ),
    ),
    Measure(
        key="abandonment",
        name=mark("Abandonment"),
        unit="share",
        plus=("abandoned",),
        by=("queued",),
        formula=mark("abandoned / queued"),
    ),
    Measure(
        key="answer_rate",
        name=mark("Answer rate"),
        unit="share",
        plus=("answered",),
        by=("received",),
        less=("closed",),
        formula=mark("answered / (received - closed)"),
    ),
    # waits
    Measure(
        key="asa",
        name=mark("Average speed of answer"),
        unit="seconds",
        plus=("wait_ms",),
        by=("answered",),
        group="wait",
        formula=mark("the waits of the answered / answered"),
    ),
    Measure(
        key="wait_p50",
        name=mark("Wait, half"),
        unit="seconds",
        group="wait",
        formula=mark(
            "half of the answered and abandoned waited at most so long, by bands of 1 to 60 s"
        ),
    ),
    Measure(
        key="wait_p90",
        name=mark("Wait, nine of ten"),
        unit="seconds",
        group="wait",
        formula=mark(
            "nine of ten of the answered and abandoned waited at most so long, by the same bands"
        ),
    ),
    Measure(
        key="longest",
        name=mark("Longest wait"),
        unit="seconds",
        plus=("longest_ms",),
        group="wait",
        formula=mark("the longest wait of anybody who was answered or abandoned"),
    ),
    Measure(
        key="abandon_time",
        name=mark("Time to abandon"),
        unit="seconds",
        plus=("abandoned_wait_ms",),
        by=("abandoned",),
        group="wait",
        formula=mark("the waits of the abandoned / abandoned"),
    ),
    # work
    _count("handled", mark("Handled"), mark("contacts with a talk, rung in or out"), "work"),
    Measure(
        key="aht",
        name=mark("Average handling time"),
        unit="seconds",
        plus=_WORK,
        by=("handled",),
        group="work",
        formula=mark("(talk + hold + wrap-up) / handled"),
    ),
    Measure(
        key="talk",
        name=mark("Talk time"),
        unit="seconds",
        plus=("talk_ms",),
        by=("handled",),
        group="work",
        formula=mark("talk without hold / handled"),
    ),
    Measure(
        key="hold",
        name=mark("Hold time"),
        unit="seconds",
        plus=("hold_ms",),
        by=("handled",),
        group="work",
        formula=mark("hold / handled"),
    ),
    Measure(
        key="acw",
        name=mark("Wrap-up"),
        unit="seconds",
        plus=("acw_ms",),
        by=("handled",),
        group="work",
        formula=mark("wrap-up / handled"),
    ),
    Measure(
        key="rona",
        name=mark("Not taken"),
        unit="share",
        plus=("missed",),
        by=("offers",),
        group="work",
        formula=mark("offers that rang out / offers; those whose caller left are not among them"),
    ),
    Measure(
        key="transfers",
        name=mark("Transferred"),
        unit="share",
        plus=("transferred",),
        by=("legs",),
        group="work",
        formula=mark("talks that ended by a transfer / talks"),
    ),
    Measure(
        key="consults",
        name=mark("Consulted"),
        unit="share",
        plus=("consulted",),
        by=("legs",),
        group="work",
        formula=mark("consultations of a colleague that were answered / talks"),
    ),
    Measure(
        key="occupancy",
        name=mark("Occupancy"),
        unit="share",
        plus=_BUSY,
        by=("ready_ms", *_BUSY),
        group="agents",
        formula=mark("(talk + hold + wrap-up) / (that + ready)"),
    ),
    Measure(
        key="logged_in",
        name=mark("Logged in"),
        unit="seconds",
        plus=("ready_ms", "reserved_ms", "not_ready_ms", *_BUSY),
        group="agents",
        formula=mark(
            "the time in all states that are over: ready + rung + talk + wrap-up + not ready"
        ),
    ),
    # what came of it
    Measure(
        key="resolved",
        name=mark("Resolved at once"),
        unit="share",
        plus=("traceable",),
        minus=("repeated",),
        by=("traceable",),
        group="after",
        formula=mark(
            "answered, and not in the same queue again within 7 days / answered with a number"
        ),
    ),
    _count(
        "callbacks",
        mark("Callbacks asked for"),
        mark("promises that callers chose themselves"),
        "after",
    ),
    Measure(
        key="callback_success",
        name=mark("Callbacks reached"),
        unit="share",
        plus=("callbacks_reached",),
        by=("callbacks",),
        group="after",
        formula=mark("callbacks whose citizen was reached, or rang in first / callbacks asked for"),
    ),
    Measure(
        key="promises_kept",
        name=mark("Promises kept"),
        unit="share",
        plus=("promises_kept",),
        by=("promises_kept", "promises_broken"),
        group="after",
        formula=mark("promises kept in time / promises that are over, callbacks and agents' own"),
    ),
    Measure(
        key="recorded",
        name=mark("Recorded"),
        unit="share",
        plus=("recorded",),
        by=("handled",),
        group="after",
        formula=mark("contacts whose record is closed / handled"),
    ),
    Measure(
        key="identified",
        name=mark("Identified"),
        unit="share",
        plus=("identified_1",),
        by=("handled",),
        group="after",
        formula=mark("contacts identified at level 1 or higher / handled"),
    ),
    Measure(
        key="identified_2",
        name=mark("Identified at 2"),
        unit="share",
        plus=("identified_2",),
        by=("handled",),
        group="after",
        formula=mark("contacts identified at level 2 or higher / handled"),
    ),
    # why they rang, as far as the records tell
    _count(
        "failure_demand",
        mark("Failure demand"),
        mark(
            "promise overdue + case overdue + question open + known event + asked again: each call"
            " once, in the first that fits; calls without a number can only be of a known event"
        ),
        "failure",
    ),
    Measure(
        key="failure_share",
        name=mark("Failure demand, share"),
        unit="share",
        plus=("failure_demand",),
        by=("rang_in",),
        group="failure",
        formula=mark("failure demand / rang in"),
    ),
    _count(
        "promise_overdue",
        mark("Promise overdue"),
        mark("rang in while a promise to ring that number was overdue"),
        "failure",
    ),
    _count(
        "case_overdue",
        mark("Case overdue"),
        mark("rang in while a case of that number, or a promise in it, was overdue"),
        "failure",
    ),
    _count(
        "question_open",
        mark("Question open"),
        mark("rang in while a question asked of a card's owner for that number had no answer"),
        "failure",
    ),
    _count(
        "known_event",
        mark("Known event"),
        mark("the agent joined the call to a known event"),
        "failure",
    ),
    _count(
        "asked_again",
        mark("Asked again"),
        mark(
            "that number had talked with an agent about one of the same services in the 7 days"
            " before"
        ),
        "failure",
    ),
)
"""In the order of the page."""

BY_KEY: Final[Mapping[str, Measure]] = {one.key: one for one in MEASURES}

VIEWS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "service": (
        mark("Waits and answers"),
        (
            "received",
            "queued",
            "answered",
            "abandoned",
            "service_level",
            "asa",
            "wait_p50",
            "wait_p90",
            "longest",
            "aht",
        ),
    ),
    "ways": (
        mark("Where callers went"),
        (
            "rang_in",
            "menu",
            "received",
            "closed",
            "blocked",
            "saturated",
            "queued",
            "answered",
            "abandoned",
            "short_abandoned",
            "timed_out",
            "flow_out",
            "callback",
            "technical",
            "unknown",
            "waiting",
        ),
    ),
    "work": (
        mark("Work"),
        (
            "handled",
            "aht",
            "talk",
            "hold",
            "acw",
            "rona",
            "transfers",
            "consults",
            "occupancy",
            "logged_in",
        ),
    ),
    "after": (
        mark("What came of it"),
        (
            "answered",
            "resolved",
            "callbacks",
            "callback_success",
            "promises_kept",
            "recorded",
            "identified",
            "identified_2",
            "gave_up",
        ),
    ),
    "failure": (
        mark("Failure demand"),
        (
            "failure_demand",
            "promise_overdue",
            "case_overdue",
            "question_open",
            "known_event",
            "asked_again",
            "failure_share",
            "rang_in",
        ),
    ),
}
"""Which figures stand beside each other: a report has one of these."""
