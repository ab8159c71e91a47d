"""The leash, and what holds the caller when nobody holds the leash."""

import asyncio
import sqlite3
import time
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path
from typing import Any

import pytest

from contactcentre.telephony import heartbeat
from contactcentre.telephony.agi import AgiLimits, AgiServer, AgiSession
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import Pbx
from lab import g711
from lab.sipp import SippCalls, SippOutcome, ringing
from lab.telephone import PhoneCall, Telephone, telephone

pytestmark = pytest.mark.asterisk

HOTLINE = "60000100"
CITIZEN = "+37120000001"


# Every byte of A-law in turn: a rasp far louder than any music.
VOICE = bytes(range(256)) * 400
VOICE_LOUDNESS = 0.1
MUSIC_LOUDNESS = 0.0005


async def hears(talk: PhoneCall, loudness: float, below: float = 1.0) -> None:
    """Return when the last fifth of a second was so loud."""
    while not loudness < g711.loudness(talk.media.heard(0.2)) < below:
        await talk.media.hears(5)


def citizen_of(pbx: Pbx) -> AbstractAsyncContextManager[Telephone]:
    """A telephone behind the carrier of that Asterisk."""
    return telephone("127.0.0.2", ("127.0.0.1", pbx.settings.sip_port))


def silence_counts_after(pbx: Pbx, seconds: int) -> None:
    """A minute for desk phones is long for a test."""
    with closing(sqlite3.connect(pbx.settings.directory)) as db, db:
        db.execute("UPDATE ps_endpoints SET rtp_timeout = ?", (str(seconds),))


async def warned(pbx: Pbx, text: str, talk: PhoneCall) -> None:
    """Return when the log of Asterisk has that text; what is heard meanwhile is the clock."""
    while not any(text in line for line in pbx.log_lines()):
        await talk.media.hears(5)


async def test_the_service_holds_a_caller(citizen: Telephone, service: Any) -> None:
    """The number dialled and the caller's number arrive; music, keys and the end work."""
    talk = await citizen.call(HOTLINE, CITIZEN)
    call = await service.calls.get()
    assert call.environment["agi_extension"] == HOTLINE
    assert call.environment["agi_callerid"] == CITIZEN
    await call.command("SET MUSIC ON default")
    await hears(talk, MUSIC_LOUDNESS)
    await talk.hang_up()
    assert await call.line() == "HANGUP"


async def test_an_international_number_is_the_same_hotline(
    citizen: Telephone, service: Any
) -> None:
    """A carrier that sends +371... reaches the leash, with digits only."""
    await citizen.call("+37160000100", CITIZEN)
    call = await service.calls.get()
    assert call.environment["agi_extension"] == "37160000100"


async def test_keys_arrive_over_ami(ami: Any, citizen: Telephone, service: Any) -> None:
    """A doubled key is two keys."""
    talk = await citizen.call(HOTLINE, CITIZEN)
    await service.calls.get()
    talk.media.press("11#")
    assert [(await ami.event("DTMFEnd"))["Digit"] for _ in range(3)] == ["1", "1", "#"]


async def test_a_dead_service_is_asked_again(citizen: Telephone, service: Any) -> None:
    """When the socket breaks, the same caller comes with the next request, place and all."""
    talk = await citizen.call(HOTLINE, CITIZEN)
    first = await service.calls.get()
    await first.command("SET VARIABLE CC_QUEUE parish")
    first.drop()
    second = await service.calls.get()
    assert second.environment["agi_uniqueid"] == first.environment["agi_uniqueid"]
    assert second.environment["agi_extension"] == HOTLINE
    assert await second.command("GET VARIABLE CC_QUEUE") == "200 result=1 (parish)"
    assert not talk.ended.is_set()


async def test_the_next_address_takes_over(start_pbx: Any, free_port: Any, service_at: Any) -> None:
    """With the first service gone the second is asked within the same round."""
    dead, alive = free_port(), free_port()
    pbx = await start_pbx(agi=(f"127.0.0.1:{dead}", f"127.0.0.1:{alive}"))
    async with service_at(alive) as service, citizen_of(pbx) as phone:
        await phone.call(HOTLINE, CITIZEN)
        async with asyncio.timeout(0.9):
            await service.calls.get()


