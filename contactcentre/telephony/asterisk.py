"""The link to Asterisk's manager: facts in, snapshots after every (re)connect, a few orders out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Never

import structlog

from contactcentre.core import effects, events
from contactcentre.core.outcomes import DialResult
from contactcentre.engine.clock import now
from contactcentre.telephony import remote_answer
from contactcentre.telephony.ami import (
    Ami,
    AmiError,
    AmiMessage,
    AmiRefused,
    AmiSettings,
    AmiUnsafe,
    LinkRefused,
    LinkState,
    LinkUp,
)
from contactcentre.telephony.digits import number
from contactcentre.telephony.doubts import Confirm, Doubts, has_contact
from contactcentre.telephony.fallback_log import FallbackReader
from contactcentre.telephony.genuine import is_whole
from contactcentre.telephony.heartbeat import BEAT_S, beat
from contactcentre.telephony.keypad import WAKING, Waking
from contactcentre.telephony.live_channels import LiveChannels
from contactcentre.telephony.pressed_keys import PressedKeys
from contactcentre.telephony.ring_back import RETURN, Action, RingBacks
from contactcentre.telephony.snapshot import Meanwhile
from contactcentre.telephony.translation import (
    TABLE,
    channel,
    is_callers_key,
    told_at,
    translate,
    trunk_of,
)
from contactcentre.telephony.trunks import TakeTrunks, Trunks, take
from contactcentre.telephony.words import Words

log = structlog.get_logger(__name__)

FALLBACK_LOOK_S: Final = 5.0

OVERTAKEN_S: Final = 1.0
"""So long a channel's own end may be told after the answer to the order that made it."""

HOLDS: Final = "CHANNEL(rtp,hold)"
"""1 where the telephone at that end has asked for a hold."""

LONGEST_KEY_S: Final = 1.0
"""Of what a message says of itself (SIP INFO) no more is believed."""

AGAIN_S: Final = 0.5
"""After a snapshot that failed, the next one."""

DESK: Final = {"Context": "cc-desk", "Exten": "s", "Priority": "1"}

TRIAL: Final = {"Context": "cc-try", "Exten": "s", "Priority": "1"}

TRIAL_RING_S: Final = 15.0
"""Whoever has asked for a test call sits at the telephone."""


