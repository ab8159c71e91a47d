"""A citizen on hold on a real Asterisk: a word now and then, known by its sound."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from contactcentre.storage import tables as models
from lab.hotline import DeskAgent, Rehearsal, hears_speech
from lab.listening import hears
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

HOTLINE, CITIZEN = "60000100", "+37120000001"
AGENT = "olga.ziemeleva"  # speaks Russian too
COLLEAGUE = "anna.berzina"
WORD, EVERY_S = "hold.still", 4
VOICE = bytes(range(256)) * 400
PACKETS_OF_A_BEGINNING = 60
"""Of a fiftieth of a second each."""


@pytest.fixture
async def service(hotline: Rehearsal) -> Rehearsal:
    """A hotline whose callers on hold hear a word soon."""
    await hotline.edit(models.queues, hold_word_s=EVERY_S)
    await hotline.start_service()
    return hotline


@pytest.fixture
async def citizen(service: Rehearsal) -> AsyncIterator[Telephone]:
    """Somebody who rings."""
    async with service.telephone() as phone:
        yield phone


async def talk_of(citizen: Telephone, agent: DeskAgent, keys: str) -> tuple[PhoneCall, PhoneCall]:
    """The citizen and the agent hear each other."""
    caller = await citizen.call(HOTLINE, CITIZEN)
    await hears_speech(caller)
    caller.media.press(keys)
    talk = await agent.answer()
    await hear_each_other(caller, talk)
    return caller, talk


async def hear_each_other(caller: PhoneCall, agent: PhoneCall) -> None:
    """Both speak, and hear speech."""
    for talk in (caller, agent):
        talk.media.say(VOICE, again=True)
        talk.media.forget()
    for talk in (caller, agent):
        await hears_speech(talk)


async def hears_the_next(hotline: Rehearsal, caller: PhoneCall, language: str = "lv") -> None:
    """The word from its beginning. By its first second it is known, so that is waited for: what is
    left of the last word would be taken for the next."""
    await caller.media.hears(PACKETS_OF_A_BEGINNING)
    caller.media.forget()
    await hears(hotline, caller, WORD, language=language)


async def order(agent: DeskAgent, name: str) -> None:
    """A command about the call at hand."""
    call_id = agent.desk.view["call"]["call_id"]
    assert await agent.desk.command(name, call_id=call_id), name


@pytest.mark.parametrize(("language", "keys"), [("lv", "1"), ("ru", "81")])
async def test_the_word_in_the_callers_language(
    service: Rehearsal, citizen: Telephone, language: str, keys: str
) -> None:
    """Twice, with music in between; whoever is taken back in the middle of it is joined at once."""
    async with service.agent(AGENT) as agent:
        caller, talk = await talk_of(citizen, agent, keys)
        await order(agent, "hold")
        await agent.desk.until(lambda view: view["call"]["held_since"])
        for _ in range(2):
            await hears_the_next(service, caller, language)
        await order(agent, "resume")
        await hear_each_other(caller, talk)
        await caller.hang_up()


async def test_a_telephones_own_hold(service: Rehearsal, citizen: Telephone) -> None:
    """By its own key, as the browser's: the word comes all the same, and the key ends it."""
    async with service.agent(AGENT) as agent:
        caller, talk = await talk_of(citizen, agent, "1")
        await talk.hold()
        await hears_the_next(service, caller)
        assert agent.desk.view["call"]["held_since"]
        await talk.hold(held=False)
        await agent.desk.until(lambda view: not view["call"]["held_since"])
        await hear_each_other(caller, talk)
        await caller.hang_up()


async def test_killed_while_somebody_is_on_hold(service: Rehearsal, citizen: Telephone) -> None:
    """Music goes on without us; the next process says the word, and the agent has the caller."""
    async with service.agent(AGENT) as agent:
        caller, talk = await talk_of(citizen, agent, "1")
        await order(agent, "hold")
        await hears_the_next(service, caller)
        await service.kill_service()
        await service.start_service()
        await hears_the_next(service, caller)
        await agent.desk.until(lambda view: view["call"]["held_since"])
        await order(agent, "resume")
        await hear_each_other(caller, talk)
        await caller.hang_up()


async def test_taken_back_by_the_telephone_without_a_service(
    service: Rehearsal, citizen: Telephone
) -> None:
    """The next process asks the exchange: it does not say a word of the hold into the talk."""
    async with service.agent(AGENT) as agent:
        caller, talk = await talk_of(citizen, agent, "1")
        await talk.hold()
        await agent.desk.until(lambda view: view["call"]["phone_holds"])
        await order(agent, "resume")  # changes nothing, and is answered once all before is written
        await service.kill_service()
        await talk.hold(held=False)
        await service.start_service()
        await agent.desk.until(lambda view: view["call"] and not view["call"]["held_since"])
        assert not agent.desk.view["call"]["phone_holds"]
        await hear_each_other(caller, talk)
        await caller.hang_up()


async def test_without_a_service_it_is_as_often_as_the_queue_says(
    service: Rehearsal, citizen: Telephone
) -> None:
    """Whoever waits for an agent who talks to a colleague is left to the exchange, which knows it
    from the service that was."""
    async with service.agent(AGENT) as agent, service.agent(COLLEAGUE) as other:
        caller, _ = await talk_of(citizen, agent, "1")
        call_id, colleague = agent.desk.view["call"]["call_id"], await service.agent_id(COLLEAGUE)
        assert await agent.desk.command("consult", call_id=call_id, colleague=colleague)
        await other.answer()
        await hears_the_next(service, caller)
        await service.kill_service()
        for _ in range(2):
            await hears_the_next(service, caller)
        await caller.hang_up()
