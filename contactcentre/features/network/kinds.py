"""What can be edited: each kind with its table, its document, and what a list shows of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Table

from agents_ui.network.port import Kind
from contactcentre.core.config.network import DEFAULT_QUEUE, Centre, Hotline, Municipality, Region
from contactcentre.features.agents.document import AgentDocument
from contactcentre.features.calendars.document import CalendarDocument
from contactcentre.features.calendars.national_days import DayOff
from contactcentre.features.network.shape import Composite, record_of
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from routing.model import Queue
from routing.plain import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A kind. `noun` begins its faults; `shape` is its form without the key."""

    kind: Kind
    noun: str
    table: Table
    form: type
    columns: tuple[str, ...]
    named: bool = True  # its key is a name that may be made up, not a number or a day

    @property
    def key(self) -> str:
        """The name of the key."""
        return documents.key_of(self.table)

    @property
    def shape(self) -> Composite:
        """The fields that are filled in; a document is retired by a button of its own."""
        return _without(self.form, self.key, "active")

    def word(self, name: str) -> str:
        """The name of a field's words."""
        return f"{self.form.__name__}.{name}"

    def new_key(self, document: Mapping[str, Any], taken: Collection[str]) -> str:
        """A key that nobody has chosen: agents are numbered, as a person's name is nobody's key."""
        if self.kind == "agents":
            return next(key for n in range(1, len(taken) + 2) if (key := f"a{n}") not in taken)
        if self.kind == "queues" and DEFAULT_QUEUE not in taken:
            return DEFAULT_QUEUE  # the first one takes what no other takes, as menus expect
        begun = re.sub("[^a-z0-9]+", "-", plain(_name_in(document))).strip("-")[:50] or self.noun
        tries = (begun, *(f"{begun}-{number}" for number in range(2, len(taken) + 3)))
        return next(key for key in tries if key not in taken)


@cache
def _without(form: type, *names: str) -> Composite:
    return Composite(tuple(one for one in record_of(form).parts if one.name not in names))


def _name_in(document: Mapping[str, Any]) -> str:
    labels = document.get("labels")
    found = labels.get("lv", "") if isinstance(labels, Mapping) else document.get("name", "")
    return found if isinstance(found, str) else ""


_EDITED: Final = (
    Edited(
        kind="hotlines",
        noun="hotline",
        table=models.hotlines,
        form=Hotline,
        columns=("centre_id", "flow", "calendar_id"),
        named=False,
    ),
    Edited(
        kind="queues",
        noun="queue",
        table=models.queues,
        form=Queue,
        columns=("skills", "level", "answer_within_s"),
    ),
    Edited(
        kind="centres",
        noun="centre",
        table=models.centres,
        form=Centre,
        columns=("municipality", "calendar_id", "afar_per_hour"),
    ),
    Edited(
        kind="agents",
        noun="agent",
        table=models.agents,
        form=AgentDocument,
        columns=("centre_id", "skills", "languages", "device"),
    ),
    Edited(
        kind="calendars",
        noun="calendar",
        table=models.calendars,
        form=CalendarDocument,
        columns=("weekly",),
    ),
    Edited(
        kind="days_off",
        noun="day off",
        table=models.days_off,
        form=DayOff,
        columns=("worked_on",),
        named=False,
    ),
    Edited(
        kind="municipalities",
        noun="municipality",
        table=models.municipalities,
        form=Municipality,
        columns=("region",),
    ),
    Edited(
        kind="regions",
        noun="region",
        table=models.regions,
        form=Region,
        columns=(),
    ),
)

KINDS: Final[Mapping[Kind, Edited]] = MappingProxyType({one.kind: one for one in _EDITED})

REFERS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "centre_id": "centres",
        "municipality": "municipalities",
        "region": "regions",
        "calendar_id": "calendars",
        "calendar": "calendars",
        "queue": "queues",
    }
)
"""Fields that name something else."""
