"""A caller's keys on a real Asterisk: none is lost, whenever it is pressed."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from contactcentre.core import effects, events
from contactcentre.telephony.agi import AgiServer
from contactcentre.telephony.leash import Leash
from contactcentre.telephony.message_files import MessageFiles
from contactcentre.telephony.pbx import Pbx
from contactcentre.telephony.pressed_keys import PressedKeys
from lab import g711, tones
from lab.telephone import PhoneCall, Telephone
from lab.wire import wire

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

# Prompts so short, on a line so slow, that Asterisk would have nothing to do for half the time.
BEEP_S = 0.1
FAR_S = 0.025
SLOW_S = 0.15
"""Each way: more than half of the time goes by between two commands."""

LATE_S = 0.7
"""Each way, as well: the answer comes later than a second after the key."""

BEEPS = ("beep",) * 12
FIRST_KEY_S = 1.0
"""From here on, at random, a key falls somewhere into the prompts."""


class Beeps:
    """Every prompt is the same short sound."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.tone = folder / "beep"
        g711.write(folder / "beep.wav", tones.alaw("D")[: round(BEEP_S * g711.RATE_HZ)])

    def resolve(self, key: str, language: str) -> Path:
        return self._folder / key


class Menu:
    """One caller in our menus, as the leash sees it."""

    def __init__(self, leash: Leash, told: "asyncio.Queue[events.Event]", talk: PhoneCall) -> None:
        self.talk = talk
        self._leash = leash
        self._told = told
        self._call_id = ""
        self._step = 0

    async def next(self) -> events.Event:
        async with asyncio.timeout(20):
            return await self._told.get()

    async def arrive(self) -> None:
        """Take the call in."""
        arrived = await self.next()
        assert isinstance(arrived, events.CallArrived)
        self._call_id = arrived.call_id

    def ask(
        self, *, most: int = 1, prompts: tuple[str, ...] = BEEPS, barge_in: bool = True,
        timeout_s: float = 2.0,
    ) -> None:  # fmt: skip
        """Ask for keys."""
        self._step += 1
        self._leash.order(
            effects.Ask(
                call_id=self._call_id, step=self._step, prompts=prompts, language="lv",
                max_digits=most, terminator="#", timeout_s=timeout_s, barge_in=barge_in,
            )
        )  # fmt: skip

    async def answer(self) -> str:
        """What was entered."""
        entered = await self.next()
        assert isinstance(entered, events.DigitsEntered)
        assert entered.step == self._step
        return entered.digits


MenuOf = Callable[..., AbstractAsyncContextManager[Menu]]


@pytest.fixture
def menu(pbx: Pbx, citizen: Telephone, tmp_path: Path, linked: Any) -> MenuOf:
    """A function that makes a call in the menus, over a slow line between Asterisk and us; the
    manager tells of its keys by a line of its own.

    `keys` are pressed as soon as Asterisk has answered, before anybody takes the call.
    """

    @asynccontextmanager
    async def begun(*, keys: str = "", far_s: float = FAR_S) -> AsyncIterator[Menu]:
        told: asyncio.Queue[events.Event] = asyncio.Queue()
        files, known = MessageFiles(tmp_path, most_bytes=0), PressedKeys()
        async with linked(pbx, keys=known) as orders:
            leash = Leash(
                told.put_nowait,
                Beeps(tmp_path),
                files,
                interrupt=lambda _: None,
                keys=known,
                wake=orders.put_nowait,
            )
            async with _served(leash) as ours:
                talk = await citizen.call("60000100", "+37120000001")
                talk.media.press(keys)
                while len(known) < len(keys):
                    await talk.media.hears()
                port = int(pbx.settings.agi[0].rpartition(":")[2])
                async with wire(port, "127.0.0.1", ours) as line:
                    line.delay_s = far_s
                    caller = Menu(leash, told, talk)
                    await caller.arrive()
                    yield caller
                    await caller.talk.hang_up()

    return begun


@asynccontextmanager
async def _served(leash: Leash) -> AsyncIterator[int]:
    """At that port."""
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = AgiServer(leash.handle)
    serving = asyncio.create_task(server.serve("127.0.0.1", 0, ready=ready.set_result), name="agi")
    try:
        yield await ready
    finally:
        serving.cancel()
        await asyncio.wait([serving])


async def falls_silent(talk: PhoneCall) -> None:
    """Return when nothing has been heard for a while."""
    with suppress(TimeoutError):
        while True:
            async with asyncio.timeout(0.3):
                await talk.media.hears()


