"""The leash of a leg that is alone: an agent's whose caller is on hold, or of whoever is asked.

The same as a caller's (`leash`), and less: nobody at the end of it is asked anything. Tried on
Asterisk: a leg that must transcode, and goes from one talk straight into another, may hear nothing
any more (its new partner's RTP begins at a lower number). So some music is played on it first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from typing import Final

import structlog

from contactcentre.core import effects, events
from contactcentre.core.outcomes import DialResult
from contactcentre.engine.clock import now
from contactcentre.telephony.agi import (
    AgiGone,
    AgiHangup,
    AgiRefused,
    AgiReply,
    AgiSession,
    AgiTimeout,
)
from contactcentre.telephony.dialling import REPLY_S, WaysOut, aside, dial_end, join
from contactcentre.telephony.leash import GHOST_S, PAUSE_S
from contactcentre.telephony.translation import dial_result, has_no_line, is_offer

log = structlog.get_logger(__name__)

SPIES: Final = {"listen": "quES", "whisper": "quESw", "barge": "quESB"}
"""Options of `ChanSpy`: no beep, one channel by its name, an end with it, and no other after it."""

SCRIPT = "leg"
"""The last word of the address that legs ask at; callers ask at another."""


@dataclass(slots=True)
class _Leashed:
    """One leg."""

    session: AgiSession
    since: float
    orders: asyncio.Queue[effects.LegEffect | None] = field(default_factory=asyncio.Queue)
    music: bool = False
    moved: bool = False  # by us, out of what it is in: its socket is of no use any more


class LegLeash:
    """Every leg we hold, by its id."""

    def __init__(
        self, post: Callable[[events.Event], None], *, ways_out: WaysOut = lambda _: ()
    ) -> None:
        self._post = post
        self._ways_out = ways_out
        self._held: dict[str, _Leashed] = {}

    def __len__(self) -> int:
        return len(self._held)

    def order(self, effect: effects.LegEffect) -> None:
        """Queue an order. A leg that is not on its leash (any more) needs none."""
        held = self._held.get(effect.offer_id)
        if held is not None:
            held.orders.put_nowait(effect)

    def parking(self, leg_id: str) -> None:
        """The leg is about to be redirected to a new socket: let go of this one. That it was moved
        Asterisk says later than that what it was in has ended."""
        held = self._held.get(leg_id)
        if held is not None:
            held.moved = True

    def present(self, at: float, channel_ids: Set[str]) -> None:
        """Let go of legs that had been held for a while and have no channel."""
        for held in self._held.values():
            known = held.session.env["agi_uniqueid"] in channel_ids
            if not known and held.since < at - GHOST_S:
                held.orders.put_nowait(None)
                held.session.close()

    async def handle(self, session: AgiSession) -> None:
        """Hold one leg until it is joined with another, or ends."""
        leg_id = session.env.get("agi_accountcode", "")
        if not is_offer(leg_id):
            return  # a leg that has no name of ours is nobody's
        held = _Leashed(session, now())
        self._held[leg_id] = held
        session.on_hangup(lambda: held.orders.put_nowait(None))
        try:
            await _music(held, on=True)
            await asyncio.sleep(PAUSE_S)
            await _music(held, on=False)
            self._tell_alone(leg_id, session)
            await self._serve(leg_id, held)
        except (AgiGone, AgiTimeout):
            pass  # moved by us, or hung up: then its end is told by the manager
        finally:
            if self._held.get(leg_id) is held:
                del self._held[leg_id]

    def _tell_alone(self, leg_id: str, session: AgiSession) -> None:
        leg = session.env.get("agi_channel", "")
        self._post(events.LegLeashed(at=now(), offer_id=leg_id, leg=leg))

    async def _serve(self, leg_id: str, held: _Leashed) -> None:
        while (order := await held.orders.get()) is not None:
            try:
                await self._carry_out(order, held)
            except AgiRefused as refusal:
                log.warning("order_refused", order=type(order).__name__, code=refusal.code)
            if held.moved:
                break
            if not isinstance(order, effects.LegMusic | effects.Listen):
                self._tell_alone(leg_id, held.session)
        raise AgiHangup

    async def _carry_out(self, order: effects.LegEffect, held: _Leashed) -> None:
        match order:
            case effects.LegMusic():
                await _music(held, on=True)
            case effects.JoinLegs():
                await _music(held, on=False)
                await _over(held, await join(held.session, order.leg, adds=order.adds))
            case effects.RingAside():
                await _music(held, on=False)
                await self._ring(order, held)
            case effects.Listen():
                spy = f"{order.leg},{SPIES[order.mode]}"
                await _over(
                    held, await held.session.command("EXEC", "ChanSpy", spy, timeout_s=None)
                )
                over = DialResult.ANSWERED
                self._post(events.LegDialEnded(at=now(), offer_id=order.offer_id, result=over))

    async def _ring(self, order: effects.RingAside, held: _Leashed) -> None:
        ended = "", ""
        for target in aside(order, self._ways_out(order.shown)):
            await _execute(held, "Dial", target)
            ended = await dial_end(held.session)
            if not has_no_line(*ended):
                break
        device = order.phone.device if order.phone is not None else "desk"
        result = dial_result(*ended, device)
        self._post(events.LegDialEnded(at=now(), offer_id=order.rung_id, result=result))


async def _execute(held: _Leashed, application: str, argument: str) -> None:
    """Run it to its end. Raises as `_over`."""
    reply = await held.session.command("EXEC", application, argument, timeout_s=None)
    await _over(held, reply)


async def _over(held: _Leashed, reply: AgiReply) -> None:
    """What ran on the leg has ended. Raises `AgiHangup` where the leg has, too, or was taken out of
    it."""
    if reply.failed and not held.moved:
        await held.session.hangup_word()
    if held.session.hung_up or held.moved:
        raise AgiHangup("moved")


async def _music(held: _Leashed, *, on: bool) -> None:
    if held.music is not on:
        words = ("ON", "default") if on else ("OFF",)
        await held.session.command("SET", "MUSIC", *words, timeout_s=REPLY_S)
        held.music = on