async def test_the_service_may_end_a_call(citizen: Telephone, service: Any) -> None:
    """CC_DONE set before the socket closes ends the call."""
    talk = await citizen.call(HOTLINE, CITIZEN)
    call = await service.calls.get()
    await call.command("SET VARIABLE CC_DONE 1")
    call.drop()
    async with asyncio.timeout(5):
        await talk.ended.wait()


async def test_a_redirected_caller_is_back_on_the_leash(
    ami: Any, citizen: Telephone, service: Any
) -> None:
    """A Redirect to cc-return ends one AGI request and starts the next, on the same hotline."""
    await citizen.call(HOTLINE, CITIZEN)
    first = await service.calls.get()
    target = {"Context": "cc-return", "Exten": "s", "Priority": "1"}
    await ami.act("Redirect", Channel=first.environment["agi_channel"], **target)
    assert await first.line() == "HANGUP"
    first.drop()
    second = await service.calls.get()
    assert second.environment["agi_extension"] == HOTLINE


async def test_a_citizen_rung_by_us_is_on_the_leash(
    start_pbx: Any, free_port: Any, log_in: Any, service_at: Any
) -> None:
    """A call originated to a citizen goes to the carrier, and when answered to the service."""
    sip, agi = free_port(), free_port()
    pbx = await start_pbx(sip_port=sip, agi=(f"127.0.0.1:{agi}",))
    ami = await log_in(pbx)
    async with (
        service_at(agi) as service,
        telephone("127.0.0.2", ("127.0.0.1", sip), sip) as phone,
    ):
        target = {"Context": "cc-return", "Exten": "s", "Priority": "1"}
        hotline = {"Variable": f"CC_HOTLINE={HOTLINE}", "CallerID": HOTLINE, "Async": "true"}
        await ami.act("Originate", Channel=f"PJSIP/{CITIZEN}@carrier_hotline", **target, **hotline)
        rung = await phone.ringing.get()
        assert rung.caller == HOTLINE
        assert rung.dialled == CITIZEN
        await rung.answer()
        call = await service.calls.get()
        assert call.environment["agi_extension"] == HOTLINE


async def test_an_agent_takes_a_talk_up_again(
    ami: Any, citizen: Telephone, agent: Telephone, service: Any
) -> None:
    """A leg originated into cc-rejoin is joined with the caller, who has waited with music."""
    talk = await citizen.call(HOTLINE, CITIZEN)
    call = await service.calls.get()
    await call.command("SET MUSIC ON default")
    target = {"Context": "cc-rejoin", "Exten": "s", "Priority": "1", "Async": "true"}
    caller = f"CC_CALLER={call.environment['agi_channel']}"
    await ami.act("Originate", Channel="PJSIP/a-1", **target, Variable=caller)
    answered = await (await agent.ringing.get()).answer()
    answered.media.say(VOICE)
    await hears(talk, VOICE_LOUDNESS)


async def test_without_a_service_a_logged_in_agent_answers(
    citizen: Telephone, agent: Telephone
) -> None:
    """The fallback queue joins a caller with a desk phone, and the end of the talk is the end."""
    talk = await citizen.call(HOTLINE, CITIZEN)
    rung = await agent.ringing.get()
    assert rung.caller == CITIZEN
    answered = await rung.answer()
    answered.media.say(VOICE)
    await hears(talk, VOICE_LOUDNESS)
    await answered.hang_up()
    async with asyncio.timeout(5):
        await talk.ended.wait()


async def test_the_fallback_queue_serves_the_oldest_first(
    citizen: Telephone, agent: Telephone, service: Any
) -> None:
    """All fall into it at the same time, when the service dies; each keeps the place."""
    for number in range(5):
        talk = await citizen.call(HOTLINE, f"+3712000000{number}")
        call = await service.calls.get()
        await call.command("SET MUSIC ON default")
        await talk.media.hears(150)
    service.die()
    for number in range(3):
        rung = await agent.ringing.get()
        assert rung.caller == f"+3712000000{number}"
        talk = await rung.answer()
        await talk.media.hears(10)
        await talk.hang_up()


async def test_a_paused_agent_is_not_rung(
    citizen: Telephone, agent: Telephone, directory: Directory
) -> None:
    """Whoever serves a visitor is left alone, and rung as soon as he is ready."""
    directory.set_member("a-1", paused=True)
    talk = await citizen.call(HOTLINE, CITIZEN)
    await talk.media.hears(200)
    assert agent.ringing.empty()
    directory.set_member("a-1", paused=False)
    await agent.ringing.get()


