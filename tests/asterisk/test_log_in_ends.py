"""A log-in ends: its phone rings no more, and the secret it was given is worthless."""

from __future__ import annotations

import asyncio
import getpass
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from contactcentre import paths
from contactcentre.app.control import ask
from contactcentre.cli import phone, user
from contactcentre.cli.command import work
from contactcentre.storage import tables as models
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import Pbx
from lab.agent import Desk
from lab.hotline import Rehearsal, hears_speech, rehearsal, sample_passwords, until
from lab.telephone import CallRefused, PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]

HOTLINE, CITIZEN, BENEFITS = "60000100", "+37120000001", "1"
AGENT = "ilze.ritausma"
WITHIN_S: Final = 2.0
"""So soon after somebody may no more, it is so."""

LogIn = Callable[[Pbx], Awaitable[Any]]
End = Callable[[Rehearsal, Desk], Awaitable[None]]


@pytest.fixture
async def hotline(
    sample_home: Path, tmp_path: Path, free_port: Callable[[], int]
) -> AsyncIterator[Rehearsal]:
    """A running hotline; its agents sit at browsers."""
    home = tmp_path / "home"
    await asyncio.to_thread(shutil.copytree, sample_home, home)
    async with rehearsal(home, free_port) as ready:
        await ready.edit(models.queues, ring_s=20, wrap_up_s=60)
        await ready.edit(models.centres, calendar_id=None)
        await ready.sql("UPDATE flows SET document = replace(document, '[wait.thanks]', '[]')")
        await ready.start_service()
        yield ready
        await ready.pbx.kill()


@dataclass
class AtWork:
    """An agent at a browser, whose telephone is a plain one that has its log-in."""

    hotline: Rehearsal
    desk: Desk
    phone: Telephone
    endpoint: str
    secret: str
    ami: Any

    async def contacts(self) -> str:
        """Where Asterisk would ring."""
        asked = f"PJSIP_DIAL_CONTACTS({self.endpoint})"
        return str((await self.ami.act("Getvar", Variable=asked))["Value"])

    async def is_out(self, within_s: float = WITHIN_S) -> None:
        """Nothing rings, and nothing registers."""

        async def holds() -> bool:
            return await self.contacts() == ""

        await until(holds, "the phone is registered still", within_s)
        with pytest.raises(CallRefused):
            await self.phone.register(self.endpoint, self.secret)
        assert await self.contacts() == ""

    async def answers(self) -> PhoneCall:
        """The receiver is lifted when it rings."""
        async with asyncio.timeout(10):
            return await (await self.phone.ringing.get()).answer()


@asynccontextmanager
async def at_work(hotline: Rehearsal, log_in: LogIn) -> AsyncIterator[AtWork]:
    """Ready for calls."""
    async with hotline.desk(AGENT) as desk, hotline.telephone("127.0.0.1") as telephone:
        login = desk.phone
        endpoint = login["uri"].removeprefix("sip:").partition("@")[0]
        # The one thing of a browser that a plain telephone is not: it speaks no WebRTC.
        with closing(sqlite3.connect(paths.directory(hotline.settings))) as rows:
            rows.execute("UPDATE ps_endpoints SET webrtc = 'no' WHERE id = ?", (endpoint,))
            rows.commit()
        await telephone.register(endpoint, login["password"])
        await desk.until(lambda view: view["phone"])
        await desk.command("microphone", granted=True)
        await desk.command("ready")
        await desk.until_state("READY", "RESERVED")
        ami = await log_in(hotline.pbx)
        yield AtWork(hotline, desk, telephone, endpoint, login["password"], ami)


async def logs_out(hotline: Rehearsal, desk: Desk) -> None:
    """By the page."""
    await desk.log_out()


async def is_switched_off(hotline: Rehearsal, desk: Desk) -> None:
    """From a shell."""
    assert await work(user.app, ["disable", AGENT], hotline.settings) == 0


async def gets_a_password(hotline: Rehearsal, desk: Desk) -> None:
    """From a shell."""
    with pytest.MonkeyPatch.context() as terminal:
        terminal.setattr(getpass, "getpass", lambda _: "cita laba parole")
        assert await work(user.app, [AGENT], hotline.settings) == 0


