"""The command `language`: decisions on record, in force with the next version of the network."""

from pathlib import Path

import pytest

from contactcentre.cli.command import work
from contactcentre.cli.language import app
from contactcentre.core.config.network import Network
from contactcentre.features.publication.network import load
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models

pytestmark = pytest.mark.integration

QUEUE = {"queue_id": "taxes", "labels": {"lv": "Nodokļi", "en": "Taxes"}}
DECISION = ("--basis", "Order 5", "--date", "2026-01-15", "--approver", "Head", "--by", "anna")


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    """A database with one queue."""
    engine = database.engine(database_url)
    async with engine.begin() as connection:
        await documents.save(connection, {models.queues: documents.rows(models.queues, [QUEUE])})
    await engine.dispose()
    return Settings(home=tmp_path, database_url=database_url)


async def language(settings: Settings, *words: str) -> int:
    """Run `contactcentre language` with these words."""
    return await work(app, words, settings)


async def network(settings: Settings) -> Network:
    engine = database.engine(settings.database)
    loaded = await load(engine)
    await engine.dispose()
    return loaded


async def test_a_decision_is_in_force_and_on_record(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is a new version of the network, and can be taken back, but never out of the record."""
    before = (await network(settings)).version
    assert await language(settings, "forbid", "ru", "--queue", "taxes", *DECISION) == 0
    loaded = await network(settings)
    assert (loaded.version, loaded.queue_languages["taxes"]) == (before + 1, ("lv", "en"))
    assert loaded.languages == ("lv", "ru", "en")
    assert await language(settings, "allow", "ru", "--queue", "taxes", *DECISION) == 0
    assert (await network(settings)).queue_languages["taxes"] == ("lv", "ru", "en")
    capsys.readouterr()
    assert await language(settings, "list") == 0
    told = capsys.readouterr().out
    assert "taxes: lv ru en" in told
    assert "ru forbidden for taxes: Order 5 (2026-01-15, Head); recorded by anna" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("forbid", "lv", *DECISION), "Latvian is the state language"),
        (("allow", "russian", *DECISION), "no code of two letters"),
        (("allow", "ru", "--queue", "x", *DECISION), "no queue named 'x'; there are: taxes"),
        (("allow", "ru", *DECISION, "--date", "soon"), "'soon' is no date"),
        (("allow", "ru", *DECISION, "--basis", " "), "basis: must not be empty"),
    ],
)
async def test_what_is_no_decision_is_refused(
    settings: Settings, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    """With what is wrong; nothing is recorded."""
    before = (await network(settings)).version
    assert await language(settings, *words) == 1
    assert told in capsys.readouterr().err
    assert (await network(settings)).version == before
