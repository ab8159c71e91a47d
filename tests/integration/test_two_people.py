"""What two people agree on, on both databases: the abuse list, and an export of the audit log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.audit.port import AuditSearch, NotApprovedYet
from agents_ui.shell.port import Grant, Person, Role
from contactcentre.features.abuse.service import AbuseList
from contactcentre.features.approvals.service import ApprovalService
from contactcentre.features.audit.room import AuditLog
from contactcentre.features.audit.sealer import Sealer
from contactcentre.storage import database

pytestmark = pytest.mark.integration

CALLER, PERIOD = "+37120000001", "2026-01-01/2026-01-31"


def somebody(user_id: str, role: Role) -> Person:
    """A person with that role of the whole network."""
    return Person(user_id=user_id, name=user_id, grants=frozenset({Grant(role=role)}))


FIRST, SECOND = somebody("u1", "supervisor"), somebody("u2", "admin")
AUDITOR, OFFICER = somebody("u3", "auditor"), somebody("u4", "dpo")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """A database with its tables."""
    made = database.engine(database_url)
    yield made
    await made.dispose()


Agrees = Callable[[Person], Awaitable[None]]


@pytest.fixture
def approvals(engine: AsyncEngine) -> ApprovalService:
    """What waits for a second person."""
    return ApprovalService(engine)


@pytest.fixture
def agrees(approvals: ApprovalService) -> Agrees:
    """A function: that person approves all that waits."""

    async def agree(person: Person) -> None:
        for one in await approvals.waiting(person):
            assert await approvals.decide(one.approval_id, approved=True, person=person)

    return agree


async def test_on_the_abuse_list_and_off(
    engine: AsyncEngine, approvals: ApprovalService, agrees: Agrees, tmp_path: Path
) -> None:
    """Each from when the other has approved it."""
    known = AbuseList(
        engine, tmp_path / "abuse.json", pseudonym=lambda number: f"~{number[-1]}",
        ask=approvals.ask,
    )  # fmt: skip
    await known.ask(CALLER, why="draudi", days=1, person=FIRST)
    assert (await known.entries())[0].state == "asked"
    await agrees(SECOND)
    assert await known.look()
    assert known.listed(CALLER)
    (entry,) = await known.entries()
    await known.ask_to_lift(entry.entry_id, why="kļūda", person=SECOND)
    assert (await known.entries())[0].state == "lifting"
    await agrees(FIRST)
    assert await known.look()
    assert not known.listed(CALLER)
    assert await known.entries() == []


async def test_the_audit_log_goes_out_once(
    engine: AsyncEngine, approvals: ApprovalService, agrees: Agrees, tmp_path: Path
) -> None:
    """Its rows of these days in the order of the chain; a search by who finds the same."""
    log = AuditLog(engine, approvals, seal=Sealer(engine, tmp_path / "head").look, stands_for=str)
    await log.ask_export(PERIOD, why="pārbaude", person=AUDITOR)
    with pytest.raises(NotApprovedYet):
        await log.export(PERIOD, 0.0, 4e9, person=AUDITOR)
    await agrees(OFFICER)
    assert list(await log.approved(person=AUDITOR)) == [PERIOD]
    lines = [line async for line in await log.export(PERIOD, 0.0, 4e9, person=AUDITOR)]
    assert [('"approval.asked"' in line, '"approval.given"' in line) for line in lines] == [
        (True, False),
        (False, True),
    ]
    assert list(await log.approved(person=AUDITOR)) == []
    found = await log.rows(AuditSearch(who="u3", what="audit"), person=OFFICER)
    assert [row.what for row in found] == ["audit.exported"]
    with pytest.raises(NotApprovedYet):
        await log.export(PERIOD, 0.0, 4e9, person=AUDITOR)
