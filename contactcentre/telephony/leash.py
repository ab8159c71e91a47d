"""The leash: one AGI socket per caller, on which our orders are carried out in sequence.

While the socket is idle the caller hears music; a hang-up arrives at once. If this process dies,
the socket closes and the dialplan goes on by itself, with the caller's place on the channel.
"""

from __future__ import annotations

import asyncio
import math
import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, Protocol

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
    AgiUnsafe,
)
from contactcentre.telephony.dialling import (
    REPLY_S,
    Asked,
    WaysOut,
    ask_ahead,
    bridge_end,
    dial_end,
    join,
    mobile,
    outside,
    phone,
    variables,
)
from contactcentre.telephony.keypad import Keypad, Waking
from contactcentre.telephony.message_files import NOTHING, MessageFiles, recording_name
from contactcentre.telephony.pressed_keys import Key, PressedKeys
from contactcentre.telephony.translation import caller_of, dial_result, has_no_line, is_call
from contactcentre.telephony.words import Words
from routing.model import Device

log = structlog.get_logger(__name__)

GHOST_S: Final = 1.0
"""A caller who has come just now may not be in a list of channels yet."""

WORD_S: Final = 0.1
"""So long after a bridge's end, at most, Asterisk says that it was the caller who had hung up: the
answer to `EXEC Bridge` is the same. (Tried: up to 47 ms.)"""

PAUSE_S: Final = 0.08
"""So much music between two talks is enough for whoever hears it."""

SCORES: Final = ("1", "2", "3", "4", "5")

PLACE: Final = "CC_PLACE"
"""The channel variable that keeps queue, language, entry and arrival: `taxes|lv|1700.5|1699.0`."""


KNOWN: Final = ("CC_CALL", PLACE, "CC_HOTLINE", "CC_FELL")
"""What the dialplan knows of a caller, in the order of its arguments behind the secret. The number
that was dialled is never empty there; what is empty at the end is not sent."""

LATEST: Final = 2_147_483_647
"""The fallback queue takes the highest number first: this one, less the second of the entry."""


class Prompts(Protocol):
    """Where the audio of a prompt lies."""

    @property
    def tone(self) -> Path:
        """After it one speaks; a file without its extension."""

    def resolve(self, key: str, language: str) -> Path:
        """A file without its extension; never none: another language or a tone stands in.

        A key may be pinned to a language: `ru:language.choose`.
        """


@dataclass(slots=True)
class _Held:
    """One caller on the leash."""

    session: AgiSession
    keypad: Keypad
    hotline: str  # the number that was dialled
    since: float
    orders: asyncio.Queue[effects.CallEffect | None] = field(default_factory=asyncio.Queue)
    recalled: bool = False  # we have asked for the redirect: the HANGUP that follows is not one
    parked: bool = False  # we have asked for the agent's leg to be taken out of the dial
    done: bool = False  # we have ended the call ourselves
    music: bool = True  # the dialplan lets it play until we say something
    words: Words | None = None  # are being said to somebody who waits
    hurried: int = 0  # orders in wait for which such words end: somebody is to be rung, or joined
    idle: bool = False  # nothing is being carried out, and nothing waits
    begun: Asked | None = None  # the dial of the order that is next
    dials: str = ""  # the offer for which the caller's channel dials
    asked: Asked | None = None  # how that dial will have ended

    @property
    def has_just_talked(self) -> bool:
        """The last that was heard is a talk that we have taken apart."""
        return self.parked and not self.music


