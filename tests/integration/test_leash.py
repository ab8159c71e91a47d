"""The leash, against a scripted Asterisk at the other end of the socket."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from contactcentre.core import effects, events
from contactcentre.core.config.trunk import WayOut
from contactcentre.core.outcomes import DialResult
from contactcentre.engine.clock import now
from contactcentre.telephony.agi import AgiServer
from contactcentre.telephony.keypad import WAKING, Waking
from contactcentre.telephony.leash import Leash
from contactcentre.telephony.message_files import MessageFiles
from contactcentre.telephony.pressed_keys import PressedKeys
from contactcentre.telephony.scripted import ScriptedCaller
from contactcentre.telephony.words import Words

pytestmark = pytest.mark.integration

CALL = "0" * 31 + "1"
CHANNEL = "PJSIP/carrier-1"


class Folder:
    """Prompts that need not exist."""

    tone = Path("/prompts/tone")

    def resolve(self, key: str, language: str) -> Path:
        return Path("/prompts") / language / key


class Held:
    """One caller on the leash, and what the leash tells."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[events.Event] = asyncio.Queue()
        self.stopped: list[Words] = []
        self.port = 0
        recordings = MessageFiles(Path("unused"), most_bytes=0)
        self.wakings: asyncio.Queue[Waking] = asyncio.Queue()
        self.keys = PressedKeys()
        self.ways: list[WayOut] = []
        self.leash = Leash(
            self.told.put_nowait,
            Folder(),
            recordings,
            interrupt=self.stopped.append,
            keys=self.keys,
            wake=self.wakings.put_nowait,
            ways_out=lambda dialled: self.ways,
            listed={"+37120000009"}.__contains__,
        )

    def tells(self, key: str) -> None:
        """The manager's word of a key."""
        self.keys.pressed("1.1", key, now(), now())

    async def waking(self) -> Waking:
        """The next command that is to be woken."""
        async with asyncio.timeout(5):
            return await self.wakings.get()

    async def next(self) -> events.Event:
        async with asyncio.timeout(5):
            return await self.told.get()


@pytest.fixture
async def held() -> AsyncIterator[Held]:
    """A leash that is served."""
    made = Held()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = AgiServer(made.leash.handle)
    serving = asyncio.create_task(server.serve("127.0.0.1", 0, ready=port.set_result))
    made.port = await port
    yield made
    serving.cancel()
    await asyncio.wait([serving])


@pytest.fixture
async def caller(held: Held) -> AsyncIterator[ScriptedCaller]:
    """Asterisk's side: a caller who was here before and is back on the leash."""
    env = {"channel": CHANNEL, "uniqueid": "1.1", "callerid": "+37120000001"}
    async with ScriptedCaller.calling(held.port, **env) as asterisk:
        place = f"{CALL}^taxes|ru|1700.500|1699.000^60000100"
        await asterisk.obey("GET FULL VARIABLE", f"200 result=1 ({place})")
        await asterisk.obey("GET FULL VARIABLE", "200 result=1 (^0^^)")
        assert isinstance(await held.next(), events.CallReturned)
        held.leash.order(told((), waits=False))
        await asterisk.obey("SET MUSIC OFF")
        assert isinstance(await held.next(), events.PromptsPlayed)
        yield asterisk


def told(prompts: tuple[str, ...], *, waits: bool) -> effects.Play:
    """An order to say something."""
    return effects.Play(call_id=CALL, step=3, prompts=prompts, language="ru", waits=waits)


PHONE = effects.Phone(device="browser", endpoint="a-1")
RING = effects.Ring(call_id=CALL, offer_id=f"{CALL}-1", phone=PHONE, timeout_s=20)


async def test_words_to_who_waits_are_cut_for_a_ring(held: Held, caller: ScriptedCaller) -> None:
    """The playing is stopped, the rest is not said, and the phone rings."""
    held.leash.order(told(("one", "two"), waits=True))
    line = await caller.expect("CONTROL STREAM FILE")
    assert "/prompts/ru/one" in line
    held.leash.order(RING)
    assert [words.channel for words in held.stopped] == [CHANNEL]
    caller.reply()
    assert "PJSIP/a-1,20,gm" in await caller.expect("EXEC Dial")


