"""The service is killed under calls: nobody is lost, nobody loses the place."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from contactcentre.paths import directory, fallback_log, spool
from contactcentre.storage import tables as models
from lab.agent import DeskAgent
from lab.hotline import OFFERS, Rehearsal, hears_speech, until
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

HOTLINE = "60000100"
BENEFITS = "1"
DOCUMENTS = "2"

FIRST, SECOND = "ilze.ritausma", "tatjana.pienenova"

WAITING = 20
IN_MENU = 3
BACK_WITHIN_S = 3.0
AWAY_S = 5.0
"""Without offers, at most, while one release takes the place of another."""
APART_S = 4.0
"""Between callers: the first in the fallback queue is rung for, and waits lead there in order."""


@pytest.fixture
async def citizen(hotline: Rehearsal) -> AsyncIterator[Telephone]:
    """A telephone behind the carrier."""
    async with hotline.telephone() as phone:
        yield phone


@pytest.fixture
async def unannounced(hotline: Rehearsal) -> None:
    """Nobody hears words in line, which Asterisk says to their end before it knows of a death."""
    await hotline.edit(models.queues, announce_s=0)


@pytest.fixture
async def agents(hotline: Rehearsal) -> AsyncIterator[tuple[DeskAgent, DeskAgent]]:
    """A running service and two agents for benefits, ready."""
    await hotline.start_service()
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(hotline.agent(FIRST))
        second = await stack.enter_async_context(hotline.agent(SECOND))
        yield first, second


async def ring(phone: Telephone, keys: str, number: int = 1) -> PhoneCall:
    """Ring the hotline as citizen `number` and press keys in its menu."""
    talk = await phone.call(HOTLINE, f"+371200001{number:02}")
    await hears_speech(talk)
    talk.media.press(keys)
    return talk


async def ring_many(phone: Telephone, keys: str, numbers: range) -> list[PhoneCall]:
    """Ring all at once."""
    async with asyncio.TaskGroup() as tasks:
        ringing = [tasks.create_task(ring(phone, keys, number)) for number in numbers]
    return [task.result() for task in ringing]


async def places(hotline: Rehearsal) -> list[tuple[str, float]]:
    """The callers who wait and since when, in their order."""
    rows = await hotline.sql(
        "SELECT caller, queued_at FROM contacts WHERE phase = 'waiting' ORDER BY queued_at"
    )
    return [(row["caller"], row["queued_at"]) for row in rows]


async def still_talks(*talks: PhoneCall) -> None:
    """Both sides hear the next second whole."""
    async with asyncio.timeout(5):
        for talk in talks:
            await talk.media.hears(50)
    assert not any(talk.ended.is_set() for talk in talks)


async def test_killed_under_twenty_five_calls(
    hotline: Rehearsal,
    citizen: Telephone,
    agents: tuple[DeskAgent, DeskAgent],
    measured: Callable[[str, float], None],
) -> None:
    """Talks go on, the line comes back whole and in its order, menus start again, and the next
    free agent gets the caller who has waited longest."""
    talks = []
    for number, agent in enumerate(agents):
        talks += [await ring(citizen, BENEFITS, number), await agent.answer()]
    waiting = await ring_many(citizen, BENEFITS, range(10, 10 + WAITING))
    await hotline.until_calls(waiting=WAITING)
    in_menu = await ring_many(citizen, "", range(40, 40 + IN_MENU))
    await hotline.until_calls(waiting=WAITING, menu=IN_MENU, talking=2)
    await hotline.until_projected()
    before = await places(hotline)
    assert len(before) == WAITING

    await hotline.kill_service()
    killed_at = time.monotonic()
    await hotline.start_service()
    ready_at = time.monotonic()
    measured("from the kill to readiness", ready_at - killed_at)
    await _all_back(hotline)
    measured("from readiness to the whole line", time.monotonic() - ready_at)

    await still_talks(*talks)
    await hotline.until_projected()
    assert await places(hotline) == before
    assert not [talk for talk in (*waiting, *in_menu) if talk.ended.is_set()]
    assert not [name for name in await hotline.figures() if name.startswith("calls_ended")]
    await _menu_serves(hotline, in_menu[0])
    for agent, talk, (caller, queued_at) in zip(agents, talks[1::2], before, strict=False):
        await agent.desk.until_state("TALKING")
        await talk.hang_up()
        await agent.save()
        call = (await agent.desk.until_state("RESERVED"))["call"]
        assert (call["caller"], call["queued_at"]) == (caller, queued_at)
        await agent.answer()


async def _all_back(hotline: Rehearsal) -> None:
    async def holds() -> bool:
        return (await hotline.figures())["leashed_calls"] == WAITING + IN_MENU

    await until(holds, "not all are back", BACK_WITHIN_S)


async def _menu_serves(hotline: Rehearsal, talk: PhoneCall) -> None:
    await hears_speech(talk)
    talk.media.press(DOCUMENTS)
    await hotline.until_calls(waiting=WAITING + 1)


async def test_an_upgrade_at_work(
    hotline: Rehearsal,
    citizen: Telephone,
    agents: tuple[DeskAgent, DeskAgent],
    measured: Callable[[str, float], None],
) -> None:
    """Told to stop and started anew: the talk goes on, whoever waits keeps the place and is offered
    to the free agent within seconds; nobody is sent to the fallback queue."""
    first, second = agents
    talks = [await ring(citizen, BENEFITS, 0), await first.answer()]
    await second.desk.command("not_ready", reason="counter")
    waiting = await ring(citizen, BENEFITS, 1)
    await hotline.until_calls(talking=1, waiting=1)
    await hotline.until_projected()
    (place,) = await places(hotline)

    stopped_at = time.monotonic()
    await hotline.replace_service()
    await second.desk.command("ready")
    call = (await second.desk.until_state("RESERVED"))["call"]
    measured("from the stop to the next offer", offered_s := time.monotonic() - stopped_at)
    assert offered_s <= AWAY_S
    assert (call["caller"], call["queued_at"]) == place
    await still_talks(*talks, waiting, await second.answer())
    with closing(sqlite3.connect(fallback_log(hotline.settings))) as log:
        assert log.execute("SELECT count(*) FROM queue_log WHERE event = 'FELL'").fetchone() == (0,)


@pytest.mark.usefixtures("unannounced")
async def test_a_service_that_stays_away(
    hotline: Rehearsal, citizen: Telephone, agents: tuple[DeskAgent, DeskAgent]
) -> None:
    """The fallback queue brings the first caller to a free phone; a service that is back finds that
    talk and recalls the others in their order."""
    first, second = agents
    await second.desk.command("not_ready", reason="counter")
    for number in range(3):
        await ring(citizen, DOCUMENTS, number)
        await hotline.until_calls(waiting=number + 1)
        await asyncio.sleep(APART_S)
    await hotline.until_projected()
    before = await places(hotline)
    await hotline.kill_service()
    async with asyncio.timeout(20):
        talk = await (await first.phone.ringing.get()).answer()
    await talk.media.hears(10)
    assert second.phone.ringing.empty()

    await hotline.start_service()
    await hotline.until_calls(talking=1, waiting=2)
    await still_talks(talk)
    view = await first.desk.until_state("TALKING")
    served = (view["call"]["caller"], view["call"]["queued_at"])
    assert served == before[0]
    await hotline.until_projected()
    assert await places(hotline) == [place for place in before if place != served]
    await talk.hang_up()
    await first.save()
    (row,) = await hotline.until_rows("SELECT * FROM contacts WHERE ended_at IS NOT NULL", 1)
    assert (row["caller"], row["queued_at"], row["outcome"]) == (*served, "answered")


async def test_what_the_fallback_queue_served_is_known_afterwards(
    hotline: Rehearsal, citizen: Telephone, agents: tuple[DeskAgent, DeskAgent]
) -> None:
    """Who rang, when, answered by whom, how long: of a caller whom we had and of one whom we never
    had; and who gave up there."""
    first, second = agents
    await second.desk.command("not_ready", reason="counter")
    await ring(citizen, DOCUMENTS, 1)
    await hotline.until_calls(waiting=1)
    await hotline.until_projected()
    await hotline.kill_service()
    killed_at = time.time()
    await _served(first, 1)
    stranger = await citizen.call(HOTLINE, "+37120000177")
    await _served(first, 1)
    given_up = await citizen.call(HOTLINE, "+37120000188")
    async with asyncio.timeout(15):
        await first.phone.ringing.get()
    await given_up.hang_up()
    assert stranger.ended.is_set()
    await hotline.start_service()
    rows = await hotline.until_rows("SELECT * FROM contacts WHERE ended_at IS NOT NULL", 3)
    by_caller = {row["caller"]: row for row in rows}
    answered = [by_caller["+37120000101"], by_caller["+37120000177"]]
    assert {row["outcome"] for row in answered} == {"answered"}
    assert len({row["agent_id"] for row in answered} - {None}) == 1
    for row in answered:
        assert 1.5 < row["talk_ended_at"] - row["answered_at"] < 5
        assert killed_at < row["answered_at"] < time.time()
    assert by_caller["+37120000188"]["outcome"] == "abandoned"
    assert not await hotline.sql("SELECT * FROM contacts WHERE ended_at IS NULL")


async def _served(agent: DeskAgent, seconds: int) -> None:
    """The agent's phone rings without a service, and there is a talk of so many seconds or so: the
    log tells whole ones, and packets that are late come all at once."""
    async with asyncio.timeout(20):
        talk = await (await agent.phone.ringing.get()).answer()
    await talk.media.hears(50 * seconds)
    await asyncio.sleep(seconds + 1.2)
    await talk.hang_up()


async def test_killed_while_a_phone_rings(
    hotline: Rehearsal, citizen: Telephone, agents: tuple[DeskAgent, DeskAgent]
) -> None:
    """The phone rings on; who answers it without a service has the call when it is back."""
    first, second = agents
    await second.desk.command("not_ready", reason="counter")
    caller = await ring(citizen, BENEFITS)
    ringing = await first.phone.ringing.get()
    await hotline.kill_service()
    talk = await ringing.answer()
    await hotline.start_service()
    view = await first.desk.until_state("TALKING")
    assert view["call"]["answered_at"] is not None
    await still_talks(caller, talk)
    await talk.hang_up()
    async with asyncio.timeout(10):
        await caller.ended.wait()
    await first.save()
    await first.desk.until_state("READY")


async def test_killed_while_a_phone_rings_unanswered(
    hotline: Rehearsal, citizen: Telephone, agents: tuple[DeskAgent, DeskAgent]
) -> None:
    """When nobody answers meanwhile, the call is offered again, and nobody is blamed."""
    first, second = agents
    await second.desk.command("not_ready", reason="counter")
    await ring(citizen, BENEFITS)
    ringing = await first.phone.ringing.get()
    await hotline.until_projected()  # a choice of the last milliseconds would be asked for again
    await hotline.kill_service()
    async with asyncio.timeout(10):
        await ringing.cancelled.wait()
    await hotline.start_service()
    await first.answer()
    rows = await hotline.until_rows(OFFERS, 2)
    assert {row["result"] for row in rows} == {"withdrawn", "answered"}


async def test_killed_before_the_journal_knew_of_the_talk(
    hotline: Rehearsal, citizen: Telephone, agents: tuple[DeskAgent, DeskAgent], tmp_path: Path
) -> None:
    """The last moment before a crash is not on the disk: the talk is found, and is the agent's."""
    first, second = agents
    await second.desk.command("not_ready", reason="counter")
    await first.desk.command("not_ready", reason="counter")
    caller = await ring(citizen, BENEFITS)
    await hotline.until_calls(waiting=1)
    await hotline.until_projected()
    (place,) = await places(hotline)
    journal = spool(hotline.settings)
    copy(journal, tmp_path / "journal")
    await first.desk.command("ready")
    talk = await first.answer()
    await hotline.kill_service()
    for leftover in (*journal.parent.glob(f"{journal.name}-*"), journal):
        leftover.unlink()
    copy(tmp_path / "journal", journal)
    await hotline.start_service()
    call = (await first.desk.until_state("TALKING"))["call"]
    assert (call["caller"], call["queued_at"]) == place
    await still_talks(caller, talk)
    await talk.hang_up()
    async with asyncio.timeout(10):
        await caller.ended.wait()
    await first.save()
    rows = await hotline.until_rows("SELECT * FROM contacts WHERE outcome IS NOT NULL", 1)
    assert [row["outcome"] for row in rows] == ["answered"]


