"""Who is at work without a log-in, and whose phone is to have another secret."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import Session
from contactcentre.core import commands
from contactcentre.engine.inbox import Inbox
from contactcentre.features.accounts.attendance import Attendance
from contactcentre.features.accounts.service import AccountService
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.testing import History, network, profile

pytestmark = pytest.mark.integration

NAME, PASSWORD = "anna", "zaļa govs uz jumta"


@dataclass
class AtWork:
    """Agent a1 is, by the clock of a test."""

    engine: AsyncEngine
    accounts: AccountService
    history: History
    clock: list[float]
    inbox: Inbox = field(default_factory=Inbox)
    renewed: list[str] = field(default_factory=list)

    async def renew(self, agent_id: str) -> None:
        """The phone gets another secret."""
        self.renewed.append(agent_id)

    def attendance(self) -> Attendance:
        """Of a process that has just begun."""
        return Attendance(self.history.world, self.inbox, self.accounts, renew=self.renew)

    async def log_in(self) -> Session:
        """One session more."""
        return await self.accounts.log_in(NAME, PASSWORD, address="a")


@pytest.fixture
async def at_work(database_url: str) -> AsyncIterator[AtWork]:
    """One agent with an account, free."""
    history, clock = History(network(profile(1))), [1_800_000_000.0]
    history.ready(1)
    async with database.opened(database_url) as engine:
        accounts = AccountService(engine, clock=lambda: clock[0])
        agent = {"agent_id": "a1", "name": "A", "centre_id": "c", "endpoint": "a-1"}
        async with engine.begin() as connection:
            await connection.execute(models.agents.insert(), {"agent_id": "a1", "document": agent})
        await accounts.create_user(NAME, PASSWORD, name="A", role="agent", agent_id="a1")
        yield AtWork(engine, accounts, history, clock)


async def test_one_of_two_log_ins_is_ended(at_work: AtWork) -> None:
    """However soon after it began, and once; a new one changes nothing."""
    attendance = at_work.attendance()
    kept = await at_work.log_in()
    await attendance.look()
    await at_work.log_in()
    await attendance.look()
    assert at_work.renewed == []
    await at_work.accounts.own.end_others(kept)
    await attendance.look()
    await attendance.look()
    assert at_work.renewed == ["a1"]


async def test_one_of_two_grows_too_old(at_work: AtWork) -> None:
    """Under our eyes, or while no service runs: the next one sees it at its start."""
    attendance = at_work.attendance()
    await at_work.log_in()
    at_work.clock[0] += at_work.accounts.sessions.limits.absolute_s - 60
    await at_work.log_in()
    await attendance.look()
    at_work.clock[0] += 120
    await attendance.look()
    assert at_work.renewed == ["a1"]
    await at_work.attendance().look()
    assert at_work.renewed == ["a1", "a1"]


async def test_a_phone_that_rings_keeps_its_secret(at_work: AtWork) -> None:
    """Until it has been answered, or not."""
    attendance = at_work.attendance()
    kept = await at_work.log_in()
    await at_work.log_in()
    await attendance.look()
    at_work.history.waits(1)
    await at_work.accounts.own.end_others(kept)
    await attendance.look()
    assert at_work.renewed == []
    at_work.history.leg_answers(1)
    await attendance.look()
    assert at_work.renewed == ["a1"]


async def test_who_logs_in_while_we_look_stays(
    at_work: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was asked just before, and knew of no session; the next look finds one."""
    history, absent = at_work.history, at_work.accounts.absent_agents
    history.apply(commands.AgentLoggedOut(at=history.at, agent_id="a1"))

    async def late() -> frozenset[str]:
        found = await absent()
        await at_work.log_in()
        history.ready(1)
        return found

    attendance = at_work.attendance()
    monkeypatch.setattr(at_work.accounts, "absent_agents", late)
    await attendance.look()
    monkeypatch.undo()
    await attendance.look()
    assert at_work.inbox.backlog == 0


async def test_who_has_no_log_in_any_more_is_logged_out(at_work: AtWork) -> None:
    """As soon as we look."""
    await at_work.attendance().look()
    logged_out = (await at_work.inbox.take()).event
    assert isinstance(logged_out, commands.AgentLoggedOut)
    assert logged_out.agent_id == "a1"
