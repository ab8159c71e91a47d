"""One document that somebody has open, within the transaction that reads or writes it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.network import port
from agents_ui.shell.port import Person
from contactcentre.core.config import document as documents_of
from contactcentre.features.network import history
from contactcentre.features.network.form import Filling, choices, known_names, name_of, with_known
from contactcentre.features.network.kinds import Edited
from contactcentre.features.network.scope import Reach
from contactcentre.features.network.shape import filled
from contactcentre.features.publication.draft import Draft, read_by
from contactcentre.features.publication.proposal import problems_among

Document = Mapping[str, Any]

_FAULT = re.compile(r"(?P<where>, (?P<place>[^:]+)|): (?P<what>.*)", re.DOTALL)


@dataclass(slots=True, kw_only=True)
class Editing:
    """`before` is what is there, without its key; nothing of a new one (`key` is "")."""

    connection: AsyncConnection
    draft: Draft
    scope: Reach
    edited: Edited
    key: str
    before: Document
    faults: dict[str, str] = field(default_factory=dict)  # by place in the document
    others: list[str] = field(default_factory=list)  # of no field

    @property
    def base(self) -> str:
        """A mark of what is there."""
        if not self.key:
            return ""
        text = json.dumps(self.before, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def desk_phone(self) -> bool:
        """Whether it is an agent with a telephone on the table."""
        in_use = self.before.get("active") is not False
        has = bool(self.before.get("table")) or self.before.get("device") == "desk"
        return self.edited.kind == "agents" and in_use and has

    @property
    def wrong(self) -> bool:
        """Whether anything is."""
        return bool(self.faults or self.others)

    def choose_key(self, typed: Mapping[str, str], document: Document) -> str:
        """The key of a new one, made up where people do not choose it."""
        taken = {one[self.edited.key] for one in self.draft.of(self.edited.table)}
        if self.edited.named:
            return self.edited.new_key(document, taken)
        key = typed.get("key", "").strip()
        if not key or key in taken:
            self.faults["key"] = "is there already" if key else "is missing"
        return key

    async def check(self, key: str, document: Document, prompts: AbstractSet[str]) -> None:
        """Find what is wrong with the document, and with the whole network that has it."""
        name = self.edited.key
        if document.get("active") is not False:
            try:
                whole = {**document, name: key}
                documents_of.read(self.edited.form, whole, f"{self.edited.noun} {key}")
            except documents_of.Refused as refused:
                self._sort(key, refused.problems)
        if not self.wrong:
            changed = {self.edited.table: {key: document}}
            found = await problems_among(self.connection, changed, {}, prompts)
            self._sort(key, found)

    def _sort(self, key: str, problems: Iterable[str]) -> None:
        """Each to its field, as far as it has one."""
        begun = f"{self.edited.noun} {key}"
        for problem in problems:
            own = (
                _FAULT.fullmatch(problem.removeprefix(begun)) if problem.startswith(begun) else None
            )
            if own is None:
                self.others.append(problem)
                continue
            place, what = own["place"] or "", own["what"]
            named = re.match(r"([a-z_]+): (.+)", what, re.DOTALL)
            if not place and named is not None:  # said of the whole, and means one field
                place, what = named.groups()
            self.faults["key" if place == self.edited.key else place] = what

    def form(
        self,
        typed: Mapping[str, str],
        *,
        steps: Sequence[history.PastState] = (),
        mine: Document | None = None,
        shown: int | None = None,
    ) -> port.Form:
        """The form of what was typed; `mine` is what it stands for, where somebody else was
        quicker."""
        shape, left = self.edited.shape, dict(self.faults)
        if "more" not in typed:
            typed = with_known(typed, shape, known_names(self.draft))
        filling = Filling(typed, choices(self.draft, self.scope), left)
        parts = filling.parts(shape)
        if not self.key and not self.edited.named:
            parts = (filling.key(self.edited, typed.get("key", "")), *parts)
        versions = tuple(history.version(self.edited, one) for one in steps)
        return port.Form(
            kind=self.edited.kind,
            key=self.key,
            name=name_of({**self.before, self.edited.key: self.key}, self.edited.key),
            active=self.before.get("active") is not False,
            base=self.base,
            parts=parts,
            faults=(*self.others, *(f"{place}: {one}".lstrip(": ") for place, one in left.items())),
            history=versions,
            meanwhile=self._meanwhile(versions, mine) if mine is not None else None,
            shown=shown,
            desk_phone=self.desk_phone,
        )

    def _meanwhile(self, versions: Sequence[port.Version], mine: Document) -> port.Version:
        last = versions[0] if versions else None
        return port.Version(
            number=last.number if last else 0,
            at=last.at if last else 0.0,
            who=last.who if last else "",
            new=False,
            changes=history.changes(self.edited, self.before, mine),
        )

    async def steps(self) -> list[history.PastState]:
        """What was changed of it."""
        if not self.key:
            return []
        return await history.steps(self.connection, self.edited, self.key, self.before)

    def typed(self, document: Document) -> dict[str, str]:
        """A document as a form has it."""
        return filled(self.edited.shape, document)


async def opened(
    connection: AsyncConnection, edited: Edited, key: str, *, person: Person
) -> Editing:
    """That document, as the transaction sees it. Raises `LookupError` where it is not the
    person's to edit."""
    draft = await read_by(connection)
    scope, before = Reach(draft, person), {}
    if edited.kind not in scope.kinds():
        raise LookupError(edited.kind)
    if key:
        rows = (one for one in draft.of(edited.table) if one[edited.key] == key)
        if (found := next(rows, None)) is None or not scope.may_edit(edited.kind, key, found):
            raise LookupError(key)
        before = {name: one for name, one in found.items() if name != edited.key}
    return Editing(
        connection=connection, draft=draft, scope=scope, edited=edited, key=key, before=before
    )
