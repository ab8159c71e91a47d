"""The sample data: it loads, it comes back as one network, and it never touches real data."""

import json
import shutil
import stat
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from structlog.testing import capture_logs

from contactcentre import paths
from contactcentre.cli import services
from contactcentre.cli.command import work
from contactcentre.cli.seed import NotSample, seed
from contactcentre.core.config import archive
from contactcentre.core.config.callback_rules import CallbackRules
from contactcentre.core.config.document import Refused
from contactcentre.core.config.network import Network
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.callbacks import document as callback_rules
from contactcentre.features.catalogue import store
from contactcentre.features.catalogue.service import CatalogueService
from contactcentre.features.menus import store as releases
from contactcentre.features.publication.network import load
from contactcentre.settings import ROOT, Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from routing.model import Requirement

pytestmark = pytest.mark.integration

QUEUES = ("general", "benefits", "documents", "taxes", "municipal", "eservices")
SECRET = "zaļa govs uz jumta"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=database_url)


async def network_of(settings: Settings, at: float | None = None) -> Network:
    engine = database.engine(settings.database)
    network = await load(engine, at=at)
    await engine.dispose()
    return network


def passwords(settings: Settings) -> dict[str, str]:
    lines = paths.sample_logins(settings).read_text("utf-8").splitlines()
    return {line.split()[0]: line.split()[1] for line in lines}


async def test_the_sample_network_is_whole(settings: Settings) -> None:
    """Centres, numbers, queues, agents, menus and hours fit together."""
    await seed(settings, passwords=QUICK)
    network = await network_of(settings)
    assert network.version == 1
    assert len(network.centres) >= 8
    assert len({centre.municipality for centre in network.centres.values()}) >= 4
    assert len({network.place(key).region for key in network.centres}) == 2
    assert tuple(network.queues) == QUEUES
    assert network.hotline("60000101").centre_id == "viesite"
    assert network.hotline("60000100").centre_id is None
    assert {hotline.flow for hotline in network.hotlines.values()} <= set(network.flows)
    assert {agent.endpoint for agent in network.agents.values()} == {
        f"a-{number}" for number in range(1, 15)
    }
    assert {agent.centre_id for agent in network.agents.values()} <= set(network.centres)


async def test_every_queue_has_three_agents(sampled: Settings) -> None:
    """In Latvian for each queue; Russian and English are answered as well."""
    network = await network_of(sampled)
    for queue in network.queues.values():
        for language, least in (("lv", 3), ("ru", 1), ("en", 1)):
            asked = Requirement(skills=queue.skills, language=language)
            able = [agent for agent in network.agents.values() if agent.capability.meets(asked)]
            assert len(able) >= least, (queue.queue_id, language)


async def test_the_sample_hotline_is_always_open(sampled: Settings) -> None:
    """At night and at Christmas: a demonstration works whenever somebody tries it."""
    christmas = 1_798_160_400.0  # 25 December 2026, 01:00 UTC
    calendar = (await network_of(sampled, christmas)).calendars["hotline"]
    assert all(calendar.state(christmas + hour * 3600) == "open" for hour in range(48))


async def test_citizens_are_rung_back_as_the_file_says(sampled: Settings) -> None:
    """Round the clock in the sample, in Latvia, three times at most."""
    rules = (await network_of(sampled)).callbacks
    assert (rules.from_minute, rules.until_minute, rules.attempts) == (0, 1440, 3)
    assert (rules.calendar, rules.countries, rules.promise_s) == ("hotline", ("LV",), 86_400)


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ({"hours": ["20:00", "08:00"]}, "begin before they end"),
        ({"retry_after_min": [0]}, "duration"),
        ({"attempts": 3}, "attempts"),
    ],
)
def test_rules_for_callbacks_that_make_no_sense(written: dict[str, object], wrong: str) -> None:
    """The error names the setting and what is wrong with it."""
    with pytest.raises(ValueError, match=f"setting callbacks.*{wrong}"):
        callback_rules.read(written)


def test_a_network_without_rules_has_the_usual_ones() -> None:
    """From eight in the morning to eight in the evening."""
    assert callback_rules.read(None) == CallbackRules()


