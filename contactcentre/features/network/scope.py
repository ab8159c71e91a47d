"""Where a document lies: whoever has a role around there may edit it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from agents_ui.network.port import Kind
from agents_ui.shell.permissions import WHOLE, Act, around, may
from agents_ui.shell.port import Person, Realm
from contactcentre.features.publication.draft import Draft
from contactcentre.storage import tables as models
from routing.scope import Place

OUTSIDE = "lies outside the part of the network that you look after"

SHARED = ("hotline",)
"""Calendars that menus and the network go by."""


class Reach:
    """What a person may edit of a draft."""

    def __init__(self, draft: Draft, person: Person) -> None:
        self._person = person
        self._centres = {one["centre_id"]: one for one in draft.of(models.centres)}
        self._calendars = _users_of_calendars(draft)

    def kinds(self) -> frozenset[Kind]:
        """Those of which there may be some."""
        found: frozenset[Kind] = frozenset({"centres", "agents", "calendars"})
        return frozenset(
            {*found, "hotlines", "queues", "days_off", "municipalities", "regions"}
            if self._reaches(WHOLE)
            else found
        )

    def may_edit(self, kind: Kind, key: str, document: Mapping[str, Any]) -> bool:
        """Whether a document of that key (a new one: "") is the person's to edit."""
        if kind == "centres":
            return self._reaches(_around(key, document))
        if kind == "agents":
            return self.may_edit("centres", *self._centre(document.get("centre_id")))
        if kind == "calendars":
            return self._reaches(WHOLE) or self._uses_alone(key)
        return self._reaches(WHOLE)

    def refused(
        self, kind: Kind, key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
    ) -> str:
        """The field by which a change reaches out of the person's part of the network, or ""."""
        if kind == "agents" and not self.may_edit(kind, key, after):
            return "centre_id"
        if kind != "centres":
            return ""
        moved = before is None or before.get("municipality") != after.get("municipality")
        both = [one for one in (before, after) if one is not None]
        return "municipality" if moved and not all(map(self._has_municipality, both)) else ""

    def _has_municipality(self, centre: Mapping[str, Any]) -> bool:
        return self._reaches(_around("", centre))

    def _uses_alone(self, key: str) -> bool:
        if not key:
            return True  # a new one, for a centre of theirs
        users = self._calendars.get(key, ())
        return bool(users) and all(
            one is not None and self.may_edit("centres", *self._centre(one)) for one in users
        )

    def _centre(self, centre_id: Any) -> tuple[str, Mapping[str, Any]]:
        known = self._centres.get(centre_id) if isinstance(centre_id, str) else None
        return (centre_id, known) if known is not None else ("", {})

    def _reaches(self, lies_in: frozenset[Realm]) -> bool:
        return may(self._person, Act.CENTRES_EDIT, lies_in)


def _around(key: str, centre: Mapping[str, Any]) -> frozenset[Realm]:
    municipality = centre.get("municipality")
    return around(Place(key, municipality if isinstance(municipality, str) else ""))


def _users_of_calendars(draft: Draft) -> Mapping[str, list[str | None]]:
    """By calendar the centres that keep it; None for anything else that goes by it."""
    users: dict[str, list[str | None]] = {one: [None] for one in SHARED}
    for centre in draft.in_use(models.centres):
        users.setdefault(str(centre.get("calendar_id")), []).append(centre["centre_id"])
    menus = " ".join(str(row["document"]) for row in draft.of(models.flows))
    others = (draft.in_use(models.hotlines), draft.in_use(models.queues), draft.settings)
    for key in (*_named(others), *re.findall(r"calendar: *[\"']?([\w-]+)", menus)):
        users.setdefault(key, []).append(None)
    return users


def _named(value: Any) -> Iterator[str]:
    """The calendars named anywhere in there."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if name in ("calendar", "calendar_id") and isinstance(one, str):
                yield one
            yield from _named(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _named(one)
