"""A small siege: strangers at every port, and the hotline goes on. `benchmarks/siege` is the large
one, and measures."""

import asyncio
from collections.abc import Callable

import pytest

from contactcentre.telephony import open_files
from lab.hotline import Rehearsal
from lab.strangers import Siege, besieging

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]

HOTLINE = "60000100"
BENEFITS = "1"
AGENT, NEWCOMER = "ilze.ritausma", "olga.ziemeleva"
IDLE = 300
CALLS = 4


@pytest.fixture
def traces() -> None:
    """Thousands of strangers are too much to be kept."""


@pytest.fixture
def siege(hotline: Rehearsal) -> Siege:
    """More of each than there is room for."""
    hotline.environment |= {"CC_MAX_SOCKETS": "200", "CC_MAX_SOCKETS_EACH": "40"}
    open_files.raise_to(10 * IDLE)
    return Siege(
        settings=hotline.settings,
        idle=IDLE,
        slow=20,
        log_ins_per_s=5,
        invites_per_s=20,
        names=(NEWCOMER, "nobody"),
        addresses=8,
    )


async def test_a_siege(
    hotline: Rehearsal, siege: Siege, measured: Callable[[str, float], None]
) -> None:
    """Each caller is answered, and an agent logs in and gets the phone's password, while strangers
    hold sockets, guess and ring. They are told no, and Asterisk writes no line of it."""
    await hotline.start_service()
    clock = asyncio.get_running_loop().time
    async with hotline.agent(AGENT) as agent, besieging(siege) as strangers:
        async with asyncio.timeout(60):
            await strangers.there.wait()
        before = len(hotline.pbx.log_lines())
        for number in range(CALLS):
            async with hotline.telephone() as citizen:
                talk = await citizen.call(HOTLINE, f"+3712000000{number}")
                await talk.media.hears(25)
                talk.media.press(BENEFITS)
                answered = await agent.answer()
                await answered.hang_up()
                await agent.save()
        began = clock()
        async with hotline.desk(NEWCOMER):
            measured("a log-in in the siege", clock() - began)
        figures = await hotline.figures()
    assert figures['panel_strangers_ended_total{why="displaced"}'] > 0
    assert figures['panel_connections{whose="strangers"}'] <= 100
    assert {f"call {status}" for status in (401,)} == {
        one for one in strangers.told if one.startswith("call ")
    }
    assert len(hotline.pbx.log_lines()) == before
