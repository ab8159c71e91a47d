"""Fake ports, for the pages' own tests and for looking at the pages: `python -m agents_ui`.

They keep the promises of the ports in memory. A test turns their knobs (`away`, `slow_down_s`) and
reads what arrived (`commands`, `opened`, `closed`).
"""

from __future__ import annotations

import asyncio
import secrets
import time
import unicodedata
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from agents_ui.app import Ports
from agents_ui.board.port import BoardView, Why
from agents_ui.crisis.port import CrisisPlan, CrisisRecord
from agents_ui.desk import port as desk
from agents_ui.preview import samples, scripted_desk
from agents_ui.preview.subject import Subject
from agents_ui.shell import port as shell

PASSWORD = "sample"  # noqa: S105 - opens nothing but these fakes
ORIGIN = "http://panel.test"
Clock = Callable[[], float]


@dataclass(kw_only=True)
class FakeAccounts:
    """Everybody of `people`, all with the same password."""

    people: dict[str, shell.Person]
    clock: Clock = time.time
    away: bool = False
    slow_down_s: float | None = None
    sessions: dict[str, shell.Session] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)  # what the real ones recall while they are away

    async def log_in(self, username: str, password: str, *, address: str) -> shell.Session:
        self._check()
        if self.slow_down_s is not None:
            raise shell.SlowDown(self.slow_down_s)
        if username not in self.people or password != PASSWORD:
            raise shell.Refused
        session = shell.Session(
            token=secrets.token_urlsafe(24),
            csrf=secrets.token_urlsafe(24),
            person=self.people[username],
            started_at=self.clock(),
        )
        self.sessions[session.token] = session
        return session

    async def session(self, token: str) -> shell.Session | None:
        if token not in self.seen:
            self._check()
        self.seen.add(token)
        return self.sessions.get(token)

    async def log_out(self, token: str) -> None:
        self.seen.discard(token)
        self._check()
        self.sessions.pop(token, None)

    def _check(self) -> None:
        if self.away:
            raise shell.Unavailable


