"""A whole service in this process: how it starts, and that whatever ends it leaves nothing."""

from __future__ import annotations

import asyncio
import getpass
import io
import os
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from argon2 import PasswordHasher

from agents_ui.alerts.port import RuleText
from agents_ui.shell.port import Grant, Person, Session, WrongPassword
from contactcentre import paths
from contactcentre.app.control import Answer, NotRunning, ask
from contactcentre.app.service import Running, running
from contactcentre.cli import audit, person, user
from contactcentre.cli.command import work
from contactcentre.core import events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Call
from contactcentre.engine.clock import now
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.catalogue.document import Service, parse
from contactcentre.features.publication.network import NetworkRefused
from contactcentre.settings import ROOT, Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.storage.spool import SpoolFailed
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.free_ports import PortTaken
from contactcentre.testing import FLOW, call_id

pytestmark = pytest.mark.integration

WITHIN_S = 10.0
PASSWORD = "zaļa govs uz jumta"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

LABELS = {"lv": "Nodokļi", "en": "Taxes"}
DOCUMENTS = {
    models.queues: {"queue_id": "taxes", "labels": LABELS, "skills": {"taxes": 1}},
    models.regions: {"region_id": "r", "name": "Region"},
    models.municipalities: {"municipality_id": "m", "name": "Town", "region": "r"},
    models.centres: {"centre_id": "c", "name": "Centre", "municipality": "m"},
    models.agents: {
        "agent_id": "a1",
        "name": "Agent",
        "centre_id": "c",
        "endpoint": "a-1",
        "skills": {"taxes": 1},
        "languages": {"lv": 3},
    },
    models.hotlines: {"number": "60000100", "labels": LABELS, "flow": "hotline"},
}
ROWS = {
    **{table: documents.rows(table, [document]) for table, document in DOCUMENTS.items()},
    models.flows: [{"name": "hotline", "version": 1, "document": FLOW, "published_at": 1.0}],
}


@pytest.fixture
def settings(tmp_path: Path, free_port: Callable[[], int]) -> Settings:
    """Folders and ports of the test's own; nothing is there yet, and no Asterisk either."""
    ports = ("port", "agi_port", "ami_port", "sip_port", "sip_websocket_port")
    return Settings.model_validate(
        {
            "home": tmp_path / "home",
            "cache": tmp_path / "cache",
            **{name: free_port() for name in ports},
        }
    )


@pytest.fixture
async def published(settings: Settings) -> Settings:
    """The same, with a network and the passport's card in the database."""
    await database.migrate(settings.database)
    await publish(settings, passport())
    return settings


async def publish(settings: Settings, card: Service) -> None:
    """As the administration pages will."""
    async with database.opened(settings.database) as storage, storage.begin() as connection:
        rows = documents.rows(models.services, [asdict(card)])
        await documents.save(connection, {**ROWS, models.services: rows})


def passport() -> Service:
    """A card of the sample data."""
    text = (ROOT / "config" / "seed" / "services.yaml").read_text("utf-8")
    return next(one for one in parse(text) if one.code == "PMLP-PASE")


def without_database(settings: Settings, free_port: Callable[[], int]) -> Settings:
    """The same service while nobody answers for its database."""
    away = f"postgresql+asyncpg://nobody@127.0.0.1:{free_port()}/nothing"
    return settings.model_copy(update={"database_url": away})


@asynccontextmanager
async def leaving_nothing() -> AsyncIterator[None]:
    """Asserts that no task, thread, socket or open file outlives the block, nor any lock by it."""
    tasks, threads, files = asyncio.all_tasks(), set(_threads()), _open_files()
    yield
    assert asyncio.all_tasks() == tasks
    # SQLite's driver tells a thread whose opening was broken off to end, and does not wait for it.
    await until(lambda: set(_threads()) <= threads)
    assert _open_files() == files


def _threads() -> Iterator[threading.Thread]:
    """Those of `asyncio.to_thread` belong to the loop, and end with it."""
    return (one for one in threading.enumerate() if not one.name.startswith("asyncio_"))


def _open_files() -> Counter[str]:
    """By what they are: sockets and pipes have numbers of their own."""
    folder = Path("/proc/self/fd")
    return Counter(os.readlink(one) for one in folder.iterdir() if one.is_symlink())