async def test_nothing_is_said_while_a_stop_is_under_way(
    held: Held, caller: ScriptedCaller
) -> None:
    """It would be what is stopped. And two orders in a hurry stop words once."""
    held.leash.order(told(("one",), waits=True))
    await caller.expect("CONTROL STREAM FILE")
    held.leash.order(told(("two", "three"), waits=False))
    held.leash.order(effects.HangUp(call_id=CALL))
    (words,) = held.stopped
    sent: asyncio.Queue[None] = asyncio.Queue()
    answered = asyncio.Event()

    async def tell() -> None:
        sent.put_nowait(None)
        await answered.wait()

    stopping = asyncio.create_task(words.stop(tell))
    await sent.get()
    caller.reply()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(caller.expect("EXEC Playback"), 0.1)
    answered.set()
    await caller.obey("EXEC Playback")
    await stopping
    await words.stop(tell)
    assert sent.empty()  # they are over


MOBILE = replace(RING, phone=effects.Phone(device="mobile", endpoint="a-9", number="+37120000777"))


async def test_a_mobile_is_rung_by_the_next_line(held: Held, caller: ScriptedCaller) -> None:
    """Where the first one has none, with a number of its own. Who is busy is not rung again."""
    held.ways += [WayOut("lmt", "60000100"), WayOut("tet", "+37160000199"), WayOut("x", "1")]
    held.leash.order(MOBILE)
    first = await caller.obey("EXEC Dial")
    assert "PJSIP/+37120000777@carrier_lmt,20,gmi" in first
    assert f"b(cc-mobile^ring^1({RING.offer_id}^60000100))" in first
    await caller.obey("GET FULL VARIABLE", "200 result=1 (CONGESTION^34^^)")
    second = await caller.obey("EXEC Dial")
    assert "@carrier_tet," in second
    assert "^+37160000199))" in second
    await caller.obey("GET FULL VARIABLE", "200 result=1 (BUSY^17^^)")
    ended = await held.next()
    assert isinstance(ended, events.DialEnded)
    assert ended.result is DialResult.BUSY


@pytest.mark.usefixtures("caller")
async def test_without_a_line_nobody_is_rung(held: Held) -> None:
    """And that is told."""
    held.leash.order(MOBILE)
    ended = await held.next()
    assert isinstance(ended, events.DialEnded)
    assert ended.result is DialResult.UNREACHABLE


async def test_words_that_have_not_begun_are_left_out(held: Held, caller: ScriptedCaller) -> None:
    """When the ring is ordered in the same breath, nothing is said and nothing is to be stopped."""
    held.leash.order(told(("one",), waits=True))
    held.leash.order(RING)
    await caller.expect("EXEC Dial")
    assert held.stopped == []


async def test_the_menu_is_not_cut(held: Held, caller: ScriptedCaller) -> None:
    """What is said in a menu is said to its end, and reported with its number."""
    held.leash.order(told(("one", "two"), waits=False))
    assert "/prompts/ru/one&/prompts/ru/two" in await caller.obey("EXEC Playback")
    played = await held.next()
    assert isinstance(played, events.PromptsPlayed)
    assert played.step == 3


async def test_a_redirect_of_ours_is_no_hang_up(held: Held, caller: ScriptedCaller) -> None:
    """Asterisk says HANGUP when a caller is taken back; the leash tells that the socket is lost."""
    held.leash.recalling(CALL)
    caller.hang_up()
    assert isinstance(await held.next(), events.LeashLost)
    await caller.closed()


async def test_a_hang_up_is_told_at_once(held: Held, caller: ScriptedCaller) -> None:
    """With no order under way."""
    caller.hang_up()
    assert isinstance(await held.next(), events.CallerHungUp)


async def test_a_ghost_is_let_go(held: Held, caller: ScriptedCaller) -> None:
    """Who is held and has no channel is no caller; one whose channel is there stays."""
    later = now() + 60.0
    held.leash.present(later, {"1790000000.1"})
    held.leash.present(now(), set())  # a list so soon may not have him yet
    assert len(held.leash) == 1
    held.leash.present(later, {"1790000000.2"})
    assert isinstance(await held.next(), events.CallerHungUp)
    await caller.closed()
    assert len(held.leash) == 0


async def test_the_place_is_read_back(held: Held) -> None:
    """Queue, language and times come from the channel, whatever the journal knows."""
    async with ScriptedCaller.calling(held.port, channel=CHANNEL) as asterisk:
        place = f"{CALL}^taxes|ru|1700.500|1699.000^60000100"
        await asterisk.obey("GET FULL VARIABLE", f"200 result=1 ({place})")
        dialled = "ANSWER^16^PJSIP/a-1-1^PJSIP/a-1-1|16"
        await asterisk.obey("GET FULL VARIABLE", f"200 result=1 ({dialled})")
        back = await held.next()
    assert isinstance(back, events.CallReturned)
    assert (back.queue, back.language, back.queued_at, back.talked) == ("taxes", "ru", 1700.5, True)