class Leash:
    """Every caller we hold, by call id."""

    def __init__(
        self,
        post: Callable[[events.Event], None],
        prompts: Prompts,
        recordings: MessageFiles,
        *,
        interrupt: Callable[[Words], None],
        ways_out: WaysOut = lambda _: (),
        keys: PressedKeys | None = None,
        listed: Callable[[str | None], bool] = lambda caller: False,
        scored: Callable[[str, int], None] = lambda queue, score: None,
        wake: Callable[[Waking], None] = lambda _: None,
    ) -> None:
        """`interrupt` has words stopped, `wake` presses a key; without `ways_out` no call leaves
        the house. `keys` are those that the manager tells of, `listed` tells whose calls are
        not taken; `scored` counts what callers of a queue think."""
        self._listed = listed
        self._scored = scored
        self._wake = wake
        self._keys = PressedKeys() if keys is None else keys
        self._interrupt = interrupt
        self._ways_out = ways_out
        self._post = post
        self._prompts = prompts
        self._recordings = recordings
        self._held: dict[str, _Held] = {}

    def __len__(self) -> int:
        return len(self._held)

    def order(self, effect: effects.CallEffect) -> None:
        """Queue an order. A caller who is not on the leash (any more) needs none."""
        held = self._held.get(effect.call_id)
        if held is None:
            return
        if held.idle and isinstance(effect, effects.Ring) and effect.phone.device != "mobile":
            # Before anything is written down or shown of it: an agent waits, and so does a caller.
            held.begun = held.session.begin("EXEC", "Dial", phone(effect))
        held.idle = False
        held.orders.put_nowait(effect)
        if _hurries(effect):
            held.hurried += 1
            if held.words is not None and held.words.asks():
                self._interrupt(held.words)

    def dialled(self, event: events.LegDialed) -> None:
        """A leg is rung: where it is by the caller's channel, that has read what we have sent."""
        held = self._held.get(event.call_id)
        if held is not None and held.dials == event.offer_id and held.asked is None:
            held.asked = ask_ahead(held.session)

    def recalling(self, call_id: str) -> None:
        """The caller is about to be redirected back to us: let go of the old socket quietly."""
        held = self._held.get(call_id)
        if held is not None:
            held.recalled = True

    def parking(self, call_id: str) -> None:
        """The agent's leg is about to be taken out of the dial, which has not ended for that."""
        held = self._held.get(call_id)
        if held is not None:
            held.parked = True

    def present(self, at: float, channel_ids: Set[str]) -> None:
        """Let go of whoever had been held for a while and has no channel: it is nobody's call."""
        for held in self._held.values():
            known = held.session.env["agi_uniqueid"] in channel_ids
            if not known and held.since < at - GHOST_S:
                log.warning("ghost_dropped", action="ghost_dropped")
                held.done = True
                held.orders.put_nowait(None)
                held.session.close()

    async def handle(self, session: AgiSession) -> None:
        """Hold one caller until the end. Runs as the AGI server's handler."""
        try:
            arrival = await self._greet(session)
        except (AgiGone, AgiTimeout, AgiRefused, AgiUnsafe):
            return  # Gone before we knew who it was: AMI tells of the channel, if it had a name.
        call_id = arrival.call_id
        told = partial(self._keys_of, arrival.channel_id)
        keypad = Keypad(session, told, self._wake)
        held = _Held(session, keypad, arrival.dialled, arrival.at)
        self._held[call_id] = held
        session.on_hangup(lambda: held.orders.put_nowait(None))
        self._post(arrival)
        try:
            await self._serve(call_id, held)
        except (AgiGone, AgiTimeout):
            self._report_end(call_id, held, hung_up=session.hung_up)
        finally:
            if self._held.get(call_id) is held:
                del self._held[call_id]

    def _keys_of(self, channel_id: str) -> tuple[Key, ...]:
        return self._keys.take(channel_id, now())

    def _report_end(self, call_id: str, held: _Held, *, hung_up: bool) -> None:
        if self._held.get(call_id) is not held:
            return  # The caller is back on a newer socket already.
        if held.done or (hung_up and not held.recalled):
            self._post(events.CallerHungUp(at=now(), call_id=call_id))
        else:
            self._post(events.LeashLost(at=now(), call_id=call_id))

    # --- who is it -------------------------------------------------------------------------

    async def _greet(self, session: AgiSession) -> events.CallArrived | events.CallReturned:
        known = await _known(session)
        env = session.env
        if known["CC_FELL"]:
            await _fetched(session)
        caller = caller_of(env.get("agi_callerid", ""))
        dialled = known["CC_HOTLINE"] or env.get("agi_extension", "")
        channel, channel_id = env.get("agi_channel", ""), env.get("agi_uniqueid", "")
        if not is_call(known["CC_CALL"]):
            call_id = uuid.uuid4().hex
            named = f"CC_CALL={call_id},CHANNEL(accountcode)={call_id}"
            await session.command("EXEC", "MSet", named, timeout_s=REPLY_S)
            return events.CallArrived(
                at=now(),
                call_id=call_id,
                channel=channel,
                channel_id=channel_id,
                caller=caller,
                dialled=dialled,
                listed=self._listed(caller),
            )
        queue, language, queued_at, arrived_at = _place(known[PLACE])
        last_dial = dial_result(*await dial_end(session), "desk")
        return events.CallReturned(
            at=now(),
            call_id=known["CC_CALL"],
            channel=channel,
            channel_id=channel_id,
            caller=caller,
            dialled=dialled,
            queue=queue,
            language=language,
            queued_at=queued_at,
            arrived_at=arrived_at,
            talked=last_dial is DialResult.ANSWERED,
            listed=self._listed(caller),
        )

    # --- carrying out ----------------------------------------------------------------------

    async def _serve(self, call_id: str, held: _Held) -> None:
        while (order := await self._next(held)) is not None:
            held.hurried -= _hurries(order)
            try:
                await self._carry_out(order, held)
            except AgiRefused as refusal:
                order_name = type(order).__name__
                log.warning("order_refused", call_id=call_id, order=order_name, code=refusal.code)
        raise AgiHangup

    @staticmethod
    async def _next(held: _Held) -> effects.CallEffect | None:
        held.idle = held.orders.empty() and not held.has_just_talked
        order = await held.orders.get()
        held.idle = False
        return order

    async def _carry_out(self, order: effects.CallEffect, held: _Held) -> None:
        session = held.session
        match order:
            case effects.Play():
                if order.waits:
                    await self._tell(order, held)
                else:
                    await self._quiet(held)
                    await held.keypad.say(order.prompts, self._files(order))
                self._post(events.PromptsPlayed(at=now(), call_id=order.call_id, step=order.step))
            case effects.Ask():
                await self._quiet(held)
                digits = await held.keypad.ask(order, self._files(order))
                answer = events.DigitsEntered(
                    at=now(), call_id=order.call_id, step=order.step, digits=digits
                )
                self._post(answer)
            case effects.AskScore():
                await self._ask_score(order, held)
            case effects.Music():
                held.keypad.forget()
                if not held.music:
                    await session.command("SET", "MUSIC", "ON", "default", timeout_s=REPLY_S)
                held.music = True
            case effects.KeepPlace():
                await session.command("EXEC", "MSet", _place_text(order), timeout_s=REPLY_S)
            case effects.KeepHoldWord():  # the dialplan counts in whole seconds
                await _set(session, "CC_WORD_S", str(math.ceil(order.every_s)))
            case effects.Ring():
                await self._ring(order, held)
            case effects.Transfer():
                await self._transfer(order, held)
            case effects.Join():
                await self._join(order, held)
            case effects.Record():
                await self._quiet(held)
                await self._record(order, session)
            case effects.HangUp():
                await _set(session, "CC_DONE", "1")
                held.done = True
                raise AgiHangup  # and with the socket goes the channel

    async def _ask_score(self, order: effects.AskScore, held: _Held) -> None:
        """What is pressed is counted, and known to nobody any more."""
        await self._quiet(held)
        held.keypad.forget()  # what was pressed in the talk answers nothing
        ask = effects.Ask(
            call_id=order.call_id,
            step=order.step,
            prompts=order.prompts,
            language=order.language,
            max_digits=1,
            terminator="",
            timeout_s=order.timeout_s,
            barge_in=True,
        )
        pressed = await held.keypad.ask(ask, self._files(ask))
        if pressed in SCORES:
            self._scored(order.queue, int(pressed))
            files = [self._file(prompt, order.language) for prompt in order.thanks]
            await held.keypad.say(order.thanks, files)
        self._post(events.PromptsPlayed(at=now(), call_id=order.call_id, step=order.step))

    async def _apart(self, held: _Held) -> None:
        """Whoever talks may go deaf where sound comes from another source without a pause in
        between (see `leg_leash`): so there is some music first."""
        if not held.music:
            await held.session.command("SET", "MUSIC", "ON", "default", timeout_s=REPLY_S)
            held.music = True
            await asyncio.sleep(PAUSE_S)

    async def _quiet(self, held: _Held) -> None:
        if held.music:
            await held.session.command("SET", "MUSIC", "OFF", timeout_s=REPLY_S)
            held.music = False

    async def _tell(self, order: effects.Play, held: _Held) -> None:
        """Words to somebody who waits: never a reason for an agent's phone not to ring."""
        for prompt in order.prompts:
            if held.hurried:
                return
            await self._quiet(held)
            words = held.words = Words(held.session.env.get("agi_channel", ""))
            try:
                # Unlike STREAM FILE, this one can be stopped from outside.
                await self._say(held.session, prompt, order.language)
            finally:
                held.words = None
            await words.end()

    def _file(self, prompt: str, language: str) -> str:
        return str(self._prompts.resolve(prompt, language))

    def _files(self, order: effects.Play | effects.Ask) -> list[str]:
        return [self._file(prompt, order.language) for prompt in order.prompts]

    async def _say(self, session: AgiSession, prompt: str, language: str) -> None:
        """One prompt. A file that cannot be played is reported and passed over."""
        file = self._file(prompt, language)
        reply = await session.command("CONTROL STREAM FILE", file, "", timeout_s=None)
        await _unless_gone(reply, session)
        if reply.failed:
            log.error("prompt_not_played", prompt=prompt)

    async def _ring(self, order: effects.Ring, held: _Held) -> None:
        """Dial the agent's phone: `g` brings the caller back, `m` plays music meanwhile, `i` lets
        no phone send the call elsewhere. One that answers at once leaves no time for that music."""
        if held.has_just_talked:
            await self._apart(held)
        if order.phone.device == "mobile":
            targets = [mobile(order, way) for way in self._ways_out(held.hotline)]
        else:
            targets = [phone(order)]
        await self._dial(targets, order.call_id, order.offer_id, order.phone.device, held)

    async def _join(self, order: effects.Join, held: _Held) -> None:
        session = held.session
        held.parked = False
        await self._apart(held)
        await self._quiet(held)
        if not held.parked:  # whoever was joined may be wanted elsewhere again meanwhile
            await self._talk(order, session)
        if not held.parked:
            await session.hangup_word(WORD_S)
        if held.recalled:
            raise AgiHangup
        result = DialResult.ANSWERED if held.parked else await bridge_end(session, order.leg)
        self._post(
            events.DialEnded(
                at=now(), call_id=order.call_id, offer_id=order.offer_id, result=result
            )
        )

    @staticmethod
    async def _talk(order: effects.Join, session: AgiSession) -> None:
        """In a talk from now on: should we not be there at its end, nobody is queued after it."""
        await session.command("EXEC", "MSet", "DIALSTATUS=ANSWER,BRIDGERESULT=", timeout_s=REPLY_S)
        await _unless_gone(await join(session, order.leg, adds=order.adds), session)

    async def _transfer(self, order: effects.Transfer, held: _Held) -> None:
        await self._quiet(held)
        targets = [outside(order, way) for way in self._ways_out(held.hotline)]
        await self._dial(targets, order.call_id, order.offer_id, "desk", held)

    async def _dial(
        self, targets: Sequence[str], call_id: str, offer_id: str, device: Device, held: _Held
    ) -> None:
        """One after another, until one has a line; how the last one ended is told."""
        held.parked, held.dials = False, offer_id
        ended = "", ""
        for target in targets:
            reply = await self._dialled(target, held)
            held.music = False  # Dial has stopped it
            await _unless_gone(reply, held.session)
            if held.recalled:
                raise AgiHangup  # the talk was interrupted by us; the caller is on the way back
            asked, held.asked = held.asked, None
            if held.parked:  # by us: there is no end, and nothing to make of what is told of it
                ended = "ANSWER", ""
                if asked is not None:
                    await held.session.reply(asked, "GET FULL VARIABLE", timeout_s=REPLY_S)
                break
            ended = await dial_end(held.session, asked)
            if not has_no_line(*ended):
                break
        held.dials = ""
        result = dial_result(*ended, device)
        self._post(events.DialEnded(at=now(), call_id=call_id, offer_id=offer_id, result=result))

    @staticmethod
    async def _dialled(target: str, held: _Held) -> AgiReply:
        begun, held.begun = held.begun, None
        if begun is not None:
            return await held.session.reply(begun, "EXEC")
        return await held.session.command("EXEC", "Dial", target, timeout_s=None)

    async def _record(self, order: effects.Record, session: AgiSession) -> None:
        """The file's name is our own id. Whoever hangs up while speaking has left it, too.

        What is said while this process dies is found in the folder by the next one.
        """
        name, room = recording_name(order.call_id, order.step), self._has_room(order.max_s)
        if room:
            target, most_ms = self._recordings.target(name), str(round(order.max_s * 1000))
            # Asterisk's BEEP is a file that no system need have; without it nothing is recorded.
            await session.command("STREAM FILE", str(self._prompts.tone), "", timeout_s=None)
            await session.command("RECORD FILE", target, "wav", "#", most_ms, "s=5", timeout_s=None)
        heard = await asyncio.to_thread(self._recordings.hear, name) if room else NOTHING
        self._post(
            events.MessageRecorded(
                at=now(),
                call_id=order.call_id,
                step=order.step,
                recording=name,
                seconds=heard.seconds,
                sounds=heard.sounds,
                full=not room,
            )
        )

    def _has_room(self, seconds: float) -> bool:
        try:
            room = self._recordings.has_room(seconds)
        except OSError:
            room = False
        if not room:
            log.error("no_room_for_message", advice="make room on the disk, or raise CC_MESSAGE_MB")
        return room