async def until(holds: Callable[[], bool], *, within_s: float = WITHIN_S) -> None:
    """Wait for something of which nobody tells."""
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_it_starts_and_ends(published: Settings) -> None:
    """Everything but Asterisk is there, and afterwards nothing is."""
    async with leaving_nothing(), running(published) as service:
        await until(lambda: service.ports.health.ready()[1]["leash"] == "ok")
        good, words = service.ports.health.ready()
        assert (good, words.pop("asterisk")) == (False, "down")
        assert set(words.values()) == {"ok"}
        assert b"contactcentre_configuration_version 1.0" in service.ports.health.metrics()


async def test_an_edited_card_needs_no_restart(published: Settings) -> None:
    """It is shown as soon as it is published; the others stay."""
    card = passport()
    async with running(published) as service:
        catalogue = service.ports.catalogue
        assert catalogue.cards([card.code], locale="lv") == [card.card("lv")]
        dearer = replace(card, lv=replace(card.lv, fee="99 EUR"))
        await publish(published, dearer)
        await until(lambda: catalogue.cards([card.code], locale="lv")[0].fee == "99 EUR")


async def test_it_starts_while_its_database_is_away(
    published: Settings, free_port: Callable[[], int]
) -> None:
    """With the network and the cards as they were last, and ends as tidily."""
    async with running(published):
        pass
    away = without_database(published, free_port)
    async with leaving_nothing(), running(away) as service:
        assert service.world.network.version == 1
        assert service.ports.catalogue.search("pase", locale="lv")[0].code == "PMLP-PASE"
        assert not service.ports.health.ready()[0]


async def test_without_cards_it_starts_all_the_same(
    published: Settings, free_port: Callable[[], int]
) -> None:
    """Calls matter more: whoever searches finds nothing until the database is back."""
    async with running(published):
        pass
    paths.good_catalogue(published).unlink()
    async with running(without_database(published, free_port)) as service:
        assert service.ports.catalogue.search("pase", locale="lv") == []


@pytest.mark.parametrize("name", ["port", "agi_port"])
async def test_a_port_that_is_taken(settings: Settings, name: str) -> None:
    """It is named, and not even the folder is made."""
    host, port = "127.0.0.1", getattr(settings, name)
    other = await asyncio.start_server(lambda reader, writer: None, host, port)
    async with other, leaving_nothing():
        with pytest.raises(PortTaken, match=f"CC_{name.upper()} {port} on {host}"):
            async with running(settings):
                pass
    assert not settings.home.exists()


async def test_two_parts_that_want_one_port(published: Settings) -> None:
    """It was free when it was looked at; whoever comes second ends the other."""
    same = published.model_copy(update={"agi_port": published.port})
    async with leaving_nothing():
        with pytest.raises(ExceptionGroup) as caught:
            async with running(same):
                await asyncio.Event().wait()
        assert caught.group_contains(OSError, match="address already in use")


async def test_a_journal_that_another_process_has(published: Settings) -> None:
    """It is said what to do; once the other has gone there is nothing in the way."""
    lock = f"{paths.spool(published)}.lock"
    code = f"import fcntl; f = open({lock!r}, 'w'); fcntl.flock(f, 2); print(); input()"
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdin=pipe, stdout=pipe
    )
    assert other.stdin is not None
    assert other.stdout is not None
    await other.stdout.readline()
    async with leaving_nothing():
        with pytest.raises(SpoolFailed, match="another service has it open: stop that one first"):
            async with running(published):
                pass
    await other.communicate(b"\n")
    async with running(published):
        pass


async def test_a_network_that_holds_not_together(published: Settings) -> None:
    """Storage is open when it is read: it is closed again."""
    async with database.opened(published.database) as storage, storage.begin() as connection:
        await documents.change(connection, models.queues, "taxes", ring_s=-1.0)
    async with leaving_nothing():
        with pytest.raises(NetworkRefused):
            async with running(published):
                pass


async def test_a_directory_that_can_not_be_written(published: Settings) -> None:
    """Storage and content are there when telephony fails."""
    paths.directory(published).mkdir()
    async with leaving_nothing():
        with pytest.raises((sqlite3.OperationalError, OSError)):
            async with running(published):
                pass