async def test_what_the_dialplan_hands_over_is_not_asked(held: Held) -> None:
    """Behind the secret; of a newcomer there is the dialled number alone."""
    known = {"arg_1": "", "arg_2": CALL, "arg_3": "taxes|ru|1700.500|1699.000", "arg_4": "60000100"}
    async with ScriptedCaller.calling(held.port, channel=CHANNEL, **known) as asterisk:
        await asterisk.obey('GET FULL VARIABLE "${DIALSTATUS}', "200 result=1 (^0^^)")
        back = await held.next()
    assert isinstance(back, events.CallReturned)
    assert (back.call_id, back.dialled, back.queue) == (CALL, "60000100", "taxes")
    newcomer = known | {"arg_2": "", "arg_3": "", "extension": "60000199"}
    async with ScriptedCaller.calling(held.port, channel=CHANNEL, **newcomer) as asterisk:
        await asterisk.obey("EXEC MSet")
        while not isinstance(arrived := await held.next(), events.CallArrived):
            pass  # the one before has gone
    assert arrived.dialled == "60000100"


async def test_whether_a_caller_is_on_the_abuse_list(held: Held) -> None:
    """Is told with the call, when it comes."""
    for caller in ("+37120000009", "+37120000001"):
        async with ScriptedCaller.calling(held.port, channel=CHANNEL, callerid=caller) as asterisk:
            await asterisk.obey("GET FULL VARIABLE", "200 result=1 (^^)")
            await asterisk.obey("EXEC MSet")
            while not isinstance(arrived := await held.next(), events.CallArrived):
                pass  # the one before has gone
            assert arrived.listed is (caller == "+37120000009")


async def test_why_the_agent_s_leg_has_ended(held: Held, caller: ScriptedCaller) -> None:
    """It tells so itself, a moment after the dial is over; what the one before it told is old."""
    held.leash.order(RING)
    await caller.obey("EXEC Dial")
    for said in ("", "PJSIP/a-1-1|16", "PJSIP/a-1-2|44"):
        variables = f"200 result=1 (ANSWER^16^PJSIP/a-1-2^{said})"
        await caller.obey("GET FULL VARIABLE", variables)
    ended = await held.next()
    assert isinstance(ended, events.DialEnded)
    assert ended.result is DialResult.AUDIO_LOST


def dialled() -> events.LegDialed:
    return events.LegDialed(at=now(), offer_id=RING.offer_id, leg="PJSIP/a-1-2")


async def test_a_ring_goes_out_within_the_order(held: Held, caller: ScriptedCaller) -> None:
    """Not when the loop comes to the caller again: it is read while the loop stands still."""
    await asyncio.sleep(0)  # until the leash waits
    held.leash.order(RING)
    assert caller.lies_there().startswith(b"EXEC Dial")


async def test_how_a_dial_ends_is_asked_while_it_lasts(held: Held, caller: ScriptedCaller) -> None:
    """As soon as Asterisk is known to dial; not of another leg of the call, and not twice."""
    held.leash.order(RING)
    await caller.expect("EXEC Dial")
    held.leash.dialled(replace(dialled(), offer_id=f"{CALL}-7"))
    for _ in range(2):
        held.leash.dialled(dialled())
    await caller.expect("GET FULL VARIABLE")
    caller.reply()
    caller.reply("200 result=1 (ANSWER^16^PJSIP/a-1-2^PJSIP/a-1-2|16)")
    ended = await held.next()
    assert isinstance(ended, events.DialEnded)
    assert ended.result is DialResult.ANSWERED
    held.leash.order(told(("one",), waits=False))
    await caller.expect("EXEC Playback")


async def test_who_was_asked_ahead_too_early_is_asked_again(
    held: Held, caller: ScriptedCaller
) -> None:
    """The leg tells why it has ended a moment after the dial is over."""
    held.leash.order(RING)
    await caller.expect("EXEC Dial")
    held.leash.dialled(dialled())
    caller.reply()
    await caller.obey("GET FULL VARIABLE", "200 result=1 (ANSWER^16^PJSIP/a-1-2^)")
    await caller.obey("GET FULL VARIABLE", "200 result=1 (ANSWER^16^PJSIP/a-1-2^PJSIP/a-1-2|44)")
    ended = await held.next()
    assert isinstance(ended, events.DialEnded)
    assert ended.result is DialResult.AUDIO_LOST


