"""The hold key of a telephone on a table beside the hold of the desk, in each order."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from lab.agent import DeskAgent
from lab.hotline import Rehearsal
from lab.pitch import AGENT, CITIZEN, Parties, until_hears

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

FIRST = "ilze.ritausma"


class Held(Parties):
    """A citizen and the agent, who has a telephone with a hold key."""

    def __init__(self, agent: DeskAgent) -> None:
        super().__init__()
        self.agent = agent

    async def key(self, *, holds: bool) -> None:
        """It is pressed; the desk knows."""
        await self.parties[AGENT].hold(held=holds)
        await self.agent.desk.until(lambda view: view["call"]["phone_holds"] is holds)

    async def does(self, name: str) -> None:
        """On the desk."""
        call_id = self.agent.desk.view["call"]["call_id"]
        assert await self.agent.desk.command(name, call_id=call_id), name

    async def music(self, *, parked: bool) -> None:
        """The citizen hears some, and nobody; the desk shows the hold, and whose it is. (What
        holds by itself is sent what it does not listen to.)"""
        await until_hears(self.parties, *(() if parked else ((AGENT, CITIZEN),)))
        async with asyncio.timeout(5):
            await self.parties[CITIZEN].media.hears(25)
        call = self.agent.desk.view["call"]
        assert call["held_since"]
        assert call["parked"] is parked

    async def talk(self) -> None:
        """Both hear each other, and the desk shows no hold."""
        await self.heard((CITIZEN, AGENT))
        await self.agent.desk.until(lambda view: view["call"]["held_since"] is None)
        assert not self.agent.desk.view["call"]["phone_holds"]


@pytest.fixture
async def held(hotline: Rehearsal) -> AsyncIterator[Held]:
    """They talk."""
    await hotline.start_service()
    async with hotline.telephone() as citizen, hotline.agent(FIRST) as agent:
        made = Held(agent)
        await made.begin(citizen, agent)
        yield made
        await made.parties[CITIZEN].hang_up()


async def test_in_each_order(held: Held) -> None:
    """Whom the telephone holds nobody is joined with before its key; what the desk holds only the
    desk takes back."""
    await held.key(holds=True)
    await held.does("resume")
    await held.music(parked=False)
    await held.key(holds=False)
    await held.talk()

    await held.does("hold")
    await held.key(holds=True)
    await held.does("resume")
    await held.music(parked=True)
    await held.key(holds=False)
    await held.talk()

    await held.key(holds=True)
    await held.does("hold")
    await held.key(holds=False)
    await held.music(parked=True)
    await held.does("resume")
    await held.talk()