OFFICE = {
    "calendar_id": "office",
    "weekly": {
        key: [["08:30", "12:00"], ["12:30", "17:00"]] for key in ("mon", "tue", "wed", "thu", "fri")
    },
    "exceptions": {"2026-06-26": [["08:30", "12:00"]]},
    "public_holidays": True,
}
DAY_OFF = {"day": "2027-05-14"}


async def test_public_holidays_come_from_the_law(sampled: Settings) -> None:
    """A calendar that keeps them is closed on them, and works on the Saturday of a moved day."""
    engine = database.engine(sampled.database)
    async with engine.begin() as connection:
        rows = {
            table: documents.rows(table, [document])
            for table, document in ((models.calendars, OFFICE), (models.days_off, DAY_OFF))
        }
        assert await documents.save(connection, rows) == 2
    await engine.dispose()
    calendar = (await network_of(sampled, 1_780_000_000.0)).calendars["office"]
    assert {"2026-06-24", "2027-01-01", "2027-03-26", "2027-05-14"} <= calendar.holidays
    assert calendar.moved["2026-06-27"] == "2026-06-22"
    assert calendar.exceptions["2026-06-26"] == ((510, 720),)
    assert calendar.weekly[0] == ((510, 720), (750, 1020))


async def test_a_broken_calendar_is_refused_with_its_place(sampled: Settings) -> None:
    """What cannot be meant is not guessed at."""
    engine = database.engine(sampled.database)
    async with engine.begin() as connection:
        wrong = {**OFFICE, "exceptions": {"2026-02-29": []}}
        rows = documents.rows(models.calendars, [wrong])
        await documents.save(connection, {models.calendars: rows})
    with pytest.raises(ValueError, match=r"calendar office, exceptions.2026-02-29: no such date"):
        await load(engine)
    await engine.dispose()


async def test_every_sample_log_in_works(sampled: Settings) -> None:
    """Each person of the file can log in with their own password; only its owner may read it."""
    path = paths.sample_logins(sampled)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = passwords(sampled)
    assert len(set(kept.values())) == 16
    engine = database.engine(sampled.database)
    accounts = AccountService(engine, passwords=QUICK)
    people = [
        (await accounts.log_in(name, kept[name], address="a")).person
        for name in ("anna.berzina", "dace.zvaigznucela", "uldis.atsledzins")
    ]
    await engine.dispose()
    roles = [[grant.role for grant in person.grants] for person in people]
    assert roles == [["agent"], ["supervisor"], ["admin"]]
    assert people[0].agent_id == "agent-1"
    assert people[0].centre == "Viesītes VPVKAC"


async def test_loading_again_changes_nothing(settings: Settings) -> None:
    """Passwords, version and what was edited since stay as they are."""
    await seed(settings, passwords=QUICK)
    before = passwords(settings)
    await seed(settings, passwords=QUICK)
    assert passwords(settings) == before
    assert (await network_of(settings)).version == 1


async def test_changed_sample_files_are_loaded(sampled: Settings, tmp_path: Path) -> None:
    """A new version of the files updates the rows, and a lost password file is made anew."""
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    document = config / "seed" / "network.yaml"
    text = document.read_text("utf-8").replace("Viesītes centrs", "Cits nosaukums")
    document.write_text(text, "utf-8")
    paths.sample_logins(sampled).unlink()
    changed = sampled.model_copy(update={"config": config})
    await seed(changed, passwords=QUICK)
    network = await network_of(sampled)
    assert network.version == 2
    assert network.hotline("60000101").labels["lv"] == "Cits nosaukums"
    engine = database.engine(sampled.database)
    await AccountService(engine, passwords=QUICK).log_in(
        "anna.berzina", passwords(sampled)["anna.berzina"], address="a"
    )
    await engine.dispose()


async def reseed(settings: Settings, tmp_path: Path, *changes: tuple[str, str, str]) -> Settings:
    """Load the files once more, with these changes: file, old text, new text."""
    config = tmp_path / "config"
    if not config.exists():
        shutil.copytree(ROOT / "config", config)
    for file, old, new in changes:
        path = config / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
    changed = settings.model_copy(update={"config": config})
    await seed(changed, passwords=QUICK)
    return changed


NETWORK = "seed/network.yaml"
MENU = "flows/hotline.yaml"
FIRST_QUEUE = "{lv: Vispārīgi jautājumi, en: General questions, ru: Общие вопросы}"