def _hurries(order: effects.CallEffect) -> bool:
    """Whether the order ends what is being said to somebody who waits."""
    match order:
        case effects.Play():
            return order.hurries or not order.waits
        case effects.Ring() | effects.Join() | effects.Transfer() | effects.HangUp():
            return True
        case _:
            return False


def _place_text(place: effects.KeepPlace) -> str:
    """What is set: the place, for us and for the fallback queue, and that no talk is over."""
    times = f"{place.queued_at:.3f}|{place.arrived_at:.3f}"
    order = f"CC_FIRST={place.queued_at:.3f},QUEUE_PRIO={LATEST - int(place.queued_at)}"
    return f"{PLACE}={place.queue}|{place.language}|{times},{order},DIALSTATUS="


def _place(text: str) -> tuple[str, str, float | None, float | None]:
    parts = text.split("|")
    try:
        queue, language, queued_at, arrived_at = parts
        return queue, language, float(queued_at), float(arrived_at)
    except ValueError:
        return "", "", None, None


async def _known(session: AgiSession) -> Mapping[str, str]:
    """What the dialplan says of the caller when it asks; that of an earlier release is asked."""
    said = {name: session.env.get(f"agi_arg_{at}", "") for at, name in enumerate(KNOWN, start=2)}
    return said if said["CC_HOTLINE"] else await variables(session, *KNOWN)


async def _unless_gone(reply: AgiReply, session: AgiSession) -> None:
    """Asterisk answers -1 for a failure and for a hang-up alike, and says HANGUP only after it."""
    if reply.failed:
        await session.hangup_word()


async def _set(session: AgiSession, name: str, value: str) -> None:
    await session.command("SET VARIABLE", name, value, timeout_s=REPLY_S)


async def _fetched(session: AgiSession) -> None:
    """The fallback had the caller: what its log has of him until now ends well."""
    row = f"cc-fallback,{session.env.get('agi_uniqueid', '')},NONE,BACK"
    await session.command("EXEC", "QueueLog", row, timeout_s=REPLY_S)
    await _set(session, "CC_FELL", "")
