"""A row of the configuration as the value that it stands for, checked by itself.

All of these raise `ValueError` with the place in the row; a row of a wrong shape may raise any of
`FAULTS`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Annotated, Any, TypeVar, cast, get_args

import msgspec

from contactcentre.core.config.languages import Decision
from contactcentre.core.config.network import Centre, Hotline, Municipality
from contactcentre.core.config.notice import Notice
from contactcentre.features.publication.draft import Row
from ivr.flow import Flow, parse
from routing.circles import EVERYBODY, Ring, RingPlan
from routing.model import AgentProfile, Capability, Device, Level, Levels, Queue, levels
from routing.overflow import Overflow, Way, checked_keys

T = TypeVar("T")
Choice = TypeVar("Choice")
Grade = Annotated[int, msgspec.Meta(ge=1, le=5)]

_MOBILE = re.compile(r"\+[1-9][0-9]{7,14}")

PANEL_LANGUAGES = ("lv", "en")
"""Those in which people read labels."""

_HOUR_S = 3600.0
SECONDS = {
    "answer_within_s": (1.0, _HOUR_S),
    "short_abandon_s": (0.0, _HOUR_S),
    "ring_s": (1.0, 300.0),
    "wrap_up_s": (0.0, _HOUR_S),
    "head_start_s": (0.0, _HOUR_S),  # who waits longer is before all who come later
    "announce_s": (0.0, _HOUR_S),
    "offer_callback_after_s": (0.0, _HOUR_S),
    "keep_place_s": (0.0, 24 * _HOUR_S),
}
"""The promises of a queue, the least and the most of each."""

_NUMBER = re.compile(r"\+?[0-9]{3,15}")

_LATER: Row = {"keys": {}, "overflow": [], "offer_callback_after_s": 0.0, "keep_place_s": 600.0}
"""Columns of a queue that the last good version, if it was kept by an older release, lacks."""

FAULTS = (ValueError, TypeError, LookupError, AttributeError)
"""What a row of a wrong shape raises while it is read."""


def centre(row: Row) -> Centre:
    """A row of `centres`, with the ids of its municipality and region."""
    cap = row.get("afar_per_hour")
    if cap is not None and cap < 0:
        raise ValueError(f"afar_per_hour: {cap} is below 0")
    return Centre(**row)


def municipality(row: Row) -> Municipality:
    """A row of `municipalities`."""
    return Municipality(
        municipality_id=row["municipality_id"], name=row["name"], region=row["region_id"]
    )


def hotline(row: Row) -> Hotline:
    """A row of `hotlines`."""
    if not _NUMBER.fullmatch(row["number"]):
        raise ValueError("number: 3 to 15 digits, as the carrier signals it")
    return Hotline(**{**row, "labels": _labels(row)})


def queue(row: Row) -> Queue:
    """A row of `queues`."""
    row = {**_LATER, **row}
    _check_seconds(row)
    return Queue(
        queue_id=row["queue_id"],
        labels=_labels(row),
        skills=_levels(row, "skills"),
        answer_within_s=row["answer_within_s"],
        short_abandon_s=row["short_abandon_s"],
        ring_s=row["ring_s"],
        wrap_up_s=row["wrap_up_s"],
        services=_of_form(row, "services", tuple[str, ...]),
        head_start_s=row["head_start_s"],
        announce_s=row["announce_s"],
        rings=_rings(row["rings"]),
        level=_one_of(row.get("level", "state"), Level, "level"),
        keys=_of_form(row, "keys", dict[str, Way], checked_keys),
        overflow=_of_form(row, "overflow", tuple[Overflow, ...]),
        offer_callback_after_s=row["offer_callback_after_s"],
        keep_place_s=row["keep_place_s"],
    )


def agent(row: Row, owner: Mapping[str, str]) -> AgentProfile:
    """Agents answer for the municipality to which their centre belongs: `owner`, by centre."""
    device, mobile = _phone(row)
    return AgentProfile(
        agent_id=row["agent_id"],
        name=row["name"],
        centre_id=row["centre_id"],
        endpoint=row["endpoint"],
        capability=Capability(
            skills=_levels(row, "skills"),
            languages=_levels(row, "languages"),
            authorities=tuple(filter(None, (owner.get(row["centre_id"]),))),
        ),
        device=device,
        mobile=mobile,
        reserve=row.get("reserve", False),  # not in what an older version kept
    )


def flow(row: Row, queues: frozenset[str] | None) -> Flow:
    """A row of `flows`; the number is the row's: the one in the document is its author's."""
    flow = _parsed(row["name"], row["document"], queues)
    return replace(flow, version=row["version"])


def notice(row: Row) -> Notice:
    """A row of `notices`."""
    return Notice(
        notice_id=row["notice_id"],
        texts=_of_form(row, "texts", dict[str, str]),
        queues=_of_form(row, "queues", tuple[str, ...]),
        from_at=row["from_at"],
        until_at=row["until_at"],
    )


def decision(row: Row) -> Decision:
    """A row of `language_policies`."""
    return Decision(
        queue_id=row["queue_id"], language=row["language"], allowed=bool(row["allowed"])
    )


@lru_cache(maxsize=64)
def _parsed(name: str, document: str, queues: frozenset[str] | None) -> Flow:
    # Most publications leave the menus as they are, and reading one takes milliseconds.
    return parse(document, name=name, queues=queues)


def _phone(row: Row) -> tuple[Device, str]:
    """What an agent answers on, and the number of a mobile; never a number in the error."""
    device = cast(Device, _one_of(row["device"], Device, "device"))
    mobile = row.get("mobile") or ""
    if device != "mobile":
        return device, ""
    if not _MOBILE.fullmatch(mobile):
        raise ValueError("mobile: a number with its country is needed, as +37120000000")
    return device, mobile


def _one_of(value: Choice, choices: Any, where: str) -> Choice:
    """Raises `ValueError` with the place where it is another."""
    known = get_args(choices)
    if value not in known:
        raise ValueError(f"{where}: not one of {', '.join(known)}")
    return value


def _check_seconds(row: Row) -> None:
    for name in SECONDS:
        if fault := seconds_fault(name, row[name]):
            raise ValueError(fault)


def seconds_fault(name: str, value: object) -> str:
    """What is wrong with such a promise of a queue; empty where nothing is, or it is none."""
    least, most = SECONDS.get(name, (-math.inf, math.inf))
    if isinstance(value, int | float) and least <= value <= most:  # which no NaN is
        return ""
    return f"{name}: must be {least:g} to {most:g} seconds"


def _labels(row: Row) -> Mapping[str, str]:
    labels = _of_form(row, "labels", dict[str, str])
    missing = [language for language in PANEL_LANGUAGES if not labels.get(language)]
    if missing:
        raise ValueError(f"labels: '{missing[0]}' is missing, people read it")
    return labels


def _levels(row: Row, name: str) -> Levels:
    return levels(_of_form(row, name, dict[str, Grade]))


def _of_form(
    row: Row, name: str, form: type[T], checked: Callable[[Any], Any] = lambda value: value
) -> T:
    """What stands in a JSON column. Raises `ValueError` with the place in it."""
    try:
        found: T = checked(convert(row[name], form))
        return found
    except (msgspec.ValidationError, ValueError) as wrong:
        raise ValueError(f"{name}: {wrong}") from None


def convert(given: object, form: type[T]) -> T:
    """The value of that form. Raises `ValueError` or `msgspec.ValidationError` with the place.

    A dataclass takes no key that it does not know: a misspelt rule would be no rule at all.
    """
    found = msgspec.convert(given, form)
    for place in _strange(given, msgspec.to_builtins(found)):
        raise ValueError(f"{place} is not a known key")
    return found


def _strange(given: object, known: object, place: str = "$") -> Iterator[str]:
    """Where keys are given that the value has not taken up."""
    if isinstance(given, Mapping) and isinstance(known, Mapping):
        for key, value in given.items():
            if key not in known:
                yield f"{place}.{key}"
            yield from _strange(value, known.get(key), f"{place}.{key}")
    elif isinstance(given, list | tuple) and isinstance(known, list | tuple):
        for number, (one, taken) in enumerate(zip(given, known, strict=False)):
            yield from _strange(one, taken, f"{place}[{number}]")


def _rings(rings: object) -> RingPlan:
    """None at all means that everybody is asked at once. Raises `ValueError` with the place."""
    try:
        found = convert(rings, tuple[Ring, ...])
        if any(ring.lasts_s > _HOUR_S for ring in found):
            raise ValueError(f"a ring lasts {_HOUR_S:g} seconds at most")
        return RingPlan(rings=found) if found else EVERYBODY
    except (msgspec.ValidationError, ValueError) as wrong:
        raise ValueError(f"rings: {wrong}") from None
