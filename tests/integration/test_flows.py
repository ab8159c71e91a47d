"""The command `flow`: versions of menus, from a file to the running service and back."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from contactcentre.cli.command import work
from contactcentre.cli.flow import app
from contactcentre.features.menus import store as releases
from contactcentre.features.publication.network import load
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.testing import FLOW

pytestmark = pytest.mark.integration

QUEUE = {"queue_id": "taxes", "labels": {"lv": "Nodokļi", "en": "Taxes"}, "skills": {"taxes": 1}}
SECOND = FLOW.replace("1: {goto", "2: {goto")
BROKEN = FLOW.replace("goto: taxes", "goto: taxis").replace("menu.matter", "menu.mater")


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    """An empty database with the queue that the menus lead to."""
    made = Settings(home=tmp_path, database_url=database_url)
    await write(made, [QUEUE])
    return made


async def write(settings: Settings, queues: Sequence[dict[str, object]]) -> None:
    """Put these queues in force."""
    engine = database.engine(settings.database)
    async with engine.begin() as connection:
        await documents.save(connection, {models.queues: documents.rows(models.queues, queues)})
    await engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], str]:
    """A function that writes a document to `hotline.yaml`."""

    def write_it(document: str) -> str:
        path = tmp_path / "hotline.yaml"
        path.write_text(document, "utf-8")
        return str(path)

    return write_it


async def flow(settings: Settings, *words: str) -> int:
    """Run `contactcentre flow` with these words."""
    return await work(app, words, settings)


async def version(settings: Settings) -> int:
    """The version of the menu in the network in force."""
    engine = database.engine(settings.database)
    network = await load(engine)
    await engine.dispose()
    return network.flows["hotline"].version


async def log(settings: Settings) -> list[tuple[int, str, str, str]]:
    """What the record of releases says."""
    engine = database.engine(settings.database)
    async with engine.connect() as connection:
        found = await releases.history(connection, "hotline")
    await engine.dispose()
    assert [one.released_at for one in found] == sorted(one.released_at for one in found)
    return [(one.version, one.action, one.released_by, one.comment) for one in found]


async def test_versions_come_and_go_back(
    settings: Settings, file: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each document gets the next number; going back keeps the number, and all is on record."""
    first, by = file(FLOW), ("--by", "anna")
    assert await flow(settings, "publish", first, *by, "--comment", "the first") == 0
    assert await version(settings) == 1
    assert await flow(settings, "publish", file(SECOND), *by) == 0
    assert await version(settings) == 2
    assert (
        await flow(settings, "rollback", "hotline", "--by", "jānis", "--comment", "too long") == 0
    )
    assert await version(settings) == 1
    assert await flow(settings, "rollback", "hotline", "2", *by) == 0
    assert await version(settings) == 2
    assert await log(settings) == [
        (1, "publish", "anna", "the first"),
        (2, "publish", "anna", ""),
        (1, "rollback", "jānis", "too long"),
        (2, "rollback", "anna", ""),
    ]
    capsys.readouterr()
    await flow(settings, "list")
    told = capsys.readouterr().out
    assert "hotline 1\n" in told
    assert "hotline 2 (in force)\n" in told
    assert "rollback  jānis  too long" in told
    await flow(settings, "show", "hotline")
    assert capsys.readouterr().out == SECOND + "\n"
    await flow(settings, "show", "hotline", "1")
    assert capsys.readouterr().out == FLOW + "\n"


async def test_a_broken_document_is_refused(
    settings: Settings, file: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    """By `check` and by `publish`, with every place; nothing is kept of it."""
    for action in ("check", "publish"):
        assert await flow(settings, action, file(BROKEN)) == 1
        assert capsys.readouterr().err.splitlines() == [
            "hotline.yaml: node 'matter', key 'options.1.goto': no node named 'taxis'"
            " (did you mean 'taxes'?)",
            "hotline.yaml: node 'matter', key 'prompts.0': no prompt named 'menu.mater'"
            " (did you mean 'menu.matter'?)",
        ]
    assert await log(settings) == []
    assert await flow(settings, "check", file(FLOW)) == 0
    assert await log(settings) == []


async def test_the_same_document_gets_no_second_number(
    settings: Settings, file: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever publishes twice is told that it is in force already."""
    await flow(settings, "publish", file(FLOW))
    await flow(settings, "publish", file(FLOW))
    assert "version 1 says the same" in capsys.readouterr().out
    assert len(await log(settings)) == 1


async def test_an_old_version_is_checked_against_what_there_is_now(
    settings: Settings, file: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    """It leads to a queue that is gone: going back is refused, the present version stays."""
    await flow(settings, "publish", file(FLOW))
    await flow(settings, "publish", file(FLOW.replace("queue: taxes", "queue: general")))
    engine = database.engine(settings.database)
    async with engine.begin() as connection:
        await connection.execute(models.queues.delete())
    await engine.dispose()
    assert await flow(settings, "rollback", "hotline") == 1
    assert "no queue named 'taxes'" in capsys.readouterr().err
    assert await version(settings) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rollback", "hotline"), "menu 'hotline' has no earlier version to go back to"),
        (("rollback", "hotline", "7"), "menu 'hotline' has no version 7; it has: 1"),
        (("show", "hotlin"), "no menu named 'hotlin'; there are: hotline"),
        (("publish", "nowhere/hotline.yaml"), "nowhere/hotline.yaml: No such file"),
        (("stats", "hotlin"), "no menu named 'hotlin'; there are: hotline"),
    ],
)
async def test_what_is_not_there(
    settings: Settings,
    file: Callable[[str], str],
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    told: str,
) -> None:
    """The words say what there is."""
    await flow(settings, "publish", file(FLOW))
    assert await flow(settings, *words) == 1
    assert told in capsys.readouterr().err


async def test_a_database_that_is_not_ready(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The words say what to do."""
    empty = Settings(home=tmp_path)
    assert await flow(empty, "list") == 1
    assert "contactcentre migrate" in capsys.readouterr().err
