"""Waiting callers: what they hear, word for word, and what they may press meanwhile."""

import asyncio

import pytest

from contactcentre import paths
from contactcentre.storage import tables as models
from ivr import say
from lab import g711
from lab.hotline import Rehearsal, hears_speech, until
from lab.telephone import PhoneCall
from routing.waiting import Pace, estimate

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]

HOTLINE = "60000100"
CITIZEN = "+37120000001"
BENEFITS = "1"
BENEFITS_IN_RUSSIAN = "81"
BENEFITS_AGENT = "olga.ziemeleva"  # speaks Russian too
GENERAL_AGENT = "janis.kalnvejs"  # has not the skill of benefits
PIECE_S = 0.01
"""So much of a prompt's sound, byte for byte, is enough to know it by. Asterisk rounds a sample now
and then the other way: a short loud word may have no longer piece without one."""


@pytest.fixture
async def service(hotline: Rehearsal) -> Rehearsal:
    """A hotline that tells its callers often, and has the sample network's keys."""
    await hotline.edit(models.queues, announce_s=2)
    await hotline.start_service()
    return hotline


async def waits(service: Rehearsal, phone, keys: str = BENEFITS) -> PhoneCall:
    """Ring the hotline and stand in line."""
    talk = await phone.call(HOTLINE, CITIZEN)
    await hears_speech(talk)
    talk.media.press(keys)
    await service.until_calls(waiting=1)
    return talk


def sounds(service: Rehearsal, language: str, key: str) -> list[bytes]:
    """Pieces of a prompt as they are heard on the line, those that are more than silence."""
    whole = g711.read(paths.prompts(service.settings) / language / f"{key}.wav")
    length = round(PIECE_S * g711.RATE_HZ)
    pieces = (whole[at : at + length] for at in range(0, len(whole) - length, length // 2))
    return [piece for piece in pieces if g711.loudness(piece) > 0.02]


def heard_after(heard: bytes, pieces: list[bytes], at: int) -> int:
    """Where a prompt is heard from `at` on, or -1; a busy machine may tear some pieces."""
    found = [place for piece in pieces if (place := heard.find(piece, at)) >= 0]
    return min(found, default=-1)


async def hears(service: Rehearsal, talk: PhoneCall, language: str, *keys: str) -> None:
    """Return when these prompts have been heard one after another."""
    prompts = [(key, sounds(service, language, key)) for key in keys]
    missing = ""

    async def holds() -> bool:
        nonlocal missing
        heard, at = talk.media.heard(), 0
        for missing, pieces in prompts:  # noqa: B007 - told when it does not hold
            at = heard_after(heard, pieces, at)
            if at < 0:
                return False
        return True

    try:
        await until(holds, "", within_s=40.0)
    except AssertionError:
        raise AssertionError(f"{missing} was not heard in {language} where it belongs") from None


OFFERS = ("callback", "queue", "voicemail")


@pytest.mark.parametrize(("language", "keys"), [("lv", BENEFITS), ("ru", BENEFITS_IN_RUSSIAN)])
async def test_the_announcement_word_for_word(service: Rehearsal, language: str, keys: str) -> None:
    """The place and each key with its digit, in the caller's language: compared by its sound."""
    told = [*say.position(1, language)]
    for offer, key in zip(OFFERS, "129", strict=True):
        told += [f"wait.key-{offer}", *say.digits(key, language)]
    async with service.telephone() as citizen:
        talk = await waits(service, citizen, keys)
        await hears(service, talk, language, *told)


@pytest.mark.parametrize(("language", "keys"), [("lv", BENEFITS), ("ru", BENEFITS_IN_RUSSIAN)])
async def test_the_wait_word_for_word(service: Rehearsal, language: str, keys: str) -> None:
    """Once three callers have been answered: from so many minutes to so many, by its sound."""
    wait = estimate(1, Pace(answered=3))
    assert wait is not None
    told = (*say.position(1, language), *say.wait_range(wait.low_min, wait.high_min, language))
    async with service.telephone() as citizen, service.agent(BENEFITS_AGENT) as agent:
        for number in range(3):
            talk = await citizen.call(HOTLINE, f"+3712000001{number}")
            await hears_speech(talk)
            talk.media.press(keys)
            await (await agent.answer()).hang_up()
            await talk.ended.wait()
            await agent.save()
            await agent.desk.until_state("READY")
        await agent.desk.command("not_ready", reason="counter")
        await agent.desk.until_state("NOT_READY")
        talk = await waits(service, citizen, keys)
        await hears(service, talk, language, *told)


async def test_a_key_in_the_middle_of_the_words(service: Rehearsal) -> None:
    """It is heard, confirmed at once, and the call is counted as a callback."""
    async with service.telephone() as citizen:
        talk = await waits(service, citizen)
        await hears(service, talk, "lv", "position/1")
        talk.media.press("1")
        await hears(service, talk, "lv", "callback.accepted")
        async with asyncio.timeout(20):
            await talk.ended.wait()
        rest = sounds(service, "lv", "wait.key-voicemail")
        assert heard_after(talk.media.heard(), rest, 0) < 0


async def test_a_key_leads_to_whoever_is_free(service: Rehearsal) -> None:
    """Another queue, which asks less: its agent's phone rings, with the wait so far."""
    async with (
        service.telephone() as citizen,
        service.agent(GENERAL_AGENT) as agent,
    ):
        talk = await waits(service, citizen)
        assert agent.phone.ringing.empty()
        await hears(service, talk, "lv", "position/1")
        talk.media.press("2")
        answered = await agent.answer()
        assert agent.desk.view["call"]["queue"] == "general"
        await answered.hang_up()


async def test_the_overflow_takes_who_waits_too_long(hotline: Rehearsal) -> None:
    """Without any key, by the queue's rule."""
    rule = {"when": "waited", "after_s": 3, "do": "voicemail"}
    await hotline.edit(models.queues, overflow=[rule])
    await hotline.start_service()
    async with hotline.telephone() as citizen:
        talk = await waits(hotline, citizen)
        await hears(hotline, talk, "lv", "voicemail.leave")
        await hotline.until_calls(recording=1)
