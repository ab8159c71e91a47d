"""What happens while a snapshot is taken, against a scripted manager port: the newer fact wins."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contactcentre.core import events
from contactcentre.telephony.ami import AmiSettings
from contactcentre.telephony.asterisk import Asterisk, Order
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.fallback_log import FallbackLog, FallbackReader
from contactcentre.telephony.genuine import CHANNEL
from contactcentre.telephony.pressed_keys import PressedKeys
from contactcentre.telephony.scripted import Answer, ManagerSession, ScriptedManager
from contactcentre.telephony.trunks import Trunks
from contactcentre.testing import History, network, profile

pytestmark = pytest.mark.integration

SECRET = "s3cret-of-the-test"
CONTACT = "sip:a-1@192.0.2.1:5060"

Action = dict[str, str]


@dataclass
class Told:
    """A World that is told by the link, and when it has the snapshot."""

    history: History = field(default_factory=lambda: History(network(profile(1))))
    snapshots: int = 0
    endpoints: list[str] = field(default_factory=lambda: ["a-1"])
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def post(self, event: events.Event) -> None:
        self.history.apply(event)
        self.snapshots += isinstance(event, events.SnapshotTaken)
        self.news.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not holds():
                self.news.clear()
                await self.news.wait()


HEAD = (("Privilege", "call,all"), ("Timestamp", "1700000000.000001"))


def contact(session: ManagerSession, status: str, uri: str = CONTACT) -> None:
    """The exchange tells of the phone `a-1`."""
    session.event(
        "ContactStatus",
        *HEAD,
        ("URI", uri),
        ("ContactStatus", status),
        ("AOR", "a-1"),
        ("EndpointName", "a-1"),
        ("RoundtripUsec", ""),
    )


def has(value: str, happens: Callable[[ManagerSession], None] = lambda _: None) -> Answer:
    """The answer to whether the phone has a contact, and what happens then."""

    def answer(session: ManagerSession, action: Action) -> None:
        of_phone = "CONTACTS" in action["variable"]
        session.respond(action, ("Value", value if of_phone else "1700000000"))
        if of_phone:
            happens(session)

    return answer


def lists(*channels: tuple[tuple[str, str], ...]) -> Answer:
    """All channels."""

    def answer(session: ManagerSession, action: Action) -> None:
        session.list_items(action, ())
        for headers in channels:
            rest = (("Application", ""), ("ApplicationData", ""), ("BridgeId", "b"))
            session.event("CoreShowChannel", ("ActionID", action["actionid"]), *headers, *rest)
        session.list_end(action)

    return answer


def then(answer: Answer, happens: Callable[[ManagerSession], None]) -> Answer:
    """Something happens right after an answer."""

    def both(session: ManagerSession, action: Action) -> None:
        answer(session, action)
        happens(session)

    return both


@pytest.fixture
async def manager() -> AsyncIterator[ScriptedManager]:
    """An exchange without calls, whose one phone has no contact."""
    async with ScriptedManager.listening(secret=SECRET) as manager:
        manager.answers |= {"Getvar": has(""), "CoreShowChannels": lists()}
        yield manager


@asynccontextmanager
async def linked(manager: ScriptedManager, folder: Path) -> AsyncIterator[Told]:
    """The link is up, and the snapshot has been told."""
    told, log = Told(), FallbackLog(folder / "fallback.sqlite")
    log.create()
    orders: asyncio.Queue[Order] = asyncio.Queue()
    asterisk = Asterisk(
        AmiSettings(host="127.0.0.1", port=manager.port, username="cc", secret=SECRET),
        post=told.post,
        orders=orders,
        endpoints=lambda: tuple(told.endpoints),
        holding=dict,
        recalling=lambda call_id: None,
        parking=lambda call_id, leg_id: None,
        dialled=lambda event: None,
        present=lambda at, channels: None,
        heartbeat="CC_BEAT",
        fallback=FallbackReader(log, told.post),
        trunks=Trunks(Directory(folder / "directory.sqlite"), orders.put_nowait),
        keys=PressedKeys(),
    )
    task = asyncio.create_task(asterisk.run())
    try:
        await told.until(lambda: told.snapshots > 0)
        yield told
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_registration_in_a_snapshot_counts(
    manager: ScriptedManager, tmp_path: Path
) -> None:
    """It came after the phone had been asked for, and before the list of channels was over."""
    manager.answers["Getvar"] = has("", lambda session: contact(session, "Created"))
    async with linked(manager, tmp_path) as told:
        await told.until(lambda: told.history.agent(1).phone)
        assert told.history.agent(1).contact == CONTACT


async def test_a_registration_before_the_question_is_not_undone(
    manager: ScriptedManager, tmp_path: Path
) -> None:
    """The old contact's end comes after the list, and is the old one's still."""

    def reloads(session: ManagerSession) -> None:
        contact(session, "Created", "sip:new")
        contact(session, "Removed", "sip:old")

    manager.answers["Getvar"] = has("PJSIP/a-1/sip:new")
    manager.answers["CoreShowChannels"] = then(lists(), reloads)
    async with linked(manager, tmp_path) as told:
        await told.until(lambda: told.history.agent(1).contact == "sip:new")
        assert told.history.agent(1).phone


async def test_a_phone_that_goes_in_a_snapshot_is_gone(
    manager: ScriptedManager, tmp_path: Path
) -> None:
    """It was there when it was asked for, and is not when it is asked for again."""

    def goes(session: ManagerSession) -> None:
        manager.answers["Getvar"] = has("")
        contact(session, "Removed")

    manager.answers["Getvar"] = has(f"PJSIP/a-1/{CONTACT}", goes)
    async with linked(manager, tmp_path) as told:
        assert told.history.world.telephony
        await told.until(lambda: not told.history.agent(1).phone)


async def test_a_foreign_talk_that_ends_in_a_snapshot_is_over(
    manager: ScriptedManager, tmp_path: Path
) -> None:
    """The list has it still; else its phone would be busy for ever."""
    known = {"Channel": "PJSIP/a-1-00000007", "Uniqueid": "9.2", "Linkedid": "9.1"}
    leg = tuple((name, known.get(name, "")) for name in CHANNEL)

    def ends(session: ManagerSession) -> None:
        session.event("Hangup", *HEAD, *leg, ("Cause", "16"), ("Cause-txt", "Normal Clearing"))

    manager.answers["CoreShowChannels"] = then(lists(leg), ends)
    async with linked(manager, tmp_path) as told:
        assert not told.history.agent(1).busy


async def test_who_logs_in_during_a_snapshot_is_asked_for_too(
    manager: ScriptedManager, tmp_path: Path
) -> None:
    """The list of phones had been made by then."""
    asked = has(f"PJSIP/a-1/{CONTACT}")
    async with linked(manager, tmp_path) as told:
        session = await manager.session()

        def logs_in(_: ManagerSession) -> None:
            told.endpoints.append("a-1")

        told.endpoints.clear()
        manager.answers |= {"Getvar": asked, "CoreShowChannels": then(lists(), logs_in)}
        session.cut()
        await told.until(lambda: told.snapshots > 1)
        assert told.history.agent(1).phone


async def test_a_snapshot_that_fails_is_taken_again(
    manager: ScriptedManager, tmp_path: Path
) -> None:
    """The link stays up, so no other snapshot would come."""
    answers = iter([lambda session, action: session.respond(action, ("Response", "Error"))])
    usual = manager.answers["CoreShowChannels"]
    manager.answers["CoreShowChannels"] = lambda session, action: next(answers, usual)(
        session, action
    )
    async with linked(manager, tmp_path) as told:
        assert told.history.world.telephony
        assert len(manager.sessions) == 1
