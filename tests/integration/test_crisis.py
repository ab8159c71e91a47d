"""Crisis mode on the disk and in the database: what survives, is on record, is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from sqlalchemy import select

from contactcentre.core import events
from contactcentre.core.config.crisis import Crisis, Plan, Volunteer
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.features.crisis import document as crisis_plans
from contactcentre.features.publication.network import NetworkRefused, load
from contactcentre.settings import ROOT
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.entry import Entry
from contactcentre.storage.journal import Projector
from contactcentre.storage.spool import Spool, at_work
from contactcentre.testing import network, profile
from routing.overflow import Overflow

pytestmark = pytest.mark.integration

NOW = 1_800_000_000.0
PLAN = Plan(
    plan_id="flood",
    labels={"lv": "Plūdi", "en": "Flood"},
    limits={"*": {"wrap_up_s": 10.0}},
    volunteers={"a2": Volunteer(skills={"taxes": 3})},
)
ON = Crisis(
    crisis_id="k1", plan=PLAN, began_at=NOW, until=NOW + 3600, by="Dace", by_id="u1", why="upe\0"
)
OFF = replace(ON, ended_at=NOW + 60, ended_how="off", ended_by="Uldis", ended_by_id="u2")


def an_entry(seq: int, *crises: Crisis) -> Entry:
    """What the engine writes when the switch is turned."""
    event = events.CrisisSwitched(
        at=NOW + seq, crisis_id="k1", on=True, by="Dace", by_id="u1", plan_id="flood"
    )
    return Entry(
        seq=seq, at=event.at, kind="CrisisSwitched", call_id=None, agent_id=None, event=event,
        crises=crises,
    )  # fmt: skip


@asynccontextmanager
async def running(path: Path) -> AsyncIterator[Spool]:
    """A spool that writes."""
    async with at_work(path, lambda: NOW) as spool:
        yield spool


async def reopened(path: Path) -> Crisis | None:
    """The crisis that a restart finds."""
    spool = Spool(path, clock=lambda: NOW + 7 * 86400)
    try:
        return (await spool.open()).crisis
    finally:
        await spool.close()


async def test_a_restart_finds_the_crisis_that_goes_on(tmp_path: Path) -> None:
    """With its plan as it stood, however long ago; not one that has ended."""
    path = tmp_path / "journal.sqlite"
    async with running(path) as spool:
        await spool.append(an_entry(1, ON))
    assert await reopened(path) == ON
    async with running(path) as spool:
        await spool.append(an_entry(2, OFF))
    assert await reopened(path) is None
    newer = replace(ON, crisis_id="k2")
    async with running(path) as spool:
        await spool.append(an_entry(3, replace(OFF, ended_how="replaced"), newer))
    assert await reopened(path) == newer


async def test_a_restart_knows_which_crisis_ended_last(tmp_path: Path) -> None:
    """Who switched it off, and when: a second person may still have to confirm that."""
    path = tmp_path / "journal.sqlite"
    async with running(path) as spool:
        await spool.append(an_entry(1, ON))
        await spool.append(an_entry(2, OFF))
    spool = Spool(path, clock=lambda: NOW)
    restored = await spool.open()
    await spool.close()
    world = World(network())
    world.restore((), (), restored.crisis, (), restored.last_crisis)
    assert (world.crisis.crisis, world.crisis.last) == (None, OFF)


async def test_each_crisis_is_on_record(empty_database_url: str, tmp_path: Path) -> None:
    """Who, when, until, why, and how it ended and by whom; written once the database is there."""
    storage = database.engine(empty_database_url)
    async with running(tmp_path / "journal.sqlite") as spool:
        await spool.append(an_entry(1, ON))
        await spool.append(an_entry(2, OFF))
        await database.migrate(empty_database_url)
        await Projector(spool, storage).catch_up()
    async with storage.connect() as connection:
        (row,) = (await connection.execute(select(models.crises))).mappings().all()
    await storage.dispose()
    expected = {**msgspec.to_builtins(OFF), "why": "upe", "plan_id": "flood", "last_seq": 2}
    assert dict(row) == expected


async def test_a_plan_comes_from_its_table(database_url: str) -> None:
    """A row is read whole; a broken one is refused with its place, and the load with it."""
    storage = database.engine(database_url)
    plan = {"plan_id": "flood", "labels": PLAN.labels, "limits": PLAN.limits}
    for written in (plan, {"plan_id": "flood", "flow": "gone"}):
        rows = documents.rows(models.crisis_plans, [written])
        async with storage.begin() as connection:
            await documents.save(connection, {models.crisis_plans: rows})
        if written is plan:
            assert (await load(storage)).plans["flood"] == replace(PLAN, volunteers={})
    with pytest.raises(NetworkRefused, match=r"crisis plan flood, labels: is missing"):
        await load(storage)
    await storage.dispose()


def sample(**changes: Any) -> dict[str, Any]:
    """A plan that holds together, changed."""
    return {"plan_id": "p", "labels": {"lv": "Plūdi", "en": "Flood"}, **changes}


def overflowing(given: Network) -> Network:
    """The general line has two rules of one kind, that of taxes has one."""
    waited = Overflow(when="waited", after_s=900, do="callback")
    later = Overflow(when="waited", after_s=1800, do="voicemail")
    rules = {"general": (waited, later), "taxes": (waited,)}
    queues = {key: replace(queue, overflow=rules[key]) for key, queue in given.queues.items()}
    return replace(given, queues=queues)


def test_a_plan_that_raises_limits_is_taken() -> None:
    """As it is written, with a cap that is lifted."""
    document = sample(limits={"taxes": {"overflow_after_s": 3600}}, caps={"*": 30, "c1": None})
    found, faults = crisis_plans.plans([document], overflowing(network(profile(1))), {"a1"})
    assert (faults, found["p"].caps) == ([], {"*": 30, "c1": None})
    assert found["p"].limits == {"taxes": {"overflow_after_s": 3600}}


ADDED = {"basis": "law", "date": "2026-01-15", "approver": "head"}


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (sample(lables={}), "crisis plan p, lables: is not a known key"),
        (sample(labels={"lv": "Plūdi"}), "p, labels: 'en' is missing"),
        (sample(flow="gone"), "p, flow: no published menu named 'gone'"),
        (sample(announcement={"en": "Flood"}), "p, announcement.lv: is missing"),
        (sample(announcement={"lv": "Plūdi", "xx": "?"}), "p, announcement.xx: needs a text"),
        (sample(announcement={"lv": "Plūdi"}, prompt="goodbye"), "p, prompt: either"),
        (sample(limits={"gone": {}}), "p, limits.gone: no such queue"),
        (sample(limits={"*": {"answer_within_s": 90}}), "p, limits.*.answer_within_s: no such"),
        (sample(limits={"*": {"ring_s": -1}}), "p, limits.*.ring_s: must be 1 to 300 seconds"),
        (sample(limits={"taxes": {"overflow_size": 50}}), "overflow_size: no overflow rule 'full'"),
        (
            sample(limits={"*": {"overflow_size": 50}}),
            "limits.*.overflow_size: no overflow rule",
        ),
        (sample(limits={"*": {"overflow_after_s": 9}}), "after_s: the queue general has several"),
        (
            sample(limits={"taxes": {"overflow_after_s": 0.5}}),
            "overflow_after_s: must be 1 to 86400",
        ),
        (sample(limits={"*": {"overflow_after_s": inf}}), "overflow_after_s: must be 1 to 86400"),
        (sample(caps={"gone": 3}), "p, caps.gone: no such centre ('*' is all that have a cap)"),
        (sample(caps={"c1": -1}), "p, caps.c1: must be 0 to 10000 calls"),
        (sample(volunteers={"gone": {}}), "p, volunteers.gone: no such agent"),
        (
            sample(volunteers={"a1": {"skills": {"taxes": 9}}}),
            "a1.skills.taxes: must be 1 to 5",
        ),
        (sample(flow="hotline", languages={"uk": ADDED}), "p, languages.uk.prompts: 'language."),
        (sample(flow="hotline", languages={"uk": ADDED}), "p, languages.uk: the plan's menu"),
        (sample(languages={"uk": ADDED}), "p, languages.uk: no agent and no volunteer"),
        (
            sample(languages={"uk": {**ADDED, "basis": ""}}),
            "languages.uk.basis: must not be",
        ),
    ],
)
def test_a_broken_plan_is_refused_with_its_place(document: dict[str, Any], fault: str) -> None:
    """The operator learns where and what, all of it at once."""
    _, faults = crisis_plans.plans([document], overflowing(network(profile(1))), {"a1"})
    assert [one for one in faults if fault in one]


def test_an_added_language_needs_its_record() -> None:
    """No date, no language."""
    document = sample(languages={"uk": {"basis": "law", "approver": "head"}})
    _, (fault,) = crisis_plans.plans([document], network(), set())
    assert fault == "crisis plan p, languages.uk.date: is missing"


def test_the_sample_plans_name_what_is_there() -> None:
    """Their agents and menus are in the sample data."""
    text = (ROOT / "config" / "seed" / "network.yaml").read_text("utf-8")
    document = yaml.safe_load(text)
    agents = {agent["agent_id"] for agent in document["agents"]}
    for plan in document["crisis_plans"]:
        assert set(plan["volunteers"]) <= agents
