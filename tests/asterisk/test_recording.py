"""Talks are recorded on a real Asterisk: both sides are in the file, each with its own tone."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from contactcentre import paths
from contactcentre.storage import tables as models
from contactcentre.storage.sealed_talks import SealedTalks
from contactcentre.telephony.sound_files import BYTES_S, HEADER
from lab.agent import DeskAgent
from lab.hotline import HotlineFor, Rehearsal, hears_speech, until
from lab.pitch import is_in, say, until_heard
from lab.telephone import PhoneCall, Telephone

pytestmark = [
    pytest.mark.asterisk,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="module"),
]

HOTLINE, BENEFITS = "60000100", "1"
FIRST, SECOND = "ilze.ritausma", "janis.kalnvejs"
CITIZEN, AGENT = 450, 750
"""The tones, in hertz."""

PIECE_S = 0.2
POLICY = {"basis": "MK noteikumi", "notice": "wait.recording"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(hotline_for: HotlineFor) -> AsyncIterator[tuple[Rehearsal, Telephone]]:
    """A hotline that records the talks of one queue, and its carrier's telephone."""
    talks = hotline_for("recording", FIRST, SECOND, wrap_up_s=1, recordings="1")
    async with talks as (hotline, carrier):
        await hotline.edit(models.queues, "benefits", recording=POLICY)
        await hotline.start_service()
        yield hotline, carrier


@pytest.fixture
def hotline(running: tuple[Rehearsal, Telephone]) -> Rehearsal:
    """The hotline."""
    return running[0]


@pytest.fixture
def began() -> float:
    """When the test did: what was recorded before is none of its."""
    return time.time()


async def waits(carrier: Telephone, *, key: str = "") -> PhoneCall:
    """A citizen rings, chooses, hears the notice, and presses a key perhaps."""
    caller = await carrier.call(HOTLINE, "+37120000001")
    await hears_speech(caller)
    caller.media.press(BENEFITS)
    say(caller, CITIZEN)
    if key:
        await asyncio.sleep(2.5)  # a key at once was meant for the menu
        caller.media.press(key)
    return caller


async def talks(first: DeskAgent, caller: PhoneCall) -> PhoneCall:
    """The agent answers, and both hear each other."""
    own = await first.answer()
    say(own, AGENT)
    await until_heard({CITIZEN: caller, AGENT: own}, (CITIZEN, AGENT))
    return own


async def recorded(hotline: Rehearsal, since: float) -> list[dict[str, Any]]:
    """The rows, once there is one; nothing is left in clear."""
    query = f"SELECT * FROM recordings WHERE from_at > {since!r} ORDER BY from_at"  # noqa: S608
    rows = await hotline.until_rows(query, 1, within_s=40)

    async def sealed() -> bool:
        return not list(paths.talks(hotline.settings).iterdir())

    await until(sealed, "a clear file is left", 30)
    return rows


def sound(hotline: Rehearsal, leg_id: str) -> bytes:
    """Its samples."""
    settings = hotline.settings
    talks = SealedTalks(paths.sealed_talks(settings), lambda: paths.recording_keys(settings))
    sealed = talks.open(leg_id)
    return b"".join(sealed.read(HEADER, sealed.size))


def pieces(samples: bytes) -> list[tuple[bool, bool]]:
    """Of each fifth of a second, whether the citizen and the agent are in it."""
    size = round(PIECE_S * BYTES_S)
    parts = [samples[at : at + size] for at in range(0, len(samples) - size, size)]
    return [(is_in(part, CITIZEN), is_in(part, AGENT)) for part in parts]