async def test_a_panel_that_can_not_be_built(published: Settings) -> None:
    """All parts are made when the last one fails, and none of them runs yet."""
    sample = published.model_copy(update={"sample": True})
    paths.demo_phone(sample).write_text("{")
    async with leaving_nothing():
        with pytest.raises(ValueError, match="Expecting"):
            async with running(sample):
                pass


async def test_sample_accounts_end_with_the_sample_data(published: Settings) -> None:
    """A service that starts without sample data has no sample log-ins."""
    async with database.opened(published.database) as storage:
        accounts = AccountService(storage, passwords=QUICK)
        await accounts.create_user("sample", PASSWORD, name="x", role="admin", sample=True)
        await accounts.create_user("real", PASSWORD, name="x", role="admin")
    async with running(published) as service:
        await service.ports.accounts.log_in("real", PASSWORD, address="192.0.2.1")
        with pytest.raises(WrongPassword):
            await service.ports.accounts.log_in("sample", PASSWORD, address="192.0.2.1")


async def waits(service: Running, number: int) -> Call:
    """Somebody chooses taxes."""
    arrived = events.CallArrived(
        at=now(),
        call_id=call_id(number),
        channel=f"PJSIP/carrier-{number:08x}",
        channel_id=f"1.{number}",
        caller=f"+3712000000{number}",
        dialled="60000100",
    )
    await service.inbox.submit(arrived)
    step = service.world.calls[call_id(number)].channel.step
    await service.inbox.submit(
        events.DigitsEntered(at=now(), call_id=call_id(number), step=step, digits="1")
    )
    return service.world.calls[call_id(number)]


@pytest.mark.parametrize("by_s", [3600.0, -3600.0])
async def test_the_wall_clock_is_set_by_an_hour(
    published: Settings, monkeypatch: pytest.MonkeyPatch, by_s: float
) -> None:
    """While it runs, and once more while it does not: the line is what it was, by the new time."""
    wall = time.time
    async with running(published) as service:
        first = await waits(service, 1)
        monkeypatch.setattr(time, "time", lambda: wall() + by_s)
        await until(lambda: service.world.calls[call_id(1)] != first)
        await waits(service, 2)
        stands_by_the_wall(service, first, by_s)
        assert list(service.world.matcher.line.in_order()) == [call_id(1), call_id(2)]
    monkeypatch.setattr(time, "time", wall)
    async with running(published) as service:
        await waits(service, 3)
        stands_by_the_wall(service, first, 0.0)
        order = [call_id(1), call_id(2), call_id(3)]
        places = {key: service.world.calls[key].queueing.place_at or 0.0 for key in order}
        assert sorted(order, key=places.__getitem__) == order


def stands_by_the_wall(service: Running, first: Call, by_s: float) -> None:
    """The call stands where it stood, by the wall's time."""
    place_at = service.world.calls[first.call_id].queueing.place_at
    assert first.queueing.place_at is not None
    assert place_at == pytest.approx(first.queueing.place_at + by_s, abs=0.5)
    assert now() == pytest.approx(time.time(), abs=0.5)


async def begin_shift(service: Running) -> Session:
    """The agent logs in and opens the desk, whose phone gets a secret."""
    session = await service.ports.accounts.log_in("agent", PASSWORD, address="192.0.2.1")
    await service.ports.desks.open(session.person)
    assert service.world.agents["a1"].state is State.NOT_READY
    return session


