"""`contactcentre network`: a file is reviewed, then loaded whole or not at all."""

import asyncio
import csv
import io
import stat
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.cli.check import lacks
from contactcentre.cli.command import work
from contactcentre.cli.network import app
from contactcentre.core import events
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.menus import store as menus
from contactcentre.features.publication.network import load
from contactcentre.features.publication.service import Publication
from contactcentre.settings import ROOT, Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.lookout import Lookout
from contactcentre.storage.settings import VERSION_NOW

pytestmark = pytest.mark.integration

SMALL = """
regions:
  - {region_id: r, name: Reģions}
municipalities:
  - {municipality_id: m, name: Novads, region: r}
calendars:
  - {calendar_id: hotline, weekly: {mon: [["08:00", "17:00"]]}}
centres:
  - {centre_id: c, name: Centrs, municipality: m, calendar_id: hotline}
queues:
  - {queue_id: general, labels: {lv: Jautājumi, en: Questions}}
hotlines:
  - {number: "60000100", flow: hotline, labels: {lv: Tālrunis, en: Hotline}}
agents:
  - {agent_id: a1, name: Anna, centre_id: c, languages: {lv: 5}, username: anna}
"""

Command = Callable[..., Awaitable[int]]


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    """An installation with a menu, and nothing else."""
    made = Settings(home=tmp_path / "home", cache=tmp_path / "cache", database_url=database_url)
    made.home.mkdir()
    text = (ROOT / "config" / "starter" / "hotline.yaml").read_text("utf-8")
    async with database.opened(made.database) as storage, storage.begin() as connection:
        await menus.keep(connection, "hotline", text, by="install", comment="", at=1.0)
    return made