async def expires(hotline: Rehearsal, desk: Desk) -> None:
    """By age; it is looked half a minute early."""
    await hotline.sql("UPDATE sessions SET started_at = 0")
    await ask(paths.control(hotline.settings), {"do": "sessions-ended"})


ENDS = {
    "log-out": logs_out,
    "deactivation": is_switched_off,
    "password change": gets_a_password,
    "expiry": expires,
}
every_end = pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())


async def rings_in(citizen: Telephone) -> PhoneCall:
    """A citizen is through the menu."""
    talk = await citizen.call(HOTLINE, CITIZEN)
    await hears_speech(talk)
    talk.media.press(BENEFITS)
    return talk


@every_end
async def test_a_free_agent(hotline: Rehearsal, log_in: LogIn, end: End) -> None:
    """Within two seconds the page is closed, the registration gone and the secret refused; the
    next citizen waits, also when the service dies and the telephones ring by themselves."""
    async with at_work(hotline, log_in) as agent, hotline.telephone() as citizen:
        began = time.monotonic()
        await end(hotline, agent.desk)
        await agent.is_out()
        assert time.monotonic() - began < WITHIN_S + 1
        call = await rings_in(citizen)
        await hotline.until_calls(waiting=1)
        await hotline.kill_service()
        await hears_speech(call)  # the fallback queue has nobody, and says so
        assert agent.phone.ringing.empty()


@every_end
async def test_an_agent_who_is_rung(hotline: Rehearsal, log_in: LogIn, end: End) -> None:
    """It stops ringing, and the citizen keeps the place."""
    async with at_work(hotline, log_in) as agent, hotline.telephone() as citizen:
        await rings_in(citizen)
        async with asyncio.timeout(10):
            ringing = await agent.phone.ringing.get()
        await end(hotline, agent.desk)
        async with asyncio.timeout(WITHIN_S):
            await ringing.cancelled.wait()
        await agent.is_out()
        await hotline.until_calls(waiting=1)


@every_end
async def test_an_agent_who_talks(hotline: Rehearsal, log_in: LogIn, end: End) -> None:
    """The talk is talked to its end; from then on it is as for all others: no wrap-up keeps the
    secret alive."""
    async with at_work(hotline, log_in) as agent, hotline.telephone() as citizen:
        call = await rings_in(citizen)
        talk = await agent.answers()
        await hotline.until_calls(talking=1)
        await end(hotline, agent.desk)
        await talk.media.hears(100)
        assert not talk.ended.is_set()
        assert await agent.contacts() != ""
        await call.hang_up()
        await agent.is_out()


@every_end
async def test_an_agent_in_wrap_up(hotline: Rehearsal, log_in: LogIn, end: End) -> None:
    """Nobody talks: at once."""
    async with at_work(hotline, log_in) as agent, hotline.telephone() as citizen:
        call = await rings_in(citizen)
        await agent.answers()
        await hotline.until_calls(talking=1)
        await call.hang_up()
        await agent.desk.until_state("WRAP_UP")
        await end(hotline, agent.desk)
        await agent.is_out()


async def test_one_of_two_sessions_of_a_user(hotline: Rehearsal, log_in: LogIn) -> None:
    """In mid-talk: the secret that both knew is refused, the page that goes on is told another and
    registers with it, and the talk is not touched."""
    async with at_work(hotline, log_in) as agent, hotline.telephone() as citizen:
        await rings_in(citizen)
        talk = await agent.answers()
        await hotline.until_calls(talking=1)
        async with hotline.client(AGENT) as other:
            await agent.desk.end_other_sessions(sample_passwords(hotline.settings)[AGENT])
            account = f"{hotline.settings.panel_origin}/account"
            async with other.get(account, allow_redirects=False) as answer:
                assert answer.status == 401
        await agent.desk.until(lambda _: agent.desk.phone.get("password") != agent.secret)
        assert await agent.contacts() == ""
        with pytest.raises(CallRefused):
            await agent.phone.register(agent.endpoint, agent.secret)
        await agent.phone.register(agent.endpoint, agent.desk.phone["password"])
        assert await agent.contacts() != ""
        await talk.media.hears(50)
        assert not talk.ended.is_set()


