"""One caller's keys: those that answer a question, and those that are typed ahead of the next.

While no command runs, Asterisk drops keys. So all the prompts of a question are one `Read` (GET
DATA plays one file only), and while the service thinks for longer, the session listens. What is
left are the instants just after a key, when nobody can have pressed the next one yet; and the time
before our first word, of which the manager's events tell (`early_keys`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from contactcentre.core import effects
from contactcentre.telephony.agi_session import AgiSession
from contactcentre.telephony.digits import key_of

log = structlog.get_logger(__name__)

KEY = "CC_KEY"
"""The channel variable in which `Read` leaves the key."""

NEXT_KEY_S = 0.03
"""So soon after a key nobody has pressed the next one: tone and pause last 40 ms each at least
(ITU-T Q.24). An order that comes in that time need not wait for the listening to end."""


class Keypad:
    """The keys of one session."""

    def __init__(self, session: AgiSession, early: Callable[[], str]) -> None:
        """`early` tells, at the first word of ours, what was typed before it."""
        self._session = session
        self._early: Callable[[], str] | None = early
        self._typed = ""

    def forget(self) -> None:
        """The menus are over: what was typed ahead answers nothing any more."""
        self._typed, self._early = "", None

    def _begin(self) -> None:
        """From here on the keys are told by the session."""
        if self._early is not None:
            self._typed, self._early = self._early(), None

    async def say(self, prompts: Sequence[str], files: Sequence[str]) -> None:
        """Say what no key ends, and listen from its end on."""
        if not files:
            return
        self._begin()
        said = await self._session.command("EXEC", "Playback", "&".join(files))
        if said.failed:
            await self._session.hangup_word()
            log.error("prompts_not_played", prompts=prompts)
        self._session.listen(self._hear)

    async def ask(self, order: effects.Ask, files: Sequence[str]) -> str:
        """The caller's answer; "" is silence. Keys typed ahead count where barge-in is allowed."""
        self._begin()
        if not order.barge_in:
            await self.say(order.prompts, files)
            self._typed = ""
        timely = bool(self._typed) or not order.barge_in or await self._read(order, files)
        while timely and not _whole(self._typed, order):
            timely = await self._wait(order.timeout_s)
        answer, self._typed = _split(self._typed, order)
        self._session.listen(self._hear, after_s=NEXT_KEY_S if timely else 0.0)
        return answer

    def _hear(self, key: str) -> None:
        self._typed += key

    async def _read(self, order: effects.Ask, files: Sequence[str]) -> bool:
        """Say the prompts until a key is pressed; False after a silence."""
        what = f"{KEY},{'&'.join(files)},1,t(),1,{order.timeout_s:.3f}"
        read = await self._session.command("EXEC", "Read", what)
        variables = f"${{READSTATUS}}^${{{KEY}}}"
        result = await self._session.command("GET FULL VARIABLE", variables)
        status, _, key = result.data.partition("^")
        if read.failed or status == "HANGUP":
            await self._session.hangup_word()
        if status == "ERROR":  # given up with no time to answer, as the last file is not there
            log.error("prompts_not_played", prompts=order.prompts)
        self._typed += key
        return status != "TIMEOUT"

    async def _wait(self, timeout_s: float) -> bool:
        """Take one more key; False after a silence."""
        reply = await self._session.command("WAIT FOR DIGIT", str(round(timeout_s * 1000)))
        if reply.failed:
            await self._session.hangup_word()
        pressed = key_of(reply.result)
        self._typed += pressed
        return pressed != ""


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