async def test_a_leg_that_is_taken_out_of_its_dial(held: Held, caller: ScriptedCaller) -> None:
    """It has no end to be told of; what was asked of it is not in the way of the next order."""
    held.leash.order(RING)
    await caller.expect("EXEC Dial")
    held.leash.dialled(dialled())
    held.leash.parking(CALL)
    caller.reply()
    await caller.obey("GET FULL VARIABLE", "200 result=1 (ANSWER^^PJSIP/a-1-2^)")
    ended = await held.next()
    assert isinstance(ended, events.DialEnded)
    assert ended.result is DialResult.ANSWERED
    held.leash.order(effects.Music(call_id=CALL))
    await caller.expect("SET MUSIC ON")


async def test_some_music_between_two_who_talk(held: Held, caller: ScriptedCaller) -> None:
    """The caller is passed on: whoever is next may answer before the dial's own music has begun."""
    held.leash.order(RING)
    await caller.expect("EXEC Dial")
    held.leash.parking(CALL)
    caller.reply()
    assert isinstance(await held.next(), events.DialEnded)
    held.leash.order(replace(RING, offer_id=f"{CALL}-2"))
    await caller.obey("SET MUSIC ON")
    assert f"{CALL}-2" in await caller.expect("EXEC Dial")


async def test_the_music_of_the_dialplan_goes_on(held: Held) -> None:
    """It plays before we are asked, and ends with our first word."""
    async with ScriptedCaller.calling(held.port, channel=CHANNEL) as asterisk:
        await asterisk.obey("GET FULL VARIABLE", f"200 result=1 ({CALL}^^60000100)")
        await asterisk.obey("GET FULL VARIABLE", "200 result=1 (^0^^)")
        assert isinstance(await held.next(), events.CallReturned)
        held.leash.order(effects.Music(call_id=CALL))
        held.leash.order(told(("one",), waits=False))
        await asterisk.obey("SET MUSIC OFF")
        await asterisk.expect("EXEC Playback")


async def test_our_own_hang_up_needs_no_word(held: Held, caller: ScriptedCaller) -> None:
    """The socket is closed and the end is told, though Asterisk says no HANGUP."""
    held.leash.order(effects.HangUp(call_id=CALL))
    assert "CC_DONE 1" in await caller.obey("SET VARIABLE")
    assert isinstance(await held.next(), events.CallerHungUp)
    await caller.closed()


def asked(barge_in: bool = True, most: int = 1) -> effects.Ask:
    """An order to ask for keys."""
    return effects.Ask(
        call_id=CALL, step=4, prompts=("one", "two"), language="ru", max_digits=most,
        terminator="#", timeout_s=5.0, barge_in=barge_in,
    )  # fmt: skip


async def answered(held: Held) -> str:
    """The digits of the answer that the leash tells."""
    entered = await held.next()
    assert isinstance(entered, events.DigitsEntered)
    return entered.digits


async def read(caller: ScriptedCaller, key: str, status: str = "OK") -> str:
    """Asterisk's side of one question; the Read that came."""
    command = await after_listening(caller, "EXEC Read")
    await caller.obey("GET FULL VARIABLE", f"200 result=1 ({status}^{key})")
    return command


async def press(caller: ScriptedCaller, key: str) -> None:
    """A key while the leash listens."""
    await caller.obey("WAIT FOR DIGIT 40", f"200 result={ord(key)}")


async def after_listening(caller: ScriptedCaller, start: str, reply: str = "200 result=0") -> str:
    """Obeys the next command that is more than listening."""
    while (line := await caller.expect()).startswith("WAIT FOR DIGIT 40"):
        caller.reply()
    assert line.startswith(start)
    caller.reply(reply)
    return line


async def test_all_prompts_of_a_question_are_one_command(
    held: Held, caller: ScriptedCaller
) -> None:
    """So no key falls between two files; and nothing is idle before the next order."""
    held.leash.order(asked())
    assert "/prompts/ru/one&/prompts/ru/two,1,t(),1,5.000" in await read(caller, "1")
    assert await answered(held) == "1"
    await caller.expect("WAIT FOR DIGIT 40")


async def test_a_key_typed_ahead_answers_the_next_question(
    held: Held, caller: ScriptedCaller
) -> None:
    """It is not asked any more; what is left goes to the one after, of which nothing is said."""
    held.leash.order(asked())
    await read(caller, "8")
    for key in "12":
        await press(caller, key)
    assert await answered(held) == "8"
    held.leash.order(asked())
    assert await answered(held) == "1"
    held.leash.order(asked(most=3))
    for key in "34":
        await after_listening(caller, "WAIT FOR DIGIT 5000", f"200 result={ord(key)}")
    assert await answered(held) == "234"