async def test_what_people_edited_stays(sampled: Settings, tmp_path: Path) -> None:
    """Sample rows that somebody changed are not taken from the new files, and it is said; the
    others are, also at the next time."""
    engine = database.engine(sampled.database)
    async with engine.begin() as connection:
        await documents.change(connection, models.queues, "general", wrap_up_s=7.0)
    for number, name in enumerate(("Pirmais nosaukums", "Otrais nosaukums")):
        old = ("Viesītes centrs", "Pirmais nosaukums")[number]
        queue = (FIRST_QUEUE, FIRST_QUEUE.replace("General", "Any"))[number]
        with capture_logs() as logs:
            await reseed(
                sampled,
                tmp_path,
                (NETWORK, old, name),
                (NETWORK, queue, queue.replace("General" if number == 0 else "Any", "Any")),
            )
        told = [entry["row"] for entry in logs if entry["event"] == "seed.differs"]
        assert told == ["queues/general: edited here, so the sample files' version was not taken"]
        network = await network_of(sampled)
        assert network.queues["general"].wrap_up_s == 7.0
        assert network.queues["general"].labels["en"] == "General questions"
        assert network.hotline("60000101").labels["lv"] == name
    await engine.dispose()


async def test_a_menu_that_people_published_stays(sampled: Settings, tmp_path: Path) -> None:
    """The sample menu of new files takes the place of the old sample menu alone."""
    await reseed(sampled, tmp_path, (MENU, "timeout_s: 3", "timeout_s: 6"))
    assert (await network_of(sampled)).flows["hotline"].version == 2
    engine = database.engine(sampled.database)
    async with engine.begin() as connection:
        own = await releases.document_of(connection, "hotline", 2)
        own = own.replace("timeout_s: 6", "timeout_s: 9")
        await releases.publish(connection, "hotline", own, by="anna", comment="", at=0.0)
    await engine.dispose()
    with capture_logs() as logs:
        await reseed(sampled, tmp_path, (MENU, "timeout_s: 6", "timeout_s: 7"))
    assert [entry["row"].partition(":")[0] for entry in logs if "row" in entry] == ["flows/hotline"]
    assert (await network_of(sampled)).flows["hotline"].version == 3


async def test_rows_that_vanished_from_the_files(sampled: Settings, tmp_path: Path) -> None:
    """A number goes, an agent cannot log in any more; a centre is left, and it is said."""
    text = (ROOT / "config" / NETWORK).read_text("utf-8")
    lines = text.splitlines(keepends=True)
    gone = [
        next(line for line in lines if mark in line)
        for mark in ('number: "60000110"', "agent_id: agent-12,", "centre_id: riebini, name")
    ]
    agents = [line for line in lines if "centre_id: riebini, endpoint" in line]
    moved = [(NETWORK, line, line.replace("riebini", "aglona")) for line in agents[:1]]
    with capture_logs() as logs:
        await reseed(sampled, tmp_path, *moved, *((NETWORK, line, "") for line in gone))
    assert sorted(entry["row"] for entry in logs if "row" in entry) == [
        "agents/agent-12: not in the sample files any more, taken out",
        "centres/riebini: not in the sample files any more, but still here: take it out by hand",
        "hotlines/60000110: not in the sample files any more, taken out",
    ]
    network = await network_of(sampled)
    assert "agent-12" not in network.agents
    assert "60000110" not in network.hotlines
    assert "riebini" in network.centres


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "    level: municipal\n",
            "    lvl: municipal\n",
            "queue municipal, lvl: is not a known key",
        ),
        (
            "queue: general}",
            "queue: generl}",
            r"overflow.0.queue: no queue named 'generl' \(did you",
        ),
        ("username: anna.berzina, ", "", "agents, 0.username: must be a text"),
        ("staff:\n", "stuff: 1\nstaff:\n", "network.yaml, stuff: is not a known key"),
        (
            "offers: {",
            "offers: {misses: 1, ",
            r"network.yaml: line \d+, column \d+: key 'misses' is",
        ),
    ],
)
async def test_files_that_do_not_hold_together(
    settings: Settings, tmp_path: Path, old: str, new: str, told: str
) -> None:
    """They are refused with their places, and nothing is written."""
    with pytest.raises(Refused, match=told):
        await reseed(settings, tmp_path, (NETWORK, old, new))
    async with database.opened(settings.database) as engine, engine.connect() as connection:
        assert await documents.read(connection, models.queues) == []


