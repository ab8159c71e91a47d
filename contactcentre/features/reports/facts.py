"""What one contact comes to, pure: a row of whole numbers that are added up and nothing else.

A contact belongs to the quarter hour of its arrival, whatever happens later; each of its numbers
follows from its row, the legs beneath it, and how long its wrap-up was. The sums
`rang in = menu + received`, `received = closed + blocked + saturated + queued` and `queued =
answered + abandoned + timed out + flow-out + callback + technical + unknown + waiting` hold for
every contact, hence for all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contactcentre.core.call.leg import Purpose
from contactcentre.core.outcomes import Outcome, Result
from contactcentre.features.reports import bands
from contactcentre.storage.tables.reports import COUNTED
from routing.calendar import QUARTER_S, day_number

Row = Mapping[str, Any]

HOME: Final = "@"
"""Before the id of a home centre, where nobody has said whose services are asked about."""

_UNANSWERED: Final = {
    Outcome.ABANDONED: "abandoned",
    Outcome.CALLBACK: "callback",
    Outcome.INFORMED: "flow_out",
    Outcome.VOICEMAIL: "flow_out",
    Outcome.TRANSFERRED: "flow_out",
    Outcome.SERVED_BY_MENU: "flow_out",
    Outcome.LEFT_MENU: "flow_out",
    Outcome.PBX_LOST: "technical",
}
"""Of whoever stood in line and talked with nobody; any other outcome is `unknown`."""

_TURNED_AWAY: Final = {
    "closed": "closed",
    "nobody": "blocked",
    "full": "saturated",
    "waited": "timed_out",
}
_NEVER_QUEUED: Final = frozenset({"closed", "blocked", "saturated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the rows of a contact itself do not tell."""

    acw_ms: int = 0
    again: bool | None = None  # rang about the same within 7 days; None: nobody can know
    institution: str = ""  # of its first service
    failure: str = ""  # which part of failure demand it is; "" is none


