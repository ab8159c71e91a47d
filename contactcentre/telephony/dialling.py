"""What the leash gives to `Dial`, and what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from contactcentre.core import effects
from contactcentre.core.config.trunk import WayOut
from contactcentre.core.outcomes import DialResult
from contactcentre.telephony.agi import AgiReply, AgiSession
from contactcentre.telephony.digits import are_digits, number
from contactcentre.telephony.translation import AUDIO_STOPPED, trunk_endpoint

Asked = asyncio.Future[AgiReply | None]
"""A question whose answer is on its way."""

WaysOut = Callable[[str], Sequence[WayOut]]
"""By which trunks a call goes out on behalf of a dialled number, the best first."""

REPLY_S: Final = 5.0
"""Commands that do no more than set or read answer at once; a longer silence is a dead channel."""

ADD_TRIES: Final = 10
ADD_PAUSE_S: Final = 0.05
"""So often, and so long between two tries, somebody is added to a talk that is about to begin: both
were ordered in one breath, on two sockets."""

DIAL_END: Final = ("DIALSTATUS", "HANGUPCAUSE", "DIALEDPEERNAME", "CC_GONE")

GONE_TRIES: Final = 20
GONE_PAUSE_S: Final = 0.005
"""So often, and so long between two tries, it is asked why the leg of an agent has ended."""


def phone(order: effects.Ring) -> str:
    """An agent's telephone, with the offer's id for the leg."""
    auto = "1" if order.auto else "0"
    records = "^1" if order.records else ""
    options = f"gmib(cc-offer^s^1({order.offer_id}^{auto}{records}))"
    return f"PJSIP/{order.phone.endpoint},{round(order.timeout_s)},{options}"


def mobile(order: effects.Ring, way: WayOut) -> str:
    """An agent's mobile, which shows a number of the hotline's and not the citizen's."""
    options = f"gmiU(cc-mobile^s^1)b({_out(order.offer_id, way, records=order.records)})"
    return f"{_by(way, order.phone.number)},{round(order.timeout_s)},{options}"


def outside(order: effects.Transfer, way: WayOut) -> str:
    """A number that a menu hands a caller over to, or an agent: then the leg tells of itself, shows
    a number of ours, and the caller hears music until it is answered."""
    target, seconds = _by(way, order.number), round(order.timeout_s)
    if not order.offer_id:
        return f"{target},{seconds},i"
    return f"{target},{seconds},gmib({_out(order.offer_id, way)})"


def aside(order: effects.RingAside, ways: Sequence[WayOut]) -> list[str]:
    """Whoever an agent asks: rung by the agent's leg, and on a leash when that one leaves."""
    rest = "giF(cc-desk^s^1)"
    seconds, asked = round(order.timeout_s), order.phone
    if asked is None:
        return [
            f"{_by(way, order.number)},{seconds},{rest}b({_out(order.rung_id, way)})"
            for way in ways
        ]
    if asked.device == "mobile":
        ring = effects.Ring(
            call_id="", offer_id=order.rung_id, phone=asked, timeout_s=order.timeout_s
        )
        return [f"{mobile(ring, way)}F(cc-desk^s^1)" for way in ways]
    return [f"PJSIP/{asked.endpoint},{seconds},{rest}b(cc-offer^s^1({order.rung_id}^0))"]


def _out(leg_id: str, way: WayOut, *, records: bool = False) -> str:
    return f"cc-mobile^ring^1({leg_id}^{_shown(way)}{'^1' if records else ''})"


def _shown(way: WayOut) -> str:
    return way.shown if are_digits(way.shown.removeprefix("+")) else ""


def _by(way: WayOut, number: str) -> str:
    return f"PJSIP/{number}@{trunk_endpoint(way.trunk_id)}"


def ask_ahead(session: AgiSession) -> Asked | None:
    """Ask how the `Dial` under way will have ended: the answer comes with its end, and not a round
    trip later. None where nothing is under way."""
    return session.follow(*_question(DIAL_END))


async def dial_end(session: AgiSession, asked: Asked | None = None) -> tuple[str, str]:
    """DIALSTATUS and cause of the last `Dial`. Why a leg that had answered has ended, it tells
    itself (context `cc-gone`), perhaps a moment after the dial's end.
    """
    for tries in range(GONE_TRIES):
        said = await _answer(session, DIAL_END, asked)
        leg, _, cause = said["CC_GONE"].partition("|")
        if said["DIALSTATUS"] != "ANSWER":
            return said["DIALSTATUS"], said["HANGUPCAUSE"]
        if leg == said["DIALEDPEERNAME"]:
            return "ANSWER", cause
        if tries or asked is None:
            await asyncio.sleep(GONE_PAUSE_S)
        asked = None
    return "ANSWER", ""


async def bridge_end(session: AgiSession, leg: str) -> DialResult:
    """What came of the last `Bridge` with that leg, which tells why it has ended (`cc-gone`), if it
    has. One that was taken out of it has not."""
    said = await variables(session, "BRIDGERESULT")
    if said["BRIDGERESULT"] not in ("SUCCESS", ""):
        return DialResult.UNREACHABLE
    for _ in range(GONE_TRIES):
        gone = (await variables(session, "CC_GONE"))["CC_GONE"]
        if gone.startswith(f"{leg}|"):
            lost = number(gone.rpartition("|")[2]) == AUDIO_STOPPED
            return DialResult.AUDIO_LOST if lost else DialResult.ANSWERED
        await asyncio.sleep(GONE_PAUSE_S)
    return DialResult.ANSWERED


async def variables(session: AgiSession, *names: str) -> Mapping[str, str]:
    """Several variables in one round trip."""
    return await _answer(session, names, None)


def _question(names: Sequence[str]) -> tuple[str, str]:
    return "GET FULL VARIABLE", "^".join(f"${{{name}}}" for name in names)


async def _answer(
    session: AgiSession, names: Sequence[str], asked: Asked | None
) -> Mapping[str, str]:
    """Of what was asked ahead, if it was."""
    question = _question(names)
    if asked is None:
        reply = await session.command(*question, timeout_s=REPLY_S)
    else:
        reply = await session.reply(asked, question[0], timeout_s=REPLY_S)
    values = reply.data.split("^")
    values += [""] * (len(names) - len(values))
    return dict(zip(names, values, strict=False))


async def join(session: AgiSession, leg: str, *, adds: bool) -> AgiReply:
    """Let the session's channel and that leg hear each other, until that is over. Who is to be
    added to a talk that the leg is not in yet is told nothing but an end, and tries again."""
    application = "BridgeAdd" if adds else "Bridge"
    for _ in range(ADD_TRIES):
        began = time.monotonic()
        reply = await session.command("EXEC", application, leg, timeout_s=None)
        if not adds or reply.failed or time.monotonic() - began > ADD_PAUSE_S:
            break
        await asyncio.sleep(ADD_PAUSE_S)
    return reply