@dataclass(kw_only=True)
class FakeDesks:
    """Desks that start in a scene and follow the agent's commands as the service would."""

    scenes: dict[str, str]  # agent_id to the name of a scene
    clock: Clock = time.time
    away: bool = False
    phone: shell.PhoneLogin | None = None
    commands: list[tuple[str, desk.Command]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    views: dict[str, desk.DeskView] = field(default_factory=dict)
    changed: dict[str, Subject] = field(default_factory=lambda: defaultdict(Subject))
    everywhere: Subject = field(default_factory=Subject)
    off_duty: set[str] = field(default_factory=set)
    disk: asyncio.Event | None = None  # one that is stuck until it is set
    crisis: FakeCrisisRoom | None = None

    def on_duty(self, agent_id: str) -> bool:
        return agent_id not in self.off_duty

    async def open(self, person: shell.Person) -> shell.PhoneLogin:
        if self.away or person.agent_id is None:
            raise shell.Unavailable
        self.opened.append(person.agent_id)
        return self.phone or shell.PhoneLogin(
            uri=f"sip:{person.agent_id}@127.0.0.1",
            password=secrets.token_urlsafe(12),
            websocket="ws://127.0.0.1:18999/ws",
            display_name=person.name,
        )

    async def close(self, agent_id: str) -> None:
        self.closed.append(agent_id)

    def view(self, agent_id: str) -> desk.DeskView:
        if agent_id in self.views:
            return replace(self.views[agent_id], at=self.clock(), crisis=notice(self.crisis))
        scene = samples.scene(self.scenes.get(agent_id, "idle"), self.clock())
        return replace(scene, crisis=notice(self.crisis))

    def changes(self, agent_id: str) -> AbstractContextManager[AsyncIterator[None]]:
        return self.changed[agent_id].watch()

    def hotline(self) -> desk.HotlineView:
        line = samples.scene("idle", self.clock()).line
        return desk.HotlineView(telephony=True, line=line, crisis=notice(self.crisis))

    def hotline_changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        return self.everywhere.watch()

    def onward(self, agent_id: str, call_id: str, *, service: str) -> Sequence[desk.Onward]:
        call = self.view(agent_id).call
        if call is None or (call.call_id, call.phase) != (call_id, "talking"):
            raise LookupError
        return samples.onward(service)

    async def command(self, agent_id: str, command: desk.Command) -> bool:
        if self.away:
            raise shell.Unavailable
        self.commands.append((agent_id, command))
        if isinstance(command, desk.LeavePage | desk.ReportMicrophone):
            return True
        view = scripted_desk.after(self.view(agent_id), command)
        if view is not None:
            self.put(agent_id, view)
        if self.disk is not None:
            await self._safe(self.disk)
        return view is not None

    async def _safe(self, disk: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(0.2):
                await disk.wait()
        except TimeoutError:
            raise desk.NotSafeYet from None

    def put(self, agent_id: str, view: desk.DeskView) -> None:
        """Let the desk look like this from now on."""
        self.views[agent_id] = replace(view, seq=self.view(agent_id).seq + 1)
        self.changed[agent_id].tell()

    def answer(self, agent_id: str) -> None:
        """The browser phone answered the call that rings."""
        view = self.view(agent_id)
        assert view.call is not None  # noqa: S101 - a test answers what it let ring
        talk = replace(view.call, phase="talking", answered_at=view.at, ring_until=None)
        self.put(agent_id, replace(view, state="TALKING", since=view.at, call=talk))


def notice(room: FakeCrisisRoom | None) -> shell.CrisisNotice | None:
    """What desks and boards say of the crisis that is on."""
    on = room.on if room is not None else None
    if on is None:
        return None
    return shell.CrisisNotice(label=on.label, since=on.began_at, until=on.until)


@dataclass(kw_only=True)
class FakeHistory:
    """Every caller has the same past; the call must be on the asking agent's desk."""

    desks: FakeDesks
    away: bool = False

    async def contacts(self, agent_id: str, call_id: str) -> Sequence[desk.PastContact]:
        if self.away:
            raise shell.Unavailable
        view = self.desks.view(agent_id)
        for call in (view.call, *view.unsaved):
            if call and call.call_id == call_id:
                return samples.contacts(view.at, open_notes=call.identified_level > 0)
        raise LookupError


class FakeCatalogue:
    """The sample cards, found by any beginning of a word, with or without diacritics."""

    def search(self, text: str, *, locale: str, limit: int = 8) -> Sequence[desk.ServiceCard]:
        words = _folded(text).split()
        return [
            card
            for card in samples.CARDS[locale]
            if words and all(f" {word}" in f" {_folded(card.name)}" for word in words)
        ][:limit]

    def cards(self, codes: Sequence[str], *, locale: str) -> Sequence[desk.ServiceCard]:
        known = {card.code: card for card in samples.CARDS[locale]}
        return [known[code] for code in codes if code in known]


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@dataclass(kw_only=True)
class FakeBoard:
    """The sample board, always of this moment."""

    clock: Clock = time.time
    seq: int = 0
    changed: Subject = field(default_factory=Subject)
    crisis: FakeCrisisRoom | None = None
    nobody: bool = False  # nobody is logged in

    def view(self) -> BoardView:
        self.seq += 1
        view = replace(samples.board(self.clock(), self.seq), crisis=notice(self.crisis))
        return replace(view, agents=()) if self.nobody else view

    def changes(self) -> AbstractContextManager[AsyncIterator[None]]:
        return self.changed.watch()

    async def why(self, call_id: str) -> Why:
        calls = {call.call_id: call for call in self.view().calls}
        call = calls.get(call_id)
        if call is None:
            raise LookupError
        return samples.why(call)


@dataclass(kw_only=True)
class FakeCrisisRoom:
    """The sample plans; a switch that works, and remembers."""

    clock: Clock = time.time
    away: bool = False
    on: CrisisRecord | None = None
    ended: list[CrisisRecord] = field(default_factory=list)

    def plans(self) -> Sequence[CrisisPlan]:
        return samples.CRISIS_PLANS

    def current(self) -> CrisisRecord | None:
        return self.on

    async def log(self) -> Sequence[CrisisRecord]:
        if self.away:
            raise shell.Unavailable
        return self.ended

    async def switch_on(
        self, plan_id: str, *, hours: float, why: str, person: shell.Person
    ) -> bool:
        plan = next((one for one in self.plans() if one.plan_id == plan_id), None)
        if plan is None:
            return False
        self._end("replaced", person)
        now = self.clock()
        self.on = CrisisRecord(
            label=plan.label, began_at=now, until=now + hours * 3600, by=person.name, why=why
        )
        return True

    async def switch_off(self, *, person: shell.Person) -> bool:
        return self._end("off", person)

    def _end(self, how: str, person: shell.Person) -> bool:
        if self.on is None:
            return False
        end = replace(self.on, ended_at=self.clock(), ended_by=person.name, ended_how=how)
        self.ended.insert(0, end)
        self.on = None
        return True


@dataclass(kw_only=True)
class FakeHealth:
    """Well, until told otherwise."""

    parts: dict[str, str] = field(default_factory=lambda: {"telephony": "ok", "database": "ok"})

    def ready(self) -> tuple[bool, Mapping[str, str]]:
        return all(state == "ok" for state in self.parts.values()), self.parts

    def metrics(self) -> bytes:
        return b"# TYPE calls_waiting gauge\ncalls_waiting 3\n"


@dataclass(frozen=True, kw_only=True)
class Fakes:
    """The fakes by their own types, and `ports` as the panel wants them."""

    settings: shell.PanelSettings
    accounts: FakeAccounts
    desks: FakeDesks
    history: FakeHistory
    catalogue: FakeCatalogue
    board: FakeBoard
    crisis: FakeCrisisRoom
    health: FakeHealth

    @property
    def ports(self) -> Ports:
        """All of them together."""
        return Ports(
            settings=self.settings,
            accounts=self.accounts,
            desks=self.desks,
            history=self.history,
            catalogue=self.catalogue,
            board=self.board,
            crisis=self.crisis,
            health=self.health,
        )


def fakes(settings: shell.PanelSettings | None = None, *, clock: Clock = time.time) -> Fakes:
    """A panel's world: an agent per scene, a supervisor `board` and an administrator `admin`."""
    people = {**samples.AGENTS, "board": samples.SUPERVISOR, "admin": samples.ADMIN}
    scenes = {f"a-{name}": name for name in samples.AGENTS}
    crisis = FakeCrisisRoom(clock=clock)
    desks = FakeDesks(scenes=scenes, clock=clock, crisis=crisis)
    return Fakes(
        settings=settings or shell.PanelSettings(origin=ORIGIN, secure=False),
        accounts=FakeAccounts(people=people, clock=clock),
        desks=desks,
        history=FakeHistory(desks=desks),
        catalogue=FakeCatalogue(),
        board=FakeBoard(clock=clock, crisis=crisis),
        crisis=crisis,
        health=FakeHealth(),
    )