async def test_both_sides_are_in_it_and_a_pause_is_silence(
    hotline: Rehearsal, running: tuple[Rehearsal, Telephone], began: float
) -> None:
    """As long as the talk was, the pause with it; and the agent sees what is going on."""
    async with hotline.agent(FIRST) as first:
        caller = await waits(running[1])
        await talks(first, caller)
        call_id = first.desk.view["call"]["call_id"]
        assert first.desk.view["call"]["recording"] == "on"
        await asyncio.sleep(2)
        assert await first.desk.command("pause_recording", call_id=call_id)
        await first.desk.until(lambda view: view["call"]["recording"] == "paused")
        began = time.monotonic()
        await asyncio.sleep(3)
        assert await first.desk.command("resume_recording", call_id=call_id)
        paused_s = time.monotonic() - began
        await asyncio.sleep(2)
        await caller.hang_up()
        (row,) = await recorded(hotline, began)
    assert (row["state"], row["call_id"], row["basis"]) == ("whole", call_id, POLICY["basis"])
    assert row["agent_id"] == await hotline.agent_id(FIRST)
    assert row["seconds"] == pytest.approx(row["to_at"] - row["from_at"], abs=0.5)
    heard = pieces(await asyncio.to_thread(sound, hotline, row["leg_id"]))
    silent = [number for number, both in enumerate(heard) if both == (False, False)]
    middle = [n for n in silent if 5 <= n < len(heard) - 5]
    assert len(middle) * PIECE_S == pytest.approx(paused_s, abs=0.7)
    assert middle == list(range(middle[0], middle[-1] + 1))
    assert all(heard[n] == (True, True) for n in range(3, middle[0] - 1))
    assert all(heard[n] == (True, True) for n in range(middle[-1] + 2, len(heard) - 2))


async def test_who_presses_the_key_is_not_recorded(
    hotline: Rehearsal, running: tuple[Rehearsal, Telephone], began: float
) -> None:
    """Whether somebody rings already or not: nothing is begun, and nothing is left."""
    async with hotline.agent(FIRST) as first:
        caller = await waits(running[1], key="5")
        await talks(first, caller)
        assert first.desk.view["call"]["recording"] == ""
        await asyncio.sleep(1)
        await caller.hang_up()
        await first.save()
        await first.desk.until_state("READY")
        caller = await waits(running[1])
        await talks(first, caller)
        await asyncio.sleep(1)
        await caller.hang_up()
        rows = await recorded(hotline, began)
    legs = await hotline.sql(
        "SELECT leg_id, recorded FROM legs WHERE party = 'agent' AND from_at > :at"
        " ORDER BY from_at",
        at=began,
    )
    assert [bool(leg["recorded"]) for leg in legs] == [False, True]
    assert [row["leg_id"] for row in rows] == [legs[1]["leg_id"]]


async def test_the_service_is_killed_in_mid_talk(
    hotline: Rehearsal, running: tuple[Rehearsal, Telephone], began: float
) -> None:
    """Asterisk writes on; the next service finds the whole, whoever has hung up meanwhile."""
    async with hotline.agent(FIRST) as first:
        caller = await waits(running[1])
        await talks(first, caller)
        await hotline.until_projected()
        await hotline.kill_service()
        await asyncio.sleep(3)
        await caller.hang_up()
        await hotline.start_service()
        (row,) = await recorded(hotline, began)
    assert row["seconds"] > 3
    heard = pieces(await asyncio.to_thread(sound, hotline, row["leg_id"]))
    assert all(both == (True, True) for both in heard[3:-2])


async def test_a_transfer_to_a_queue_without_a_policy_ends_it(
    hotline: Rehearsal, running: tuple[Rehearsal, Telephone], began: float
) -> None:
    """The first agent's talk is recorded, what comes after it is not."""
    async with hotline.agent(FIRST) as first, hotline.agent(SECOND) as second:
        caller = await waits(running[1])
        took, other = first, second
        await until(lambda: _rung(first, second), "nobody is rung")
        if second.desk.view["state"] == "RESERVED":
            took, other = second, first
        await talks(took, caller)
        call_id = took.desk.view["call"]["call_id"]
        await asyncio.sleep(1)
        assert await took.desk.command(
            "queue_transfer", call_id=call_id, queue="general", service=""
        )
        await talks(other, caller)
        assert other.desk.view["call"]["recording"] == ""
        await asyncio.sleep(1)
        await caller.hang_up()
        rows = await recorded(hotline, began)
    legs = await hotline.sql(
        "SELECT leg_id, agent_id, recorded FROM legs WHERE call_id = :call_id AND party = 'agent'"
        " ORDER BY from_at",
        call_id=call_id,
    )
    assert [bool(leg["recorded"]) for leg in legs] == [True, False]
    assert [row["leg_id"] for row in rows] == [legs[0]["leg_id"]]


async def _rung(*agents: DeskAgent) -> bool:
    return any(agent.desk.view.get("state") == "RESERVED" for agent in agents)
