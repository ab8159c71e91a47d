"""The earlier contacts of a number as one timeline: rows of the database, made into what is shown.

One line a contact, whichever centre had it and whoever rang whom, with its legs beneath; calls that
were hung up in the menu, one after another, are one line. What is not opened yet has dates, topics
and ends alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from sqlalchemy import RowMapping

from agents_ui.desk.port import PastContact, PastLeg
from contactcentre.core.call.leg import Party
from contactcentre.core.outcomes import Outcome


def timeline(
    rows: Iterable[RowMapping],
    legs: Mapping[str, Sequence[RowMapping]],
    *,
    opens: Callable[[RowMapping], bool],
) -> Iterator[PastContact]:
    """`rows` newest first; `legs` by contact; `opens` says of which all is shown."""
    for in_menu, group in groupby(rows, key=lambda row: row["outcome"] == Outcome.LEFT_MENU):
        found = list(group)
        if in_menu:
            yield _past(found[0], (), opened=False, group=found)
        else:
            yield from (
                _past(row, legs.get(row["call_id"], ()), opened=opens(row)) for row in found
            )


def _past(
    row: RowMapping,
    legs: Sequence[RowMapping],
    *,
    opened: bool,
    group: Sequence[RowMapping] = (),
) -> PastContact:
    talked = row["answered_at"] is not None and row["outcome"] != Outcome.GAVE_UP
    answered = talked or row["outcome"] == Outcome.HANDLED
    open_ = row["ended_at"] is None
    return PastContact(
        at=row["arrived_at"],
        kind=row["kind"] if answered else "",
        services=tuple(row["services"]) if opened else (),
        topic=row["labels"] or {},
        centre=row["centre"],
        outcome="" if open_ else row["result"] if answered else row["outcome"] or "unknown",
        way="message" if row["message_s"] is not None else row["direction"],
        due_at=row["due_at"] if open_ else None,
        talked_s=_lasted(row["answered_at"], row["talk_ended_at"]),
        times=max(1, len(group)),
        from_at=group[-1]["arrived_at"] if group else row["arrived_at"],
        note=row["note"] if opened else "",
        legs=tuple(map(_leg, legs)) if opened else (),
    )


def _leg(row: RowMapping) -> PastLeg:
    return PastLeg(
        at=row["from_at"],
        who="citizen" if row["party"] == Party.CITIZEN else row["party"],
        centre=row["centre"],
        talked_s=_lasted(row["answered_at"], row["to_at"]),
        why=row["why"] or "",
    )


def _lasted(begun: float | None, over: float | None) -> float | None:
    return None if begun is None or over is None else max(0.0, over - begun)