def quarter(at: float) -> int:
    """The number of its quarter hour."""
    return int(at // QUARTER_S)


def ms(seconds: float) -> int:
    """Whole milliseconds, which add up alike in any order."""
    return max(0, round(seconds * 1000))


def fact(contact: Row, legs: Sequence[Row], beside: Beside) -> dict[str, Any]:
    """The row of `contact_facts`."""
    counts: Counter[str] = Counter()
    rang_in = contact["direction"] == "in" and contact["came_by"] == "phone"
    where = _where(contact) if rang_in else ""
    if rang_in:
        _count_way(counts, where)
        _count_line(counts, contact, where)
        counts["traceable"] += where == "answered" and beside.again is not None
        if beside.failure:
            counts.update(("failure_demand", beside.failure))
    _count_work(counts, contact, legs, beside)
    _count_promise(counts, contact)
    waits = rang_in and where in ("answered", "abandoned")
    wait_s = _wait_s(contact) if waits else 0.0
    at = contact["arrived_at"]
    return {
        "call_id": contact["call_id"],
        "quarter": quarter(at),
        "day": day_number(at),
        **_told_apart(contact, beside),
        "band": bands.band(wait_s) if waits else None,
        "longest_ms": ms(wait_s),
        **{name: counts[name] for name in COUNTED},
    }


def _told_apart(contact: Row, beside: Beside) -> dict[str, str]:
    services, home = contact["services"] or [""], contact["home_centre_id"]
    asked = contact["matter_municipality"] or contact["municipality"]
    return {
        "queue": contact["left_queue"] or contact["queue"],
        "centre": contact["centre_id"] or "",
        "home_centre": home or "",
        "municipality": asked or (f"{HOME}{home}" if home else ""),
        "service": services[0],
        "institution": beside.institution,
        "agent": contact["agent_id"] or "",
        "language": contact["language"],
        "dialled": contact["dialled"],
        "path": contact["path"] or contact["matter"],
    }


def _where(contact: Row) -> str:
    """Where the caller has come to."""
    outcome, over = contact["outcome"], contact["ended_at"] is not None
    if contact["answered_at"] is not None:
        return "answered"
    if outcome == Outcome.REFUSED:
        return "blocked"
    if contact["queued_at"] is None:
        return "closed" if over and contact["why"] == "closed" else "menu"
    if not over:
        return "waiting"
    if outcome == Outcome.TURNED_AWAY:
        return _TURNED_AWAY.get(contact["why"], "timed_out")
    return _UNANSWERED.get(outcome, "unknown")


def _count_way(counts: Counter[str], where: str) -> None:
    counts[where] += 1
    counts["rang_in"] += 1
    if where != "menu":
        counts["received"] += 1
    if where not in _NEVER_QUEUED | {"menu"}:
        counts["queued"] += 1


def _count_line(counts: Counter[str], contact: Row, where: str) -> None:
    """The same formulae as `routing/service_level.py`, of the same promises."""
    wait_s = _wait_s(contact)
    if where == "answered":
        counts["wait_ms"] += ms(wait_s)
        counts["within"] += wait_s <= (contact["within_s"] or 0.0)
        counts["gave_up"] += contact["outcome"] == Outcome.GAVE_UP
    elif where == "abandoned":
        counts["abandoned_wait_ms"] += ms(wait_s)
        counts["short_abandoned"] += wait_s < (contact["short_s"] or 0.0)


def _wait_s(contact: Row) -> float:
    since = contact["queued_at"]
    if since is None:
        return 0.0
    until = contact["answered_at"] if contact["answered_at"] is not None else contact["ended_at"]
    return max(0.0, float((until if until is not None else since) - since))


def _count_work(counts: Counter[str], contact: Row, legs: Iterable[Row], beside: Beside) -> None:
    """What agents did for it, called in or out: by leg, however often it was passed on."""
    for leg in legs:
        if leg["party"] == "agent" and leg["purpose"] != Purpose.CONSULT:
            _count_leg(counts, leg)
        counts["consulted"] += leg["purpose"] == Purpose.CONSULT and leg["answered_at"] is not None
    if counts["legs"]:
        counts["handled"] += 1
        counts["acw_ms"] += beside.acw_ms
        counts["hold_ms"] += min(ms(contact["hold_s"]), counts["talk_ms"])
        counts["talk_ms"] -= counts["hold_ms"]
    counts["repeated"] += bool(counts["traceable"] and beside.again)
    counts["recorded"] += contact["recorded_at"] is not None
    for level in range(1, int(contact["identified_level"]) + 1):
        counts[f"identified_{min(level, 3)}"] += level <= 3


def _count_leg(counts: Counter[str], leg: Row) -> None:
    if leg["purpose"] in (Purpose.OFFER, Purpose.PASSED):
        counts["offers"] += leg["to_at"] is not None or leg["answered_at"] is not None
        counts["missed"] += leg["why"] == Result.MISSED and leg["answered_at"] is None
    if leg["answered_at"] is None or leg["to_at"] is None:
        return
    counts["legs"] += 1
    counts["talk_ms"] += ms(leg["to_at"] - leg["answered_at"])
    counts["transferred"] += leg["why"] == Result.TRANSFERRED


def _count_promise(counts: Counter[str], contact: Row) -> None:
    """What was promised: a callback that was asked for, or an agent's word."""
    if contact["due_at"] is None or contact["came_by"] != "callback":
        return
    by = "promises" if contact["promised_by"] else "callbacks"
    reached = contact["answered_at"] is not None or contact["outcome"] == Outcome.RANG_IN
    done_at = contact["answered_at"] if contact["answered_at"] is not None else contact["ended_at"]
    kept = done_at is not None and done_at <= contact["due_at"]
    counts["callbacks"] += by == "callbacks"
    counts["callbacks_reached"] += by == "callbacks" and reached
    counts["promises"] += 1
    counts["promises_kept"] += kept
    counts["promises_broken"] += done_at is not None and not kept
