"""The pages of menus, kept: versions of documents, checked with the network before they count."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from agents_ui.menus import port
from agents_ui.shell.port import Person, Texts, Unavailable
from contactcentre.core.config import archive
from contactcentre.core.config.document import Refused
from contactcentre.core.config.network import Network
from contactcentre.engine.clock import now
from contactcentre.features.menus import counts, drawing, faults, store, trial, writing
from contactcentre.features.menus.differences import differences
from contactcentre.features.menus.drawing import Catalogue
from contactcentre.storage import database, settings
from contactcentre.storage import tables as models
from ivr.flow import Flow, FlowError, parse
from routing.calendar import local_day

_NAME = re.compile(r"(?=.{1,40}$)[a-z0-9]+(-[a-z0-9]+)*")
"""Of a menu: it stands in addresses and in files."""


_FILE = "menu"


class Surveyed(Protocol):
    """How one prompt is said (`features.prompts.recorded.Prompt`)."""

    @property
    def language(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def state(self) -> port.RecordingState: ...


class MenuCheck(Protocol):
    """What would not hold together in the network with a menu of that name and text."""

    async def __call__(
        self, connection: AsyncConnection, name: str, text: str
    ) -> Iterable[str]: ...


class MenuService:
    """Keeps `agents_ui.menus.port.MenuRoom`.

    `sound` is as in `MenuRoom`; `network` is the one in force; `texts` and `survey` are asked in
    threads: all that can be said, and how it is said. `render` has words said from now on, or
    raises `NotSpoken`.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        sound: Callable[[str, str], Path | None],
        network: Callable[[], Network],
        texts: Callable[[], Catalogue],
        survey: Callable[[Catalogue], Iterable[Surveyed]],
        render: Callable[[Catalogue], Awaitable[None]],
        check: MenuCheck,
        clock: Callable[[], float] = now,
    ) -> None:
        self.sound = sound
        self._engine = engine
        self._network = network
        self._texts = texts
        self._survey = survey
        self._render = render
        self._check = check
        self._clock = clock

    # --- seeing ----------------------------------------------------------------------------

    async def listed(self) -> tuple[port.MenuRow, ...]:
        """See `MenuRoom`."""
        async with self._transaction() as connection:
            names = dict.fromkeys(name for name, _, _ in await store.versions(connection))
            return tuple([await self._row(connection, name) for name in names])

    async def _row(self, connection: AsyncConnection, name: str) -> port.MenuRow:
        releases = await _releases(connection, name)
        network, day = self._network(), local_day(self._clock()).isoformat()
        flow = network.flows.get(name)
        found = await counts.read(connection, name, since=day, until=day)
        first = flow.start if flow is not None else ""
        return port.MenuRow(
            name=name,
            release=releases[0],
            versions=len({one.version for one in releases}),
            numbers=_numbers(network, name),
            common=network.default_flow == name,
            callers=sum(one.entered for one in found if one.node == first),
        )

    async def menu(self, name: str, *, version: int | None, day: date | None) -> port.Menu:
        """See `MenuRoom`."""
        asked = day or local_day(self._clock())
        async with self._transaction() as connection:
            releases = await _releases(connection, name)
            meant = releases[0].version if version is None else version
            text = await store.document_of(connection, name, meant)
            counted = await counts.read(
                connection, name, version=meant, since=asked.isoformat(), until=asked.isoformat()
            )
        network = self._network()
        return await asyncio.to_thread(
            self._drawn, name, text, network, releases, meant, counted, asked
        )

    def _drawn(
        self,
        name: str,
        text: str,
        network: Network,
        releases: tuple[port.MenuRelease, ...],
        version: int,
        counted: Iterable[counts.NodeCounts],
        day: date,
    ) -> port.Menu:
        flow, queues = _read(name, text, version), _queues(network)
        texts = _with_own(self._texts(), flow)
        wrong = _faults(name, text, prompts=texts.get("lv", {}).keys(), queues=queues.keys())
        by_name = {one.node: one for one in counted}
        roots = drawing.Drawing(flow, texts, queues, by_name).roots() if flow else ()
        said = drawing.prompts(flow) if flow else frozenset[str]()
        return port.Menu(
            name=name,
            version=version,
            in_force=releases[0].version,
            text=text,
            languages=tuple(flow.languages) if flow else (),
            roots=roots,
            faults=wrong,
            unrecorded=self._unrecorded(flow, texts) if flow else (),
            prompts=len(said) * len(flow.languages) if flow else 0,
            history=releases,
            day=day,
            numbers=_numbers(network, name),
        )

    def _unrecorded(self, flow: Flow, texts: Catalogue) -> tuple[port.UnrecordedPrompt, ...]:
        said = drawing.prompts(flow)
        own = {
            language: {key: text for key, text in texts.get(language, {}).items() if key in said}
            for language in dict.fromkeys(("lv", *flow.languages))
        }
        return tuple(
            port.UnrecordedPrompt(
                language=one.language, prompt=one.key, text=one.text, state=one.state
            )
            for one in self._survey(own)
            if one.state != "recorded" and one.language in flow.languages
        )

    async def tried(
        self, name: str, call: port.TrialCall, *, version: int | None, text: str
    ) -> port.Trial | None:
        """See `MenuRoom`."""
        number = 0
        if not text:
            async with self._transaction() as connection:
                number = version or await _in_force(connection, name)
                text = await store.document_of(connection, name, number)
        network = self._network()
        return await asyncio.to_thread(self._tried, name, call, number, text, network)

    def _tried(
        self, name: str, call: port.TrialCall, version: int, text: str, network: Network
    ) -> port.Trial | None:
        flow = _read(name, text, version)
        if flow is None:
            return None
        texts = _with_own(self._texts(), flow)
        return trial.tried(flow, network, call, texts, _queues(network))

    # --- writing ---------------------------------------------------------------------------

    async def draft(self, name: str, *, version: int | None) -> port.MenuDraft:
        """See `MenuRoom`."""
        async with self._transaction() as connection:
            base = await _in_force(connection, name)
            text = await store.document_of(connection, name, version or base)
            return await self._draft(connection, name, text, base)

    async def begun(self, name: str, *, like: str, text: str = "") -> port.MenuDraft:
        """See `MenuRoom`."""
        if not _NAME.fullmatch(name):
            raise ValueError("name")
        async with self._transaction() as connection:
            if await store.in_force(connection, name) is not None:
                raise ValueError("taken")
            if not text:
                text = await store.document_of(connection, like, await _in_force(connection, like))
            return await self._draft(connection, name, text, 0)

    def text_of(self, content: bytes) -> str:
        """See `MenuRoom`."""
        try:
            text = archive.text(content, _FILE, port.LARGEST_FILE)
        except Refused as refused:
            raise port.FileRefused(refused.problems[0].removeprefix(f"{_FILE}: ")) from None
        if not text.strip():
            raise port.FileRefused("is empty")
        return _written(text)

    async def checked(self, name: str, text: str, *, base: int) -> port.MenuDraft:
        """See `MenuRoom`."""
        async with self._transaction() as connection:
            return await self._draft(connection, name, _written(text), base)

    async def changed(
        self, name: str, text: str, fields: Mapping[str, str], *, base: int
    ) -> port.MenuDraft:
        """See `MenuRoom`."""
        written = await asyncio.to_thread(self._with_fields, name, _written(text), fields)
        return await self.checked(name, written, base=base)

    async def publish(
        self, name: str, text: str, *, base: int, comment: str, person: Person
    ) -> int:
        """See `MenuRoom`."""
        written = _written(text)
        await self._rendered(name, written, await self.checked(name, written, base=base))
        async with self._writing() as connection:
            draft = await self._draft(connection, name, written, base)
            if draft.faults or draft.meanwhile:
                raise port.DraftRefused(draft)
            if not base and not _NAME.fullmatch(name):
                raise LookupError(name)
            how: dict[str, Any] = {"comment": comment, "at": self._clock(), "user": True}
            return await store.keep(connection, name, written, by=person.user_id, **how)

    async def put_back(
        self, name: str, version: int, *, base: int, comment: str, person: Person
    ) -> None:
        """See `MenuRoom`."""
        async with self._transaction() as connection:
            text = await store.document_of(connection, name, version)
            draft = await self._draft(connection, name, text, base)
        await self._rendered(name, text, draft)
        async with self._writing() as connection:
            draft = await self._draft(connection, name, text, base)
            if draft.faults or draft.meanwhile:
                raise port.DraftRefused(draft)
            how: dict[str, Any] = {"comment": comment, "at": self._clock(), "user": True}
            await store.put_back(connection, name, version, by=person.user_id, **how)

    async def _rendered(self, name: str, text: str, draft: port.MenuDraft) -> None:
        """Have its own words spoken before a caller may ask for them. Raises `DraftRefused`."""
        if draft.faults or draft.meanwhile:
            raise port.DraftRefused(draft)
        flow = await asyncio.to_thread(_read, name, text, 0)
        if flow is None or not flow.texts:
            return
        try:
            await self._render(flow.texts)
        except port.NotSpoken as error:
            fault = port.TextFault(line=0, place="texts", what=str(error))
            raise port.DraftRefused(replace(draft, faults=(fault,))) from None

    def _with_fields(self, name: str, text: str, fields: Mapping[str, str]) -> str:
        flow = _read(name, text, 0)
        if flow is None:
            return text
        return writing.changed(text, flow, _with_own(self._texts(), flow), fields)

    async def _draft(
        self, connection: AsyncConnection, name: str, text: str, base: int
    ) -> port.MenuDraft:
        present = await store.in_force(connection, name) or 0
        before = await store.document_of(connection, name, present) if present else ""
        releases = await _releases(connection, name) if present != base else ()
        draft: Callable[..., port.MenuDraft] = await asyncio.to_thread(
            self._examined, name, text, before, self._network()
        )
        made = draft(base=base, meanwhile=releases[0] if releases else None)
        if made.faults:
            return made
        problems = await self._check(connection, name, text)
        more = tuple(port.TextFault(line=0, place="", what=one) for one in problems)
        return draft(base=base, meanwhile=made.meanwhile, faults=more)

    def _examined(
        self, name: str, text: str, before: str, network: Network
    ) -> Callable[..., port.MenuDraft]:
        flow = _read(name, text, 0)
        texts = _with_own(self._texts(), flow)
        prompts, queues = texts.get("lv", {}).keys(), _queues(network).keys()
        wrong = _faults(name, text, prompts=prompts, queues=queues)
        return partial(
            port.MenuDraft,
            name=name,
            text=text,
            faults=wrong,
            unrecorded=self._unrecorded(flow, texts) if flow else (),
            changes=differences(before, text),
            simple=writing.simple(flow) if flow else (),
            prompts=writing.said(flow, texts) if flow else (),
            steps=tuple(flow.nodes) if flow else (),
        )

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        async with self._transaction() as connection:
            await settings.changed(connection)  # first of all: who saves at the same time waits
            yield connection

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        async with database.transaction(self._engine, part="menus", away=Unavailable) as one:
            yield one