def copy(source: Path, target: Path) -> None:
    """A database file as it is at this instant, whoever writes to it."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@pytest.mark.parametrize("killed", [False, True])
async def test_a_phone_that_falls_silent_is_rung_again(
    hotline: Rehearsal, citizen: Telephone, agents: tuple[DeskAgent, DeskAgent], killed: bool
) -> None:
    """Asterisk ends its leg, with a service or without; the caller waits, and talks on."""
    first, second = agents
    await second.desk.command("not_ready", reason="counter")
    with closing(sqlite3.connect(directory(hotline.settings))) as phones, phones:
        phones.execute("UPDATE ps_endpoints SET rtp_timeout = '2'")
    caller = await ring(citizen, BENEFITS)
    talk = await first.answer()
    await hotline.until_projected()
    if killed:
        await hotline.kill_service()
    talk.media.fall_silent()
    async with asyncio.timeout(10):
        await talk.ended.wait()
    if killed:
        await hotline.start_service()
    async with asyncio.timeout(20):
        while (rung := await first.phone.ringing.get()).cancelled.is_set():
            pass
        again = await rung.answer()
    await first.desk.until_state("TALKING")
    await hotline.until_calls(talking=1)
    await still_talks(caller, again)
    await again.hang_up()
    async with asyncio.timeout(10):
        await caller.ended.wait()


async def test_a_page_that_finds_its_sound_lost_is_rung_again(
    hotline: Rehearsal, citizen: Telephone, agents: tuple[DeskAgent, DeskAgent]
) -> None:
    """Its network is another one: it hangs up (see `scripts/vendor`), and its agent has not."""
    first, second = agents
    await second.desk.command("not_ready", reason="counter")
    caller = await ring(citizen, BENEFITS)
    talk = await first.answer()
    await talk.ask("BYE", ("Reason", "Q.850;cause=44"))
    async with asyncio.timeout(10):
        again = await (await first.phone.ringing.get()).answer()
    await first.desk.until_state("TALKING")
    await still_talks(caller, again)
    await again.hang_up()
    async with asyncio.timeout(10):
        await caller.ended.wait()


async def test_killed_in_wrap_up(
    hotline: Rehearsal, citizen: Telephone, agents: tuple[DeskAgent, DeskAgent]
) -> None:
    """The wrap-up goes on with its note and ends when it would have ended."""
    first, second = agents
    await second.desk.command("not_ready", reason="counter")
    await ring(citizen, BENEFITS)
    talk = await first.answer()
    call_id = first.desk.view["call"]["call_id"]
    assert await first.desk.command("note", call_id=call_id, text="Pase", base=0)
    await talk.hang_up()
    until_at = (await first.desk.until_state("WRAP_UP"))["call"]["wrap_up_until"]
    await hotline.until_projected()
    await hotline.kill_service()
    await hotline.start_service()
    call = (await first.desk.until_state("WRAP_UP"))["call"]
    assert (call["note"], call["wrap_up_until"]) == ("Pase", until_at)
    await first.save()
    await first.desk.until_state("READY")
    (row,) = await hotline.until_rows("SELECT * FROM contacts WHERE recorded_at IS NOT NULL", 1)
    assert row["note"] == "Pase"