@pytest.mark.parametrize("words", [["disable", "agent"], ["agent"]])
async def test_who_may_not_log_in_any_more_is_not_at_work(
    published: Settings, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """Switched off, or with another password, from a shell: logged out at once, phone and all."""
    monkeypatch.setattr(getpass, "getpass", lambda _: "cita laba parole")
    async with database.opened(published.database) as storage:
        accounts = AccountService(storage, passwords=QUICK)
        await accounts.create_user("agent", PASSWORD, name="A", role="agent", agent_id="a1")
    async with running(published) as service:
        await until(paths.control(published).is_socket)
        session = await begin_shift(service)
        directory = Directory(paths.directory(published))
        secret = directory.secret("a-1")
        assert await work(user.app, words, published) == 0
        await until(lambda: service.world.agents["a1"].state is State.LOGGED_OUT)
        await until(lambda: directory.secret("a-1") != secret)
        assert await service.ports.accounts.session(session.token) is None


async def looked(settings: Settings) -> Answer:
    """The service has compared who is at work with the sessions, half a minute early."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            with suppress(NotRunning):  # the file may be the last service's
                return await ask(paths.control(settings), {"do": "sessions-ended"})
            await asyncio.sleep(0.01)


async def test_a_session_that_ended_while_no_service_ran(published: Settings) -> None:
    """Whoever was at work before is not any more, at once; whoever still has a session is."""
    async with database.opened(published.database) as storage:
        accounts = AccountService(storage, passwords=QUICK)
        await accounts.create_user("agent", PASSWORD, name="A", role="agent", agent_id="a1")
    async with running(published) as service:
        await begin_shift(service)
        secret = Directory(paths.directory(published)).secret("a-1")
    async with running(published) as service:
        assert await looked(published) == {"ok": True}
        assert service.world.agents["a1"].state is State.NOT_READY
    async with database.opened(published.database) as storage:
        await AccountService(storage).set_active("agent", active=False)
    async with running(published) as service:
        await until(lambda: service.world.agents["a1"].state is State.LOGGED_OUT)
        directory = Directory(paths.directory(published))
        await until(lambda: directory.secret("a-1") != secret)


async def test_a_citizen_is_erased_while_it_runs(
    published: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the command line, over the service's socket; and the audit row joins the chain."""
    async with running(published) as service:
        arrived = events.CallArrived(
            at=now(),
            call_id=call_id(1),
            channel="PJSIP/carrier-1",
            channel_id="1.1",
            caller="+37120000001",
            dialled="60000100",
        )
        await service.inbox.submit(arrived)
        monkeypatch.setattr("sys.stdin", io.StringIO("20000001"))
        assert await work(person.app, ["erase", "--reason", "x"], published) == 1
        assert "still open" in capsys.readouterr().err
        await service.inbox.submit(events.CallerHungUp(at=now(), call_id=call_id(1)))
        monkeypatch.setattr("sys.stdin", io.StringIO("20000001"))
        assert await work(person.app, ["erase", "--reason", "x"], published) == 0
        assert [call.caller for call in service.world.ended] == [None]
        await until(paths.audit_head(published).exists)
    capsys.readouterr()
    assert await work(audit.app, ["verify"], published) == 0
    assert "hold together" in capsys.readouterr().out


async def test_an_alert_goes_out_by_e_mail_while_nobody_looks(published: Settings) -> None:
    """From a figure of the board to a letter on a real mail server, with no board open; the rule is
    the page's, and the alert is seen to on the page."""
    letters = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(letters, loop=loop), "127.0.0.1", 0)
    given = published.model_copy(
        update={
            "smtp_host": "127.0.0.1",
            "smtp_port": server.sockets[0].getsockname()[1],
            "smtp_security": "none",
            "smtp_sender": "zvani@vpm.example",
        }
    )
    rule = RuleText(
        name="Neviens nav gatavs",
        figure="ready",
        side="below",
        threshold="1",
        after="0",
        mail="anna@ludza.example",
    )
    leader = Person(user_id="u", name="Gunta", grants=frozenset({Grant(role="supervisor")}))
    async with server:
        async with running(given) as service:
            await service.ports.alerts.save("", rule, person=leader)
            # Where nothing happens, the board goes round each ten seconds.
            await until(lambda: bool(letters.got), within_s=30.0)
            (alert,) = (await service.ports.alerts.page(leader)).standing
            assert alert.name == "Neviens nav gatavs"
            board = service.ports.board
            await until(lambda: "alert" in {one.code for one in board.view(leader).alarms})
            await service.ports.alerts.seen(alert.alert_id, "Zvanu", person=leader)
            await until(lambda: "alert" not in {one.code for one in board.view(leader).alarms})
        async with running(given) as service:
            (again,) = (await service.ports.alerts.page(leader)).standing
            assert again.alert_id == alert.alert_id
    assert len(letters.got) == 1


class Mailbox:
    """What a mail server has taken."""

    def __init__(self) -> None:
        self.got: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        """See aiosmtpd."""
        self.got.append(bytes(envelope.original_content or b""))
        return "250 OK"