async def test_nobody_at_all(pbx: Pbx, citizen: Telephone, service_at: Any) -> None:
    """With nobody logged in the caller is told so, hears music, and is not hung up."""
    pbx.settings.prompts.joinpath("lv").mkdir(parents=True)
    g711.write(pbx.settings.prompts / "lv" / "error.sorry.wav", VOICE[:4000])
    talk = await citizen.call(HOTLINE, CITIZEN)
    await hears(talk, VOICE_LOUDNESS)
    await hears(talk, MUSIC_LOUDNESS, below=VOICE_LOUDNESS)
    assert not talk.ended.is_set()


async def test_a_service_whose_heart_has_stopped_is_not_asked(
    pbx: Pbx, ami: Any, citizen: Telephone, agent: Telephone, service: Any
) -> None:
    """It would take the call and never answer. When its heart beats again, it is asked."""
    alive = heartbeat.variable(pbx.settings.agi[0])
    await ami.act("Setvar", Variable=alive, Value=f"{time.time() - 60:.0f}")
    talk = await citizen.call(HOTLINE, CITIZEN)
    await hears(talk, MUSIC_LOUDNESS)
    async with asyncio.timeout(15):
        await agent.ringing.get()
    assert service.calls.empty()
    await ami.act("Setvar", Variable=alive, Value=f"{time.time():.0f}")
    await citizen.call(HOTLINE, CITIZEN)
    await service.calls.get()


async def test_a_service_that_is_full_lets_the_first_in_first(
    pbx: Pbx, citizen: Telephone, agent: Telephone
) -> None:
    """The surplus hears music and is not served by the fallback queue before those on the leash."""
    held: asyncio.Queue[AgiSession] = asyncio.Queue()

    async def hold(session: AgiSession) -> None:
        held.put_nowait(session)
        await session.wait_hangup()

    server = AgiServer(hold, limits=AgiLimits(sessions=1))
    port = int(pbx.settings.agi[0].rpartition(":")[2])
    serving = asyncio.create_task(server.serve("127.0.0.1", port, ready=lambda _port: None))
    callers = [f"+3712000000{number}" for number in range(3)]
    talks = [await citizen.call(HOTLINE, caller) for caller in callers]
    for talk in talks[1:]:
        await hears(talk, MUSIC_LOUDNESS)
        await talk.media.hears(250)
    for talk, caller in zip(talks, callers, strict=True):
        session = await held.get()
        assert session.env["agi_callerid"] == caller
        await talk.hang_up()
    assert agent.ringing.empty()
    serving.cancel()
    await asyncio.wait([serving])


async def test_the_service_is_looked_for_from_the_fallback(
    start_pbx: Any, free_port: Any, service_at: Any
) -> None:
    """A caller who has come to the fallback gets to the service that is back."""
    agi = free_port()
    pbx = await start_pbx(agi=(f"127.0.0.1:{agi}",), tries=1, fallback_round_s=1)
    async with citizen_of(pbx) as phone:
        talk = await phone.call(HOTLINE, CITIZEN)
        await warned(pbx, "Unable to join queue", talk)
        async with service_at(agi) as service:
            assert (await service.calls.get()).environment["agi_extension"] == HOTLINE


@pytest.mark.parametrize(("usual_s", "said_s"), [(2, ""), (60, "2"), (1, "0")])
async def test_who_is_on_hold_is_spoken_to_without_a_service(
    start_pbx: Any, free_port: Any, service_at: Any, tmp_path: Path, usual_s: int, said_s: str
) -> None:
    """The word that the service would say, in the caller's language and as often as it has said
    (0 is never), and music again, as long as the leg of the agent who holds is there."""
    (tmp_path / "ru").mkdir()
    g711.write(tmp_path / "ru" / "hold.still.wav", VOICE[: g711.RATE_HZ])
    agi = free_port()
    pbx = await start_pbx(
        agi=(f"127.0.0.1:{agi}",),
        tries=1,
        hold_word_s=usual_s,
        prompts=tmp_path,
        fallback_round_s=60,
    )
    async with citizen_of(pbx) as phone:
        async with service_at(agi) as service:
            talk = await phone.call(HOTLINE, CITIZEN)
            held = await service.calls.get()
            await phone.call(HOTLINE, CITIZEN)
            holder = (await service.calls.get()).environment["agi_channel"]
            await held.command("EXEC MSet CC_PLACE=benefits|ru|1.000|1.000,DIALSTATUS=")
            await held.command(f"SET VARIABLE CC_HOLDER {holder}")
            await held.command(f'SET VARIABLE CC_WORD_S "{said_s}"')
            service.die()
        if said_s == "0":
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(8):
                    await hears(talk, VOICE_LOUDNESS)
            return
        async with asyncio.timeout(20):
            for _ in range(2):
                await hears(talk, VOICE_LOUDNESS)
                await hears(talk, MUSIC_LOUDNESS, VOICE_LOUDNESS)