async def test_real_data_is_left_alone(settings: Settings) -> None:
    """A database with an account that is no sample is refused, and nothing is written."""
    engine = database.engine(settings.database)
    await AccountService(engine, passwords=QUICK).create_user(
        "real", SECRET, name="Real", role="admin"
    )
    with pytest.raises(NotSample, match="production"):
        await seed(settings, passwords=QUICK)
    async with engine.connect() as connection:
        assert (await connection.execute(select(models.centres))).all() == []
    await engine.dispose()
    assert not paths.sample_logins(settings).exists()


async def test_the_catalogue_comes_from_the_database(sampled: Settings) -> None:
    """What was loaded is found; a service whose time is over, or that is broken, is not."""
    engine = database.engine(sampled.database)
    async with engine.begin() as connection:
        await documents.change(connection, models.services, "VSAA-KOPS", valid_to="2026-01-02")
        await documents.change(connection, models.services, "PMLP-EID", level="parish")
    catalogue = CatalogueService(engine, sampled.home / "catalogue.json")
    with capture_logs() as logs:
        await catalogue.begin()
    await engine.dispose()
    (refused,) = (entry for entry in logs if entry["event"] == "catalogue.card_refused")
    assert refused["problems"] == ("service PMLP-EID, level: must be 'state' or 'municipal'",)
    assert catalogue.search("паспорт", locale="lv")[0].code == "PMLP-PASE"
    assert catalogue.cards(["VSAA-KOPS"], locale="lv") == []


async def test_cards_go_out_as_a_file_and_come_back_reviewed(
    sampled: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What a file would change is told first; a wrong card keeps all others out, and says where."""
    capsys.readouterr()
    await work(services.app, ["export"], sampled)
    cards = json.loads(capsys.readouterr().out)
    by_code = {card["code"]: card for card in cards}
    by_code["PMLP-PASE"]["lv"]["fee"] = "55 EUR"
    by_code["VSAA-KOPS"]["level"] = "parish"
    file = tmp_path / "cards.json"

    async def load(*options: str) -> str:
        file.write_text(json.dumps(cards), "utf-8")
        await work(services.app, ["load", str(file), *options], sampled)
        captured = capsys.readouterr()
        return captured.out + captured.err

    async def fee() -> str:
        async with database.opened(sampled.database) as engine:
            found = (await store.read(engine)).services
        return next(card.lv.fee for card in found if card.code == "PMLP-PASE")

    before = await fee()
    assert "cards.json, VSAA-KOPS, level: must be" in await load("--yes")
    by_code["VSAA-KOPS"]["level"] = "state"
    told = await load()
    assert "PMLP-PASE, lv.fee:" in told
    assert "1 cards would change" in told
    assert await fee() == before
    await load("--yes")
    assert await fee() == "55 EUR"
    assert "0 cards would change" in await load()
    await work(services.app, ["export", "--format", "csv"], sampled)
    table = tmp_path / "cards.csv"
    table.write_text(capsys.readouterr().out, "utf-8")
    await work(services.app, ["load", str(table)], sampled)
    assert "0 cards would change" in capsys.readouterr().out
    bundled = tmp_path / "cards.zip"
    fees = "code;lv.fee\nPMLP-PASE;55 EUR\nVSAA-KOPS;1 EUR\n"
    bundled.write_bytes(
        archive.packed({"fees.csv": fees, "x.json": json.dumps([by_code["VID-EDS"]])})
    )
    assert await work(services.app, ["load", str(bundled)], sampled) == 0
    assert "1 cards would change" in capsys.readouterr().out
    bundled.write_bytes(archive.packed({"../fees.csv": fees}))
    assert await work(services.app, ["load", str(bundled)], sampled) == 2
    assert "cards.zip: an archive has cards alone" in capsys.readouterr().err
    await work(services.app, ["export", "--format", "cpsv-ap"], sampled)
    assert json.loads(capsys.readouterr().out)["@context"]["cv"] == "http://data.europa.eu/m8g/"
