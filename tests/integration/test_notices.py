"""Notices and ways in the database: kept, counted, and refused with a reason."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.cli.command import work
from contactcentre.cli.notice import app
from contactcentre.features.notices import store as notices
from contactcentre.features.prompts import spoken_names
from contactcentre.features.publication.network import load
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from routing.overflow import Overflow, Way

pytestmark = pytest.mark.integration

NOW = 1_800_000_000.0
STORM = {"lv": "Vētras dēļ  daļa centru ir slēgta.", "en": "Some centres are closed."}
CONTACT = """
    INSERT INTO contacts (call_id, last_seq, dialled, phase, language, queue, matter, arrived_at,
        hold_s, kind, services, result, note, identified_level, identified_by, outcome, notices)
    VALUES (:call_id, 1, '60000100', 'ended', 'lv', '', '', :at, 0, '', '[]', '', '', 0, '',
        :outcome, :notices)
"""


@pytest.fixture
async def storage(sampled: Settings) -> AsyncIterator[AsyncEngine]:
    engine = database.engine(sampled.database)
    yield engine
    await engine.dispose()


async def change(storage: AsyncEngine, statement: str, **values: object) -> None:
    async with storage.begin() as connection:
        await connection.execute(text(statement), values)


async def test_a_notice_is_in_the_network_until_it_is_ended(storage: AsyncEngine) -> None:
    """Each change is a new version, so a running service takes it up; its words are rendered."""
    before = (await load(storage, at=NOW)).version
    storm = await notices.add(storage, STORM, from_at=NOW, queues=("taxes",))
    network = await load(storage, at=NOW)
    assert (network.version, network.notices) == (before + 1, (storm,))
    assert spoken_names.texts(network)["lv"][storm.prompt] == "Vētras dēļ daļa centru ir slēgta."
    assert await notices.end(storage, storm.notice_id, NOW + 60)
    assert not await notices.end(storage, storm.notice_id, NOW + 90)
    assert not (await load(storage, at=NOW + 30)).notices[0].in_force(NOW + 60)
    assert (await load(storage, at=NOW + 61)).notices == ()


async def test_who_heard_it_and_whom_it_was_enough_for(storage: AsyncEngine) -> None:
    """From the contacts; of several notices the last one that was heard was the answer."""
    storm = await notices.add(storage, STORM, from_at=NOW)
    portal = await notices.add(storage, {"lv": "Portāls."}, from_at=NOW + 1)
    both = f'["{storm.notice_id}", "{portal.notice_id}"]'
    rows = [("informed", both), ("abandoned", both), ("informed", f'["{storm.notice_id}"]')]
    for number, (outcome, heard) in enumerate(rows):
        values = {"call_id": f"c{number}", "at": NOW + 5, "outcome": outcome, "notices": heard}
        await change(storage, CONTACT, **values)
    told = [(one.notice, one.heard, one.informed) for one in await notices.listed(storage)]
    assert told == [(portal, 2, 1), (storm, 3, 1)]


@pytest.mark.parametrize(
    ("texts", "queues", "why"),
    [
        ({"en": "x"}, (), "Latvian"),
        ({"lv": "x"}, ("nowhere",), "no queue named 'nowhere'"),
        ({"lv": "x" * 601}, (), "longer than 600"),
    ],
)
async def test_a_notice_that_cannot_be_told_is_refused(
    storage: AsyncEngine, texts: dict[str, str], queues: tuple[str, ...], why: str
) -> None:
    """Nothing is kept."""
    with pytest.raises(ValueError, match=why):
        await notices.add(storage, texts, from_at=NOW, queues=queues)
    assert await notices.listed(storage) == []


async def test_ways_come_from_the_sample_data(storage: AsyncEngine) -> None:
    """Keys and overflow are read as they are meant."""
    taxes = (await load(storage)).queue("taxes")
    assert taxes.keys["2"] == Way(do="queue", queue="general")
    assert taxes.overflow == (Overflow(when="waited", after_s=900, do="queue", queue="general"),)
    assert taxes.keep_place_s == 600


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("keys", {"1": {"do": "dance"}}, "queue taxes, keys.1.do: must be 'stay', 'callback'"),
        ("keys", {"1": {"do": "queue"}}, "queue taxes, keys.1: 'queue'"),
        ("keys", {"11": {"do": "callback"}}, "queue taxes, keys: key '11'"),
        ("keys", {"1": {"do": "queue", "queue": "x"}}, "queue taxes, keys.1.queue: no queue .*'x'"),
        ("overflow", [{"when": "waited", "do": "stay"}], "queue taxes, overflow.0: 'after_s'"),
    ],
)
async def test_a_way_that_cannot_be_meant_is_refused_with_its_place(
    storage: AsyncEngine, field: str, value: object, why: str
) -> None:
    """Whoever edited the table reads where and what."""
    async with storage.begin() as connection:
        await documents.change(connection, models.queues, "taxes", **{field: value})
    with pytest.raises(ValueError, match=why):
        await load(storage)


async def test_the_command(sampled: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Add, list, end; a wrong time is told and nothing is kept."""

    async def command(*words: str) -> tuple[int, str, str]:
        status = await work(app, words, sampled)
        return status or 0, *capsys.readouterr()

    code, made, _ = await command("add", "--lv", "Vētra.", "--until", "2099-01-31T08:00")
    assert code == 0
    code, listed, _ = await command("list")
    assert made.strip() in listed
    assert "lv: Vētra." in listed
    assert "2099-01-31 08:00" in listed
    assert (await command("end", made.strip()))[0] == 0
    code, _, said = await command("end", made.strip())
    assert (code, "no such notice" in said) == (2, True)
    code, _, said = await command("add", "--lv", "Vētra.", "--until", "tomorrow")
    assert (code, "--until" in said) == (2, True)