async def test_a_talk_outlives_the_service(
    citizen: Telephone, agent: Telephone, service: Any
) -> None:
    """The service dies in a talk: the talk goes on, and a service that is back gets the caller."""
    talk = await citizen.call(HOTLINE, CITIZEN)
    call = await service.calls.get()
    call.send("EXEC Dial PJSIP/a-1,20,gm")
    answered = await (await agent.ringing.get()).answer()
    await talk.media.hears(10)
    call.drop()
    answered.media.say(VOICE)
    await hears(talk, VOICE_LOUDNESS)
    await answered.hang_up()
    again = await service.calls.get()
    assert await again.command("GET VARIABLE DIALSTATUS") == "200 result=1 (ANSWER)"


async def test_a_talk_that_ended_without_a_service_is_over(
    citizen: Telephone, agent: Telephone, service: Any
) -> None:
    """Who has talked is not put into the fallback queue when no service asks for him."""
    talk = await citizen.call(HOTLINE, CITIZEN)
    call = await service.calls.get()
    call.send("EXEC Dial PJSIP/a-1,20,gm")
    answered = await (await agent.ringing.get()).answer()
    await talk.media.hears(10)
    service.die()
    await answered.hang_up()
    async with asyncio.timeout(10):
        await talk.ended.wait()
    assert agent.ringing.empty()


async def test_who_was_fetched_out_of_a_talk_waits_on(
    ami: Any, citizen: Telephone, agent: Telephone, service: Any
) -> None:
    """Music for an agent who is to come back; then the service dies, and others are rung."""
    talk = await citizen.call(HOTLINE, CITIZEN)
    call = await service.calls.get()
    call.send("EXEC Dial PJSIP/a-1,20,gm")
    answered = await (await agent.ringing.get()).answer()
    await talk.media.hears(10)
    target = {"Context": "cc-return", "Exten": "s", "Priority": "1"}
    await ami.act("Redirect", Channel=call.environment["agi_channel"], **target)
    call.drop()
    await service.calls.get()
    async with asyncio.timeout(5):
        await answered.ended.wait()
    service.die()
    async with asyncio.timeout(15):
        await (await agent.ringing.get()).answer()
    assert not talk.ended.is_set()


async def test_whose_agent_fell_silent_without_a_service_waits_on(
    pbx: Pbx, citizen: Telephone, agent: Telephone, service: Any
) -> None:
    """Asterisk ends a leg that sends nothing; its caller has not said goodbye."""
    silence_counts_after(pbx, 2)
    talk = await citizen.call(HOTLINE, CITIZEN)
    call = await service.calls.get()
    call.send("EXEC Dial PJSIP/a-1,20,gmb(cc-offer^s^1(o-1^0))")
    answered = await (await agent.ringing.get()).answer()
    await talk.media.hears(10)
    service.die()
    answered.media.fall_silent()
    async with asyncio.timeout(15):
        await (await agent.ringing.get()).answer()
    assert not talk.ended.is_set()


async def test_load_by_sipp(pbx: Pbx, service: Any) -> None:
    """SIPp citizens ring, press keys and hang up; each is one request."""
    citizens = SippCalls(
        number=HOTLINE,
        pbx_port=pbx.settings.sip_port,
        callers=(CITIZEN, "+37120000002"),
        calls=4,
        rate=20,
        keys="1#",
        keys_after_s=0.1,
        hold_s=0.3,
    )
    async with ringing(citizens) as load:
        callers = {(await service.calls.get()).environment["agi_callerid"] for _ in range(4)}
        assert await load.outcome() == SippOutcome(succeeded=4, failed=0)
    assert callers == {CITIZEN, "+37120000002"}