@dataclass(frozen=True, slots=True)
class Qualify:
    """Ask a new phone or trunk whether it is there: until a phone has answered once, `Queue()`
    passes it over."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class StopPlayback:
    """End what `CONTROL STREAM FILE` is playing on a channel."""

    words: Words


@dataclass(frozen=True, slots=True)
class RingAgain:
    """The same citizen, by what is left to try."""

    ended: events.DialBackEnded
    action: Action


Order = (
    effects.Recall
    | effects.Park
    | effects.HangUpLeg
    | effects.RingBack
    | effects.RingListener
    | effects.TryPhone
    | effects.AnswerLeg
    | effects.MuteLeg
    | effects.PressKey
    | effects.MuteRecording
    | effects.StopRecording
    | Qualify
    | StopPlayback
    | Confirm
    | TakeTrunks
    | RingAgain
    | Waking
)
"""What waits to be carried out; the queue is made first, for the leash to put its own into."""


def _trial(endpoint: str) -> dict[str, str]:
    """A browser answers by itself: somebody there has just asked for it."""
    return {
        "Channel": f"PJSIP/{endpoint}",
        "Timeout": str(round(TRIAL_RING_S * 1000)),
        "Async": "true",
        "Variable": "PJSIP_HEADER(add,X-CC-Auto)=1",
        **TRIAL,
    }


def _received(waking: Waking) -> dict[str, str]:
    """As if it came from the caller."""
    return {"Channel": waking.channel, "Digit": WAKING, "Receive": "1"}


class Asterisk:
    """Posts what happens there, and carries out what the leash can't."""

    def __init__(
        self,
        settings: AmiSettings,
        *,
        post: Callable[[events.Event], None],
        crowded: Callable[[], bool] = lambda: False,
        orders: asyncio.Queue[Order],
        endpoints: Callable[[], tuple[str, ...]],
        holding: Callable[[], Mapping[str, str]],
        recalling: Callable[[str], None],
        parking: Callable[[str, str], None],
        dialled: Callable[[events.LegDialed], None],
        present: Callable[[float, Set[str]], None],
        heartbeat: str,
        fallback: FallbackReader,
        trunks: Trunks,
        keys: PressedKeys,
    ) -> None:
        """`heartbeat` is the global variable by which the dialplan knows that we live; `present` is
        told which channels there are, by their ids, and as of when."""
        self.ami = Ami(settings, on_event=self._on_event, on_link=self._on_link, crowded=crowded)
        self.up = False
        self.version: str | None = None
        self._post = post
        self._meanwhile = Meanwhile(post)
        self._endpoints = endpoints
        self._holding = holding
        self._recalling = recalling
        self._parking = parking
        self._dialled = dialled
        self._present = present
        self._heartbeat = heartbeat
        self._fallback = fallback
        self._trunks = trunks
        self._keys = keys
        self._boot: str | None = None
        self._links: asyncio.Queue[LinkUp] = asyncio.Queue()
        self._orders = orders
        self._doubts = Doubts()
        self._channels = LiveChannels()
        self._ring_backs = RingBacks()

    async def run(self) -> None:
        """Keep the link, take snapshots, carry out orders."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.ami.run(), name="ami")
            tasks.create_task(self._snapshots(), name="ami-snapshots")
            tasks.create_task(self._carry_out(), name="ami-orders")
            tasks.create_task(self._beat(), name="ami-heartbeat")
            tasks.create_task(self._look_at_fallback(), name="ami-fallback")

    def _on_event(self, message: AmiMessage) -> None:
        if message.event not in TABLE:
            return
        if not is_whole(message):
            self._refuse(message)
            return
        self._channels.note(message)
        if is_callers_key(message):
            self._on_key(message)
        endpoint = message.get("EndpointName", "")
        if message.get("ContactStatus") == "NonQualified":
            self._orders.put_nowait(Qualify(endpoint))
        if (trunk_id := trunk_of(endpoint)) is not None:
            self._trunks.seen(trunk_id, message.get("ContactStatus", ""))
            return
        event = translate(message, now())
        if event is None:
            return
        if isinstance(event, events.LegDialed):
            self._dialled(event)
        if isinstance(event, events.DialBackEnded):
            self._on_dial_ended(event, message)
            return
        question = self._doubts.about(event)
        if question is None:
            self._meanwhile.post(event)
        else:
            self._orders.put_nowait(question)

    def _on_key(self, message: AmiMessage) -> None:
        """One that came as a word (SIP INFO) is handed on when it has lasted as long as it says."""
        told, lasts_s = now(), number(message.get("DurationMs", "")) / 1000
        channel_id, digit = message.get("Uniqueid", ""), message.get("Digit", "")
        handed_on = told + min(lasts_s, LONGEST_KEY_S)
        self._keys.pressed(channel_id, digit, told_at(message, told), handed_on)

    def _on_dial_ended(self, event: events.DialBackEnded, message: AmiMessage) -> None:
        """Told, unless there is another way to try."""
        if message.event == "OriginateResponse":
            # It overtakes the hang-up, which knows better, if there is one.
            failure = self._ring_backs.failed(event.dial)
            loop = asyncio.get_running_loop()
            loop.call_later(OVERTAKEN_S, self._on_failure, event, failure)
            return
        action = self._ring_backs.again(event, number(message.get("Cause", "")))
        if action is None:
            self._meanwhile.post(event)
        else:
            self._orders.put_nowait(RingAgain(event, action))

    def _on_failure(self, event: events.DialBackEnded, failure: int) -> None:
        if not self._ring_backs.tries_on(event.dial, failure):
            self._ring_backs.forget(event.dial)
            self._meanwhile.post(event)

    def _refuse(self, message: AmiMessage) -> None:
        """Counted; logged ever more seldom, for a stranger decides how often it happens."""
        self.ami.counts.forged += 1
        if self.ami.counts.forged.bit_count() == 1:
            log.warning("ami_event_forged", ami_event=message.event, so_far=self.ami.counts.forged)

    def _on_link(self, state: LinkState) -> None:
        log.info("ami_link", state=type(state).__name__, reason=getattr(state, "reason", None))
        match state:
            case LinkUp():
                self.version = state.version
                self._meanwhile.begin()
                self._links.put_nowait(state)
            case _:
                self.up = False
                self._channels.forget()
                self._ring_backs.forget_all()
                refused = isinstance(state, LinkRefused)
                log.warning("ami_down", refused=refused, reason=str(state.reason))
                self._post(events.TelephonyLost(at=now()))

    # --- what is there ---------------------------------------------------------------------

    async def _snapshots(self) -> Never:
        while True:
            link = await self._links.get()
            try:
                await beat(self.ami, self._heartbeat)
                snapshot = await self._snapshot(link)
                released = await self._released()
            except AmiError as failure:
                log.warning("snapshot_failed", reason=type(failure).__name__)
                await self._again(link)
                continue
            if self.ami.state is link:  # else it is of a link that has gone meanwhile
                self._boot = link.boot
                self.up = True
                self._present(snapshot.at, {one.channel_id for one in snapshot.channels})
                log.info("ami_up", version=link.version, channels=len(snapshot.channels))
                self._meanwhile.end(snapshot)
                for leg in released:
                    self._post(events.HoldEnded(at=snapshot.at, offer_id=leg))
                self._trunks.linked()

    async def _again(self, link: LinkUp) -> None:
        """Another link brings a snapshot of its own; one that is there still is asked once more."""
        await asyncio.sleep(AGAIN_S)
        if self.ami.state is link:
            self._links.put_nowait(link)

    async def _snapshot(self, link: LinkUp) -> events.SnapshotTaken:
        """Events are flowing already: those of phones wait (`Meanwhile`), the others are told at
        once; so the phones, which take long, are asked first, and once more who came to work since.
        """
        phones: dict[str, bool] = {}
        await self._ask_phones(phones)
        at = now()
        channels = await self._listed()
        await self._tell_of_fallback(channels)
        await self._ask_phones(phones)
        return events.SnapshotTaken(
            at=min(at, now()),  # the clock may have been set back since
            channels=channels,
            reachable=tuple(endpoint for endpoint, seen in phones.items() if seen),
            restarted=self._boot is not None and link.boot != self._boot,
        )

    async def _listed(self) -> tuple[events.Channel, ...]:
        items = await self.ami.collect("CoreShowChannels")
        return tuple(channel(item) for item in items if is_whole(item))

    async def _released(self) -> list[str]:
        """The legs whose telephone was told to hold by its own key, and does so no more: who has
        missed that would take a talk for a hold, and say a word of the hold in the midst of it."""
        return [
            leg
            for leg, channel_name in self._holding().items()
            if await self._says(HOLDS, channel_name) == "0"
        ]

    async def _says(self, variable: str, channel_name: str) -> str | None:
        """None where there is no such channel. Raises as `value` else does."""
        try:
            return await self.ami.value(variable, channel=channel_name)
        except (AmiRefused, AmiUnsafe):
            return None

    async def knows(self, name: str, channel_id: str) -> bool:
        """Whether there is such a channel; nobody is turned away because it can't be asked."""
        if self._channels.has(name, channel_id):
            return True
        try:
            return await self._says("UNIQUEID", name) == channel_id
        except AmiError:
            return True

    async def _ask_phones(self, known: dict[str, bool]) -> None:
        """Whether those not asked yet have a contact.

        One by one: the lists of phones need rights that amount to a shell.
        """
        while missing := [one for one in self._endpoints() if one not in known]:
            for endpoint in missing:
                known[endpoint] = await has_contact(endpoint, self.ami)

    async def _tell_of_fallback(self, present: Iterable[events.Channel]) -> None:
        """Before the snapshot is told: who is not in it any more would else have left unseen."""
        entries = await self._fallback.read()
        self._fallback.tell(entries, {one.channel_id for one in present})

    async def _look_at_fallback(self) -> Never:
        """Callers who were still in it when we came back."""
        while True:
            await asyncio.sleep(FALLBACK_LOOK_S)
            entries = await self._fallback.read() if self.up else []
            with suppress(AmiError):
                listed = await self._listed() if entries else ()
                self._fallback.tell(entries, {one.channel_id for one in listed})

    async def _beat(self) -> Never:
        while True:
            await asyncio.sleep(BEAT_S)
            with suppress(AmiError):  # the link is gone, and its next one begins with a beat
                await beat(self.ami, self._heartbeat)

    # --- what we ask for -------------------------------------------------------------------

    async def _carry_out(self) -> Never:
        while True:
            order = await self._orders.get()
            try:
                await self._act(order)
            except AmiError as failure:
                # Mostly a channel that ended by itself meanwhile; its Hangup tells the rest.
                log.info("order_failed", order=type(order).__name__, why=type(failure).__name__)

    async def _act(self, order: Order) -> None:
        match order:
            case effects.Recall():
                self._recalling(order.call_id)
                await self.ami.action("Redirect", {"Channel": order.channel, **RETURN})
            case effects.Park():
                await self._park(order)
            case effects.HangUpLeg():
                self._ring_backs.forget(order.leg)
                await self.ami.action("Hangup", {"Channel": order.leg, "Cause": "16"})
            case effects.RingBack():
                action = self._ring_backs.begin(order, self._trunks.ways_out(order.shown))
                await self._ring_back(order.call_id, order.dial, action)
            case RingAgain():
                await self._ring_back(order.ended.call_id, order.ended.dial, order.action)
            case effects.RingListener():
                await self._ring_listener(order)
            case effects.TryPhone():
                await self.ami.action("Originate", _trial(order.endpoint))
            case effects.AnswerLeg():
                known = remote_answer.known_by(order.leg)
                if known and await self.ami.value(known) == "1":
                    await self.ami.action("UserEvent", remote_answer.asked(order.leg))
            case effects.MuteLeg():
                mute = {"Variable": "MUTEAUDIO(in)", "Value": "on" if order.muted else "off"}
                await self.ami.action("Setvar", {"Channel": order.leg, **mute})
            case effects.PressKey():
                await self.ami.action("PlayDTMF", {"Channel": order.leg, "Digit": order.digit})
            case effects.MuteRecording():
                state = "1" if order.muted else "0"
                mute = {"Channel": order.leg, "Direction": "both", "State": state}
                await self.ami.action("MixMonitorMute", mute)
            case effects.StopRecording():
                await self.ami.action("StopMixMonitor", {"Channel": order.leg})
            case StopPlayback():
                stop = {"Channel": order.words.channel, "Control": "stop"}
                await order.words.stop(lambda: self.ami.action("ControlPlayback", stop))
            case Waking():
                if order.wakes():
                    await self.ami.action("PlayDTMF", _received(order))
            case Qualify():
                await self.ami.action("PJSIPQualify", {"Endpoint": order.endpoint})
            case TakeTrunks():
                await take(order, self.ami, self._trunks.seen)
            case Confirm():
                if await self._doubts.confirmed(order.fact, self.ami):
                    self._meanwhile.post(order.fact)

    async def _park(self, order: effects.Park) -> None:
        """Each of the two knows the other, in case that nobody of us is there any more."""
        self._parking(order.call_id, order.offer_id)
        if order.caller:
            holder = {"Variable": "CC_HOLDER", "Value": order.leg}
            await self.ami.action("Setvar", {"Channel": order.caller, **holder})
        try:
            if order.caller:
                back = {"Variable": "CC_BACK", "Value": order.caller if order.fetches else ""}
                await self.ami.action("Setvar", {"Channel": order.leg, **back})
            await self.ami.action("Redirect", {"Channel": order.leg, **DESK})
        except AmiRefused:
            # It had gone before, when the talk's end was still to tell what that means.
            self._meanwhile.post(events.LegHungUp(at=now(), offer_id=order.offer_id))
            raise

    async def _ring_listener(self, order: effects.RingListener) -> None:
        """A browser of the supervisor's answers by itself: somebody there has just asked for it."""
        ring = {
            "Channel": f"PJSIP/{order.phone.endpoint}",
            "ChannelId": order.offer_id,
            "Account": order.offer_id,
            "Timeout": str(round(order.timeout_s * 1000)),
            "Async": "true",
            "Variable": (
                f"PJSIP_HEADER(add,X-CC-Offer)={order.offer_id}",
                "PJSIP_HEADER(add,X-CC-Auto)=1",
            ),
            **DESK,
        }
        try:
            await self.ami.action("Originate", ring)
        except AmiRefused:
            self._post(events.LegHungUp(at=now(), offer_id=order.offer_id))
            raise

    async def _ring_back(self, call_id: str, dial: str, action: Action) -> None:
        """The citizen who lifts is put on the leash; a refusal is told here, the rest by events."""
        try:
            await self.ami.action("Originate", action)
        except AmiRefused:
            self._ring_backs.forget(dial)
            result = DialResult.UNREACHABLE
            self._post(events.DialBackEnded(at=now(), call_id=call_id, dial=dial, result=result))
            raise
