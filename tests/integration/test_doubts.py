"""Facts under a name that can be guessed: Asterisk is asked, and has the last word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from contactcentre.core import events
from contactcentre.telephony.ami import Ami, AmiSettings, LinkState, LinkUp
from contactcentre.telephony.doubts import Confirm, Doubtful, Doubts
from contactcentre.telephony.scripted import ManagerSession, ScriptedManager

pytestmark = pytest.mark.integration

CONTACT = "PJSIP/a-1/sip:a-1@192.0.2.5"

GONE = events.PhoneSeen(at=1.0, endpoint="a-1", reachable=False, contact="sip:a-1@192.0.2.5")
BACK = events.PhoneSeen(at=2.0, endpoint="a-1", reachable=True, contact="sip:a-1@192.0.2.5")
BUSY = events.PhoneBusy(at=1.0, endpoint="a-1", busy=True)
FREE = events.PhoneBusy(at=2.0, endpoint="a-1", busy=False)


class Asked:
    """A manager link whose Asterisk says what the test wants of variables."""

    def __init__(self, manager: ScriptedManager, ami: Ami) -> None:
        self.says: dict[str, str] = {}
        self.ami = ami
        self.doubts = Doubts()
        manager.answers["Getvar"] = self._answer

    def _answer(self, session: ManagerSession, action: dict[str, str]) -> None:
        session.respond(action, ("Value", self.says.get(action["variable"], "")))

    async def believes(self, fact: Doubtful) -> bool:
        return await self.doubts.confirmed(fact, self.ami)


@pytest.fixture
async def asked() -> AsyncIterator[Asked]:
    async with ScriptedManager.listening() as manager:
        settings = AmiSettings(host="127.0.0.1", port=manager.port, username="cc", secret="")
        up: asyncio.Queue[LinkState] = asyncio.Queue()
        ami = Ami(settings, on_event=lambda _: None, on_link=up.put_nowait)
        running = asyncio.create_task(ami.run())
        assert isinstance(await up.get(), LinkUp)
        yield Asked(manager, ami)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@pytest.mark.parametrize("fact", [BACK, FREE, events.HoldStarted(at=1.0, offer_id="o")])
def test_good_news_needs_no_question(fact: events.Event) -> None:
    """Nor does what names an offer: nobody outside knows its id."""
    assert Doubts().about(fact) is None


async def test_a_phone_that_can_be_rung_is_not_gone(asked: Asked) -> None:
    """Whoever says so: it is told only when Asterisk has no contact of it."""
    for contacts, gone in ((CONTACT, False), ("", True)):
        asked.says["PJSIP_DIAL_CONTACTS(a-1)"] = contacts
        assert asked.doubts.about(GONE) == Confirm(GONE)
        assert await asked.believes(GONE) is gone


async def test_a_phone_that_is_not_in_use_is_not_busy(asked: Asked) -> None:
    """A talk that nobody is in blocks no agent."""
    for state, busy in (("NOT_INUSE", False), ("INUSE", True), ("RINGINUSE", True)):
        asked.says["DEVICE_STATE(PJSIP/a-1)"] = state
        assert asked.doubts.about(BUSY) == Confirm(BUSY)
        assert await asked.believes(BUSY) is busy


@pytest.mark.parametrize(("fact", "newer"), [(GONE, BACK), (BUSY, FREE)])
async def test_what_has_come_meanwhile_counts(
    asked: Asked, fact: Doubtful, newer: Doubtful
) -> None:
    """The older fact is not told after the newer one."""
    asked.says["DEVICE_STATE(PJSIP/a-1)"] = "INUSE"
    asked.doubts.about(fact)
    asked.doubts.about(newer)
    assert not await asked.believes(fact)


async def test_a_name_that_is_no_phone_is_not_asked_about(asked: Asked) -> None:
    """Nothing of a stranger's becomes part of a question."""
    strange = events.PhoneSeen(at=1.0, endpoint="a-1)${SHELL(id)}", reachable=False, contact="")
    asked.doubts.about(strange)
    assert not await asked.believes(strange)
