"""One caller's keys: those that answer a question, and those that are typed ahead of the next.

While no command runs, Asterisk drops keys. So all the prompts of a question are one `Read` (GET
DATA plays one file only), and while the service thinks for longer, the session listens. What is
left are the instants between two commands: short ones, but not on a machine that is busy. Of every
key the manager's events tell, without saying whether a command has taken it (`pressed_keys`). One
that was told before a key that a command has taken, or a second ago, is taken by none: then it
counts in its place, and the command that waits for a key is woken by one that no telephone has.
Should the command's word of that very key come after all, it counts no second time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from contactcentre.core import effects
from contactcentre.engine.clock import now
from contactcentre.telephony.agi import AgiReply, AgiSession
from contactcentre.telephony.digits import KEYS, key_of
from contactcentre.telephony.pressed_keys import EARLY_S, Key

log = structlog.get_logger(__name__)

KEY: Final = "CC_KEY"
"""The channel variable in which `Read` leaves the key."""

NEXT_KEY_S: Final = 0.03
"""So soon after a key nobody has pressed the next one: tone and pause last 40 ms each at least
(ITU-T Q.24). An order that comes in that time need not wait for the listening to end."""

LOST_S: Final = 1.0
"""Between the event of a key and the end of the command that has taken it, at most; and between two
keys that wait in Asterisk, which has none follow another at once (SIP INFO may come so fast)."""


WAKING: Final = "D"
"""Asterisk takes it for a key; of callers it counts for none (`digits.KEYS`)."""


@dataclass(frozen=True, slots=True)
class Waking:
    """`WAKING` to be pressed on a channel, unless it would wake nobody any more."""

    channel: str
    wakes: Callable[[], bool]  # asked when it is about to be pressed


class Keypad:
    """The keys of one session."""

    def __init__(
        self,
        session: AgiSession,
        told: Callable[[], Sequence[Key]],
        wake: Callable[[Waking], None],
    ) -> None:
        """`told` hands over, once, what the manager has told of; `wake` presses a key."""
        self._session = session
        self._news = told
        self._wake = wake
        self._typed: list[Key] = []
        self._told: list[Key] = []  # and perhaps taken by a command
        self._taken: list[Key] = []  # by a command, and not told yet
        self._early = ""  # counted as lost; one may be what the command that runs says next
        self._waking = False  # a command, which has not said yet that it is awake
        self._last_taken = 0.0
        self._since = 0.0  # what was pressed before counts no more
        self._begun = self._away = False
        self._commands = 0  # that wait for a key, and their ends

    def forget(self) -> None:
        """The menus are over: what was typed ahead answers nothing any more."""
        self._typed, self._away = [], True

    def _begin(self) -> None:
        """From here on the keys are told by the session."""
        if self._away:
            self._count_from_now()
        elif not self._begun:
            self._told = list(self._news())
            self._count(now())  # nothing has listened
        self._begun, self._away = True, False

    def _count_from_now(self) -> None:
        self._since = now()
        self._told, self._taken = [], []

    async def say(self, prompts: Sequence[str], files: Sequence[str]) -> None:
        """Say what no key ends, and listen from its end on."""
        if not files:
            return
        self._begin()
        said = await self._session.command("EXEC", "Playback", "&".join(files))
        if said.failed:
            await self._session.hangup_word()
            log.error("prompts_not_played", prompts=prompts)
        self._count_from_now()
        self._session.listen(self._take)

    async def ask(self, order: effects.Ask, files: Sequence[str]) -> str:
        """The caller's answer; "" is silence. Keys typed ahead count where barge-in is allowed."""
        self._begin()
        if not order.barge_in:
            await self.say(order.prompts, files)
            self._typed = []
        self._settle()
        timely = bool(self._typed) or not order.barge_in or await self._read(order, files)
        while timely and not _whole(_text(self._typed), order):
            timely = await self._wait(order.timeout_s)
        answer, rest = _split(_text(self._typed), order)
        self._typed = self._typed[len(self._typed) - len(rest) :]
        self._session.listen(self._take, after_s=NEXT_KEY_S if timely else 0.0)
        return answer

    def _take(self, digit: str) -> bool:
        """From a command; whether that was no silence."""
        early, self._early = self._early, ""
        if digit == WAKING:
            awake, self._waking = self._waking, False
            return awake
        if digit not in KEYS:
            return False
        self._last_taken = now()
        if digit not in early:
            key = Key(self._last_taken, self._last_taken, digit)
            self._typed.append(key)
            self._taken.append(key)
        return True

    async def _read(self, order: effects.Ask, files: Sequence[str]) -> bool:
        """Say the prompts until a key is pressed; False after a silence."""
        what = f"{KEY},{'&'.join(files)},1,t(),1,{order.timeout_s:.3f}"
        read = await self._taking("EXEC", "Read", what)
        variables = f"${{READSTATUS}}^${{{KEY}}}"
        result = await self._session.command("GET FULL VARIABLE", variables)
        status, _, key = result.data.partition("^")
        if read.failed or status == "HANGUP":
            await self._session.hangup_word()
        if status == "ERROR":  # given up with no time to answer, as the last file is not there
            log.error("prompts_not_played", prompts=order.prompts)
        self._take(key)
        return status != "TIMEOUT"

    async def _wait(self, timeout_s: float) -> bool:
        """Take one more key; False after a silence."""
        if self._settle():
            return True
        reply = await self._taking("WAIT FOR DIGIT", str(round(timeout_s * 1000)))
        if reply.failed:
            await self._session.hangup_word()
        return self._take(key_of(reply.result))

    # --- keys that no command has taken ----------------------------------------------------

    async def _taking(self, *words: str) -> AgiReply:
        """A command that a key ends; a lost one is pressed again."""
        self._commands += 1
        self._look_later(self._commands)
        try:
            return await self._session.command(*words)
        finally:
            self._commands += 1

    def _look_later(self, command: int) -> None:
        asyncio.get_running_loop().call_later(LOST_S, self._look_for_lost, command)

    def _look_for_lost(self, command: int) -> None:
        if self._commands != command:
            return
        if self._settle():
            channel = self._session.env.get("agi_channel", "")
            self._wake(Waking(channel, partial(self._wakes, command)))
        self._look_later(command)

    def _wakes(self, command: int) -> bool:
        self._waking = self._commands == command
        return self._waking

    def _settle(self) -> bool:
        """Let the keys count that no command has taken; whether there were any."""
        self._told += (key for key in self._news() if key.at > self._since)
        lost = [key for taken in tuple(self._taken) for key in self._before(taken)]
        late_s = now() - LOST_S
        late = self._count(late_s) if self._last_taken <= late_s else ()
        self._early += _text(late)
        return bool(lost or late)

    def _count(self, until: float) -> Sequence[Key]:
        """Those that a command would have had by then."""
        late = [key for key in self._told if key.handed_on <= until]
        self._told = [key for key in self._told if key.handed_on > until]
        self._typed += late
        return late

    def _before(self, taken: Key) -> Sequence[Key]:
        """What was pressed before a key that a command has taken, and was taken by none."""
        place = next((n for n, key in enumerate(self._told) if key.digit == taken.digit), None)
        if place is None:
            if taken.at < now() - EARLY_S:  # it will not be told any more
                self._taken.remove(taken)
            return ()
        lost, self._told = self._told[:place], self._told[place + 1 :]
        self._taken.remove(taken)
        if taken not in self._typed:
            return ()  # it has answered already
        at = self._typed.index(taken)
        self._typed[at:at] = lost
        return lost


def _text(keys: Sequence[Key]) -> str:
    return "".join(key.digit for key in keys)


def _whole(typed: str, order: effects.Ask) -> bool:
    closed = bool(order.terminator) and order.terminator in typed
    return closed or len(typed) >= order.max_digits


def _split(typed: str, order: effects.Ask) -> tuple[str, str]:
    """The answer, and what was typed beyond it."""
    head, tail = typed[: order.max_digits], typed[order.max_digits :]
    if order.terminator and order.terminator in head:
        answer, _, rest = typed.partition(order.terminator)
        return answer, rest
    return head, tail