@pytest.mark.parametrize("end", [is_switched_off, gets_a_password])
async def test_while_no_service_runs(hotline: Rehearsal, log_in: LogIn, end: End) -> None:
    """The shell does it by itself: the fallback queue, which then rings, has nobody there. The
    service that comes back knows."""
    async with at_work(hotline, log_in) as agent, hotline.telephone() as citizen:
        await hotline.kill_service()
        await end(hotline, agent.desk)
        await agent.is_out()
        await hears_speech(await citizen.call(HOTLINE, CITIZEN))
        assert agent.phone.ringing.empty()
        await hotline.start_service()
        await hotline.until_calls(menu=1)
        assert agent.phone.ringing.empty()


async def test_a_service_that_dies_between_the_log_out_and_its_orders(
    hotline: Rehearsal, log_in: LogIn
) -> None:
    """The journal has the log-out, the directory not yet: the next start catches up."""
    async with at_work(hotline, log_in) as agent:
        await agent.desk.log_out()
        await agent.is_out()
        await hotline.kill_service()
        # As it stands where the process has died in between:
        directory = Directory(paths.directory(hotline.settings))
        await asyncio.to_thread(directory.enrol, agent.endpoint, agent.secret, kind="browser")
        await agent.phone.register(agent.endpoint, agent.secret)
        assert await agent.contacts() != ""
        await hotline.start_service()
        await agent.is_out()


async def test_a_telephone_on_a_table(hotline: Rehearsal, log_in: LogIn) -> None:
    """It stays registered over log-outs and rings nobody's calls meanwhile; with the account
    switched off, or by hand, it is revoked, registration and all."""
    agent_id = await hotline.agent_id(AGENT)
    await hotline.edit(models.agents, agent_id, device="desk")
    await hotline.kill_service()
    await hotline.start_service()
    ami = await log_in(hotline.pbx)
    async with hotline.agent(AGENT) as one, hotline.telephone() as citizen:
        endpoint, secret = await hotline.phone_log_in(AGENT)
        agent = AtWork(hotline, one.desk, one.phone, endpoint, secret, ami)
        await one.desk.log_out()
        await rings_in(citizen)
        await hotline.until_calls(waiting=1)
        assert one.phone.ringing.empty()
        await one.phone.register(endpoint, secret)
        await is_switched_off(hotline, one.desk)
        await agent.is_out()
        await asyncio.to_thread(
            Directory(paths.directory(hotline.settings)).enrol, endpoint, secret, kind="desk"
        )
        await one.phone.register(endpoint, secret)
        assert await work(phone.app, ["revoke", agent_id], hotline.settings) == 0
        await agent.is_out()
        assert one.phone.ringing.empty()


@every_end
async def test_an_agent_at_a_mobile(
    sample_home: Path, tmp_path: Path, free_port: Callable[[], int], end: End
) -> None:
    """It rings no more, with the service or without it."""
    home = tmp_path / "mobile"
    await asyncio.to_thread(shutil.copytree, sample_home, home)
    async with rehearsal(home, free_port) as hotline:
        await hotline.edit(models.centres, calendar_id=None)
        agent_id = await hotline.agent_id(AGENT)
        await hotline.edit(models.agents, agent_id, device="mobile", mobile="+37120000777")
        await hotline.start_service()
        async with hotline.telephone(rung=True) as carrier, hotline.desk(AGENT) as desk:
            await desk.command("ready")
            await desk.until_state("READY")
            call = await rings_in(carrier)
            async with asyncio.timeout(20):
                ringing = await carrier.ringing.get()
            await end(hotline, desk)
            async with asyncio.timeout(WITHIN_S):
                await ringing.cancelled.wait()
            await hotline.until_calls(waiting=1)
            await hotline.kill_service()
            await hears_speech(call)
            assert carrier.ringing.empty()
        await hotline.pbx.kill()