async def test_a_key_before_our_first_word_answers_the_first_question(
    held: Held, caller: ScriptedCaller
) -> None:
    """Once; and what a command has taken is not told anew by the manager's word of it."""
    held.tells("4")
    held.leash.order(asked())
    assert await answered(held) == "4"
    held.leash.order(asked())
    await read(caller, "6")
    assert await answered(held) == "6"
    held.tells("6")
    held.leash.order(asked())
    await read(caller, "", "TIMEOUT")
    assert await answered(held) == ""


async def test_a_key_between_two_commands_counts_in_its_place(
    held: Held, caller: ScriptedCaller
) -> None:
    """Asterisk has dropped it, and a command has taken the next one."""
    held.leash.order(asked())
    await read(caller, "8")
    assert await answered(held) == "8"
    held.tells("8")
    held.leash.order(asked(most=3))
    held.tells("1")
    held.tells("2")
    await read(caller, "2")
    await after_listening(caller, "WAIT FOR DIGIT 5000", f"200 result={ord('3')}")
    assert await answered(held) == "123"


async def test_a_key_before_a_command_that_waits_for_it(held: Held, caller: ScriptedCaller) -> None:
    """It counts, and the command is woken by what is no key."""
    held.leash.order(asked(most=2))
    await caller.expect("EXEC Read")
    held.tells("5")
    waking = await held.waking()
    assert (waking.channel, waking.wakes()) == (CHANNEL, True)
    caller.reply()
    await caller.obey("GET FULL VARIABLE", f"200 result=1 (OK^{WAKING})")
    await caller.obey("WAIT FOR DIGIT 5000", f"200 result={ord('5')}")
    held.tells("5")
    assert await answered(held) == "55"
    assert not waking.wakes()


async def test_a_command_that_says_late_which_key_it_has_taken(
    held: Held, caller: ScriptedCaller
) -> None:
    """The key was thought to be lost: it counts once, and what was to wake that command wakes the
    next one. Another one like it is another one."""
    held.leash.order(asked(most=3))
    await caller.expect("EXEC Read")
    held.tells("5")
    assert (await held.waking()).wakes()
    caller.reply()
    await caller.obey("GET FULL VARIABLE", "200 result=1 (OK^5)")
    await caller.obey("WAIT FOR DIGIT 5000", f"200 result={ord(WAKING)}")
    held.tells("5")
    await caller.obey("WAIT FOR DIGIT 5000", f"200 result={ord('5')}")
    held.tells("6")
    await caller.obey("WAIT FOR DIGIT 5000", f"200 result={ord('6')}")
    assert await answered(held) == "556"


async def test_a_telephone_that_sends_what_wakes(held: Held, caller: ScriptedCaller) -> None:
    """A stranger's is a silence."""
    held.leash.order(asked(most=2))
    await read(caller, WAKING)
    await caller.obey("WAIT FOR DIGIT 5000", f"200 result={ord(WAKING)}")
    assert await answered(held) == ""


async def test_the_closing_key_is_no_part_of_the_answer(held: Held, caller: ScriptedCaller) -> None:
    """It ends the digits; pressed alone it is silence, as is a time without a key."""
    held.leash.order(asked(most=9))
    await read(caller, "2")
    await caller.obey("WAIT FOR DIGIT 5000", f"200 result={ord('#')}")
    assert await answered(held) == "2"
    held.leash.order(asked(most=9))
    await read(caller, "#")
    assert await answered(held) == ""
    held.leash.order(asked(most=9))
    await read(caller, "", "TIMEOUT")
    assert await answered(held) == ""


async def test_a_question_that_must_be_heard(held: Held, caller: ScriptedCaller) -> None:
    """Without barge-in all is said first, then keys count."""
    held.leash.order(asked(barge_in=False))
    assert "/prompts/ru/one&/prompts/ru/two" in await caller.obey("EXEC Playback")
    await after_listening(caller, "WAIT FOR DIGIT 5000")
    assert await answered(held) == ""


async def test_a_question_whose_prompt_is_broken_is_still_a_question(
    held: Held, caller: ScriptedCaller
) -> None:
    """Asterisk gives up at once where the last file cannot be played; the time to answer stays."""
    held.leash.order(asked())
    await read(caller, "", "ERROR")
    await caller.obey("WAIT FOR DIGIT 5000", f"200 result={ord('3')}")
    assert await answered(held) == "3"


async def test_a_hang_up_in_a_question(held: Held, caller: ScriptedCaller) -> None:
    """No answer is made of it."""
    held.leash.order(asked())
    await caller.expect("EXEC Read")
    caller.hang_up()
    caller.reply("200 result=0")
    await caller.obey("GET FULL VARIABLE", "200 result=1 (HANGUP^)")
    assert isinstance(await held.next(), events.CallerHungUp)