def _written(text: str) -> str:
    """As files have it: a form sends other ends of lines."""
    return archive.lines(text).rstrip("\n") + "\n"


def _with_own(texts: Catalogue, flow: Flow | None) -> Catalogue:
    """What can be said, with the words of the menu's own."""
    own = flow.texts if flow is not None else {}
    return {key: {**texts.get(key, {}), **own.get(key, {})} for key in {**texts, **own}}


def _read(name: str, text: str, version: int) -> Flow | None:
    """What a text describes, whatever it refers to; None of one that can't be read."""
    try:
        return replace(parse(text, name=name), version=version)
    except FlowError:
        return None


def _faults(
    name: str, text: str, *, prompts: AbstractSet[str], queues: AbstractSet[str]
) -> tuple[port.TextFault, ...]:
    try:
        parse(text, name=name, prompts=prompts, queues=queues)
    except FlowError as error:
        return faults.faults(text, error.problems)
    return ()


def _queues(network: Network) -> Mapping[str, Texts]:
    """The labels of the queues that menus may lead to."""
    general = network.queue(network.default_queue)
    return {network.default_queue: general.labels} | {
        key: one.labels for key, one in network.queues.items()
    }


def _numbers(network: Network, name: str) -> tuple[str, ...]:
    return tuple(one.number for one in network.hotlines.values() if one.flow == name)


async def _in_force(connection: AsyncConnection, name: str) -> int:
    """Raises `NoSuchVersion`."""
    present = await store.in_force(connection, name)
    if present is None:
        await store.document_of(connection, name, 0)
    return present or 0


async def _releases(connection: AsyncConnection, name: str) -> tuple[port.MenuRelease, ...]:
    """The newest first, with people's names. Raises `NoSuchVersion`."""
    await _in_force(connection, name)
    found = await store.history(connection, name)
    users = models.users.c
    query = select(users.user_id, users.name).where(
        users.user_id.in_({one.released_by for one in found})
    )
    names = {row.user_id: row.name for row in await connection.execute(query)}
    return tuple(
        port.MenuRelease(
            version=one.version,
            action=one.action,
            at=one.released_at,
            who=names.get(one.released_by, one.released_by),
            comment=one.comment,
        )
        for one in reversed(found)
    )