@pytest.fixture
async def storage(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """Its database."""
    async with database.opened(settings.database) as made:
        yield made


@pytest.fixture
def network(settings: Settings) -> Command:
    """The command, with what is typed after its name."""

    async def command(*words: object) -> int:
        made = work(app, [*map(str, words)], settings)
        return made if isinstance(made, int) else await made or 0

    return command


def file(folder: Path, text: str, name: str = "network.yaml") -> Path:
    """A file of that text."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


async def test_a_file_is_loaded_and_comes_out_again(
    network: Command, storage: AsyncEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every row is told before; what comes out says the same, and changes nothing."""
    path = file(tmp_path, SMALL)
    assert await network("load", path) == 0
    told = capsys.readouterr().out
    assert "agent a1: added" in told
    assert "nothing was changed" in told  # nobody could be asked
    assert (await load(storage)).agents == {}
    assert await network("load", path, "--yes") == 0
    found = await load(storage)
    assert found.agents["a1"].endpoint == "a1"
    capsys.readouterr()
    assert await network("export", tmp_path / "out.yaml") == 0
    assert stat.S_IMODE((tmp_path / "out.yaml").stat().st_mode) == 0o600
    given = yaml.safe_load(SMALL)
    given["agents"][0].pop("username")
    assert yaml.safe_load((tmp_path / "out.yaml").read_text("utf-8")) == given
    assert await network("load", tmp_path / "out.yaml", "--yes") == 0
    assert "nothing would change" in capsys.readouterr().out


async def test_what_is_wrong_is_told_with_its_place(
    network: Command, storage: AsyncEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line and column, in the file's own order; and nothing of the file is loaded."""
    wrong = SMALL.replace("lv: 5", "lv: 7")
    assert await network("load", file(tmp_path, wrong), "--yes") == 2
    told = capsys.readouterr().err
    assert "network.yaml: line 15, column 62: agent a1, languages.lv: must be 1 to 5" in told
    wrong = SMALL.replace(
        "municipality: m, calendar_id: hotline}", "municipality: m, calendar_id: x}"
    )
    assert await network("load", file(tmp_path, wrong), "--yes") == 2
    told = capsys.readouterr().err
    assert "network.yaml: line 9, column 64: centre c, calendar_id: no calendar named 'x'" in told
    async with storage.connect() as connection:
        assert await documents.read(connection, models.regions) == []
    for broken, place in {
        "regions: [": "line 2, column 1",
        "nothing: []": "nothing: is not a known key",
        "regions: [{region_id: 5, name: x}]": "line 1, column 11",
        "regions: [{region_id: r, name: x}, {region_id: r, name: y}]": "is there twice",
    }.items():
        assert await network("check", file(tmp_path, broken)) == 2
        assert place in capsys.readouterr().err


async def test_what_a_file_lacks_stays_unless_it_is_the_whole(
    network: Command, storage: AsyncEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --whole it is retired: it is in no network, and its row stays."""
    assert await network("load", file(tmp_path, SMALL), "--yes") == 0
    fewer = "agents:\n  - {agent_id: a2, name: Ilze, centre_id: c, languages: {lv: 4}}\n"
    assert await network("load", file(tmp_path, fewer), "--yes") == 0
    assert set((await load(storage)).agents) == {"a1", "a2"}
    capsys.readouterr()
    assert await network("load", file(tmp_path, fewer), "--whole", "--yes") == 0
    assert "agent a1: retired" in capsys.readouterr().out
    assert set((await load(storage)).agents) == {"a2"}
    async with storage.connect() as connection:
        rows = await documents.read(connection, models.agents)
    assert [one["agent_id"] for one in rows if one.get("active") is False] == ["a1"]


async def test_a_table_for_a_spreadsheet(
    network: Command, storage: AsyncEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it came out it changes nothing; a cell changes its field, a column that is not there
    none; what a spreadsheet would take for a formula is a text."""
    evil = SMALL.replace("name: Anna,", 'name: "=1+1", device: mobile, mobile: "+37126000001",')
    assert await network("load", file(tmp_path, evil), "--yes") == 0
    table = tmp_path / "agents.csv"
    assert await network("export", "--agents", table) == 0
    text = table.read_text("utf-8")
    assert text.startswith("\ufeffagent_id;name;")
    assert ";'=1+1;" not in text.splitlines()[0]
    assert "a1;'=1+1;c;" in text
    capsys.readouterr()
    assert await network("load", "--agents", table, "--yes") == 0
    assert "nothing would change" in capsys.readouterr().out
    few = 'agent_id,skills,languages\na1,"taxes 3, benefits 1",lv 4\n'
    assert await network("load", "--agents", file(tmp_path, few, "few.csv"), "--yes") == 0
    told = capsys.readouterr().out
    assert "agent a1, languages: lv 5 -> lv 4" in told
    found = (await load(storage)).agents["a1"]
    assert found.name == "=1+1"
    assert found.mobile == "+37126000001"
    assert found.capability.skills == (("benefits", 1), ("taxes", 3))
    gone = file(tmp_path, "agent_id;active\na1;nē\n", "gone.csv")
    assert await network("load", "--agents", gone, "--yes") == 0
    assert "agent a1: retired" in capsys.readouterr().out


async def test_a_wrong_line_of_a_table(
    network: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Line and column are told, and what to write there; numbers of mobiles are not."""
    assert await network("load", file(tmp_path, SMALL), "--yes") == 0
    head = "agent_id;name;centre_id;languages;device;mobile\n"
    lines = "b1;Z;c;lv;browser;\nb1;Z;c;lv 3;browser;\nb2;Z;nowhere;lv 3;browser;\n"
    wrong = file(tmp_path, f"{head}{lines}", "a.csv")
    assert await network("check", "--agents", wrong) == 2
    told = capsys.readouterr().err
    assert "a.csv: line 2, column languages: write it like" in told
    assert "a.csv: line 3, column agent_id: stands in line 2 already" in told
    for line, told_of in {
        "b2;Z;nowhere;lv 3;browser;": "column centre_id: agent b2, centre_id: no centre named",
        "b2;Z;c;lv 3;mobile;20000009": "column mobile: agent b2: mobile: a number with its country",
    }.items():
        wrong = file(tmp_path, f"{head}{line}\n", "a.csv")
        assert await network("check", "--agents", wrong) == 2
        told = capsys.readouterr().err
        assert f"a.csv: line 2, {told_of}" in told
    assert "20000009" not in told
    for text, place in {"": "is empty", "agent_id;age\n": "line 1, column 2: 'age'"}.items():
        assert await network("check", "--agents", file(tmp_path, text, "b.csv")) == 2
        assert place in capsys.readouterr().err
    (tmp_path / "c.csv").write_bytes("agent_id;name\nb;Ķ\n".encode("cp1257"))
    assert await network("check", "--agents", tmp_path / "c.csv") == 2
    assert "not UTF-8" in capsys.readouterr().err


async def test_log_ins_are_made_with_it(
    network: Command, storage: AsyncEngine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their first passwords are in a new file for its owner alone, and nowhere else."""
    path, passwords = file(tmp_path, SMALL), tmp_path / "passwords.csv"
    assert await network("load", path, "--yes") == 0
    assert "add --passwords FILE" in capsys.readouterr().out
    assert await network("load", path, "--yes", "--passwords", passwords) == 0
    told = capsys.readouterr()
    line = passwords.read_text("utf-8").splitlines()[1]
    username, password, _ = line.split(";")
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    assert password not in told.out + told.err
    session = await AccountService(storage).log_in(username, password, address="127.0.0.1")
    assert session.person.agent_id == "a1"
    assert await network("load", path, "--yes", "--passwords", passwords) == 2
    assert "is there already" in capsys.readouterr().err
    assert await network("load", path, "--yes", "--passwords", tmp_path / "more.csv") == 0
    async with storage.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(models.users)) == 1


async def test_six_hundred_centres_and_a_thousand_agents(
    network: Command, storage: AsyncEngine, tmp_path: Path
) -> None:
    """Within seconds, as two tables; the running service has it two seconds later."""
    assert await network("load", file(tmp_path, SMALL), "--yes") == 0
    centres = [["centre_id", "name", "municipality", "calendar_id"]]
    centres += [[f"c{n}", f"Novada {n}. VPVKAC", "m", "hotline"] for n in range(600)]
    agents = [["agent_id", "name", "centre_id", "skills", "languages"]]
    agents += [
        [f"b{n}", f"Anna Bērziņa {n}", f"c{n % 600}", "taxes 3", "lv 5, ru 3"] for n in range(1000)
    ]
    published: asyncio.Queue[events.Event] = asyncio.Queue()

    async def nothing(_: object) -> None:
        return None

    service = Publication(
        storage,
        tmp_path / "good.json",
        post=published.put_nowait,
        fresh=nothing,
        prompts=frozenset,
    )
    await service.begin(())
    lookout = Lookout(storage)
    version = lookout.watch(VERSION_NOW)
    watching = asyncio.gather(lookout.run(), service.run(version))
    began = time.monotonic()
    words = ("--centres", _csv(tmp_path / "c.csv", centres))
    assert await network("load", *words, "--agents", _csv(tmp_path / "a.csv", agents), "--yes") == 0
    loaded_at = time.monotonic()
    assert loaded_at - began < 10
    while True:
        event = await asyncio.wait_for(published.get(), 10)
        assert isinstance(event, events.NetworkPublished)
        if len(event.network.agents) == 1001:
            break
    watching.cancel()
    await asyncio.wait([watching])
    assert len(event.network.centres) == 601
    assert time.monotonic() - loaded_at < 2 + 5  # on a machine that has other work, too


def _csv(path: Path, rows: list[list[str]]) -> Path:
    into = io.StringIO()
    csv.writer(into, delimiter=";").writerows(rows)
    path.write_text(into.getvalue(), "utf-8")
    return path


async def test_check_tells_what_is_missing(
    network: Command, settings: Settings, tmp_path: Path
) -> None:
    """An empty hotline lacks everything but its menu; a full one nothing."""
    told = [told for told, _ in await lacks(settings)]
    assert [one.split(":")[0] for one in told] == [
        "there is no number",
        "there is no queue",
        "there is no agent",
    ]
    lonely = SMALL.replace(", calendar_id: hotline}\nqueues", "}\nqueues")
    lonely = lonely.replace("en: Questions}}", "en: Questions}, skills: {taxes: 2}}")
    assert await network("load", file(tmp_path, lonely), "--yes") == 0
    assert [told for told, _ in await lacks(settings)] == [
        "queues that nobody can answer: general",
        "centres without hours, which count as always open: 1 (c)",
    ]
    assert await network("load", file(tmp_path, SMALL), "--yes", "--whole") == 0
    assert await lacks(settings) == []