async def test_no_key_is_lost_between_prompts(menu: MenuOf) -> None:
    """One press at each of twenty random instants of a menu of many short prompts."""
    chance = random.Random(4733)  # noqa: S311 - when a key is pressed, no secret
    async with menu() as caller:
        for number in range(20):
            caller.ask()
            await caller.talk.media.hears(round(50 * chance.uniform(0.1, FIRST_KEY_S)))
            caller.talk.media.press(str(number % 10))
            assert await caller.answer() == str(number % 10)


async def test_a_key_before_the_service_has_the_call(menu: MenuOf) -> None:
    """It is typed into the first menu, which need not come round again."""
    async with menu(keys="37") as caller:
        for key in "37":
            caller.ask()
            assert await caller.answer() == key


async def test_a_key_between_two_commands(menu: MenuOf) -> None:
    """On a line so slow that Asterisk has nothing to do for most of the time: none is lost, and
    none counts twice."""
    chance = random.Random(4733)  # noqa: S311 - when a key is pressed, no secret
    async with menu(far_s=SLOW_S) as caller:
        for number in range(12):
            caller.ask(timeout_s=3.0)
            await caller.talk.media.hears(round(50 * chance.uniform(0.0, 4 * SLOW_S)))
            caller.talk.media.press(str(number % 10))
            assert await caller.answer() == str(number % 10)
        caller.ask(most=4, timeout_s=3.0)
        caller.talk.media.press("2026")
        assert await caller.answer() == "2026"
        caller.ask(prompts=BEEPS[:1], timeout_s=1.5)
        assert await caller.answer() == ""


async def test_no_key_is_lost_between_questions(menu: MenuOf) -> None:
    """Who knows the menus presses key after key and never waits for the next question."""
    keys = "81234567890*" * 3
    async with menu() as caller:
        caller.talk.media.press(keys)
        for key in keys:
            caller.ask()
            assert await caller.answer() == key


async def test_several_digits(menu: MenuOf) -> None:
    """To the closing key, to the most there may be, or to the first silence."""
    async with menu() as caller:
        caller.ask(most=15)
        caller.talk.media.press("20000001#")
        assert await caller.answer() == "20000001"
        caller.ask(most=4)
        caller.talk.media.press("2026")
        assert await caller.answer() == "2026"
        caller.ask(most=15, timeout_s=0.5)
        caller.talk.media.press("12")
        assert await caller.answer() == "12"
        caller.ask(prompts=BEEPS[:1], timeout_s=0.5)
        assert await caller.answer() == ""


async def test_a_question_that_must_be_heard(menu: MenuOf) -> None:
    """A key during the prompts does not count, one after them does."""
    async with menu() as caller:
        caller.ask(barge_in=False)
        caller.talk.media.press("1")
        await caller.talk.media.hears(10)
        await falls_silent(caller.talk)
        caller.talk.media.press("2")
        assert await caller.answer() == "2"


async def test_short_keys_in_quick_succession(menu: MenuOf) -> None:
    """A machine dials: tone and pause are as short as they may be (ITU-T Q.24)."""
    async with menu() as caller:
        for number in ("20987654", "29112233", "26000001"):
            caller.ask(most=15)
            caller.talk.media.press(f"{number}#", frames=2, pause_frames=1)
            assert await caller.answer() == number


async def test_commands_that_answer_late(menu: MenuOf) -> None:
    """By more than a second, as on a machine that has far too much to do: each key counts once."""
    async with menu(far_s=LATE_S) as caller:
        for number in ("2", "20", "2600"):
            caller.ask(most=len(number), timeout_s=5.0)
            caller.talk.media.press(number)
            assert await caller.answer() == number


async def test_keys_by_info(citizen: Telephone, menu: MenuOf) -> None:
    """A carrier that hands keys on as messages of their own."""
    citizen.tones = True
    async with menu() as caller:
        caller.ask(most=4)
        for key in "2026":
            await caller.talk.press_by_info(key)
        assert await caller.answer() == "2026"


async def test_keys_by_sound(citizen: Telephone, menu: MenuOf) -> None:
    """A line that does not offer RFC 4733 is listened to: its keys are tones in the speech."""
    citizen.tones = True
    async with menu() as caller:
        for keys in ("1", "5", "0"):
            caller.ask()
            caller.talk.media.press(keys)
            assert await caller.answer() == keys
        caller.ask(most=15)
        caller.talk.media.press("20987654#")
        assert await caller.answer() == "20987654"
