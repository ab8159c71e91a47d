"""An exchange that does what Asterisk does: late, doubled, cut off and restarted.

It holds the truth. Its leash tells of one caller in order, its manager link of everything in order,
but neither waits for the other, and a cut link loses what happened meanwhile.
"""

from __future__ import annotations

from collections import deque

from alone import Alone
from apart import Apart, apart_channels
from lines import Caller, Citizen, Dial, channels
from listeners import Listeners

from contactcentre.core import effects, events
from contactcentre.core.outcomes import DialResult
from contactcentre.testing import START, call_id

Asked = (
    effects.Recall
    | effects.Park
    | effects.HangUpLeg
    | effects.AnswerLeg
    | effects.RingBack
    | effects.RingListener
)


class Exchange:
    """Callers, phones and the two ways by which they are told of."""

    def __init__(self) -> None:
        self.at = START
        self.callers: dict[str, Caller] = {}
        self.leash: dict[str, deque[events.Event]] = {}
        self.manager: deque[events.Event] = deque()
        self.asked: deque[Asked] = deque()
        self.citizens: dict[str, Citizen] = {}
        self.contacts: dict[str, str] = {}
        self.dead: set[str] = set()  # registered, and does not ring
        self.unrung: set[str] = set()  # dials that have not rung yet, or never did
        self.limit_s = 3.0  # in which a phone should begin to ring
        self.recordings: dict[str, events.MessageRecorded] = {}  # as files, by their names
        self.linked = True
        self.linked_at = START
        self.alone = Alone(self)
        self.apart = Apart(self)
        self.listeners = Listeners(self)
        self.numbers = iter(range(1, 1_000_000))

    def set_clock(self, by_s: float) -> None:
        """What it has told already, and what stands on its channels, is by the clock of before."""
        self.at += by_s
        self.linked_at += by_s
        for citizen in self.citizens.values():
            citizen.until += by_s
        for caller in self.callers.values():
            if caller.dial is not None:
                caller.dial.since += by_s
                caller.dial.until += by_s
        self.alone.set_clock(by_s)
        self.apart.set_clock(by_s)
        self.listeners.set_clock(by_s)

    def tell(self, event: events.Event) -> None:
        """By the manager, if the link is up."""
        if self.linked:
            self.manager.append(event)

    def say(self, caller: Caller, event: events.Event) -> None:
        """By the caller's socket."""
        self.leash.setdefault(caller.call_id, deque()).append(event)

    # --- callers ---------------------------------------------------------------------------

    def ring_in(self, caller_number: str | None, dialled: str) -> Caller:
        """A citizen calls."""
        caller = self.new_caller(caller_number, dialled)
        self.say(caller, self.arrived(caller))
        return caller

    def new_caller(self, caller_number: str | None, dialled: str) -> Caller:
        """A channel more; nobody is told."""
        number = next(self.numbers)
        caller = Caller(
            call_id(number),
            f"PJSIP/carrier-{number:08x}",
            f"1.{number}",
            caller_number,
            dialled,
            held=True,
        )
        self.callers[caller.call_id] = caller
        return caller

    def in_use(self) -> set[str]:
        """Phones that ring or talk, but those of its own queue."""
        dials = [c.dial for c in self.callers.values() if c.dial is not None]
        every = (*dials, *self.apart.ringing(), *self.listeners.ringing.values())
        rung = [dial.endpoint for dial in every]
        return {*rung, *(leg.endpoint for leg in self.apart.legs.values())}

    def arrived(self, caller: Caller) -> events.CallArrived:
        """The first word of a caller."""
        caller.known = True
        return events.CallArrived(
            at=self.at,
            call_id=caller.call_id,
            channel=caller.channel,
            channel_id=caller.channel_id,
            caller=caller.number,
            dialled=caller.dialled,
        )

    def press(self, caller: Caller, digits: str) -> None:
        """The citizen answers what is asked."""
        if caller.asked is None:
            return
        step, caller.asked = caller.asked.step, None
        self.say(
            caller,
            events.DigitsEntered(at=self.at, call_id=caller.call_id, step=step, digits=digits),
        )
        self.work(caller)

    def hang_up(self, caller: Caller) -> None:
        """The citizen's channel ends, whoever ended it."""
        del self.callers[caller.call_id]
        self.stop_recording(caller)
        if caller.dial is not None:
            self.tell(events.LegHungUp(at=self.at, offer_id=caller.dial.offer_id, cause=16))
        gone = events.CallerHungUp(at=self.at, call_id=caller.call_id, cause=16)
        if caller.held and caller.recalled:
            self.say(caller, events.LeashLost(at=self.at, call_id=caller.call_id))
        elif caller.held:
            self.say(caller, gone)
        if caller.known:
            self.tell(gone)
        self.alone.ends(caller)
        self.apart.leave(caller)
        if self.linked:
            self.tell_of_alone()

    def tell_of_alone(self) -> None:
        """What the record of the exchange's own queue has."""
        self.manager.extend(self.alone.written)
        self.alone.written.clear()

    def come_back(self, caller: Caller, *, talked: bool = False) -> None:
        """The dialplan brings the caller to a socket again."""
        caller.held, caller.recalled, caller.music = True, False, False
        caller.asked, caller.dial, caller.away, caller.fall = None, None, None, None
        self.apart.leave(caller)
        caller.orders.clear()
        if not caller.known:
            self.say(caller, self.arrived(caller))
            return
        place = caller.place
        self.say(
            caller,
            events.CallReturned(
                at=self.at,
                call_id=caller.call_id,
                channel=caller.channel,
                channel_id=caller.channel_id,
                caller=caller.number,
                dialled=caller.dialled,
                queue=place.queue if place else "",
                language=place.language if place else "",
                queued_at=place.queued_at if place else None,
                arrived_at=place.arrived_at if place else None,
                talked=talked,
            ),
        )

    # --- orders ----------------------------------------------------------------------------

    def obey(self, order: effects.CallEffect) -> None:
        """Queue an order on the leash; nobody there, nothing done."""
        caller = self.callers.get(order.call_id)
        if caller is not None and caller.held:
            caller.orders.append(order)
            self.work(caller)

    def work(self, caller: Caller) -> None:
        """Carry out what can be carried out now."""
        while caller.held and caller.orders and not self.is_engaged(caller):
            self.carry_out(caller, caller.orders.popleft())

    def is_engaged(self, caller: Caller) -> bool:
        """Whether an order under way must end first."""
        doing = (caller.dial, caller.asked, caller.away)
        return bool(caller.bridge) or any(each is not None for each in doing)

    def carry_out(self, caller: Caller, order: effects.CallEffect) -> None:
        """One order of the leash."""
        match order:
            case effects.KeepPlace():
                caller.place = order
            case effects.Music():
                caller.music = True
            case effects.Ask():
                caller.music, caller.asked = False, order
            case effects.Transfer() if order.offer_id:
                self.dial_out(caller, order)
            case effects.Join():
                self.join(caller, order)
            case effects.Record() | effects.Transfer():
                caller.music, caller.away = False, order
            case effects.Play() | effects.AskScore():
                caller.music = False
                played = events.PromptsPlayed(at=self.at, call_id=order.call_id, step=order.step)
                self.say(caller, played)
            case effects.Ring():
                self.dial(caller, order)
            case effects.HangUp():
                self.hang_up(caller)

    def dial_out(self, caller: Caller, order: effects.Transfer) -> None:
        """Somebody outside, who tells of himself."""
        leg, until = f"PJSIP/carrier-{next(self.numbers):08x}", self.at + order.timeout_s
        caller.music = False
        caller.dial = Dial(order.offer_id, "", leg, self.at, until, rang=True)
        self.tell(events.LegDialed(at=self.at, offer_id=order.offer_id, leg=leg))
        self.tell(events.LegRang(at=self.at, offer_id=order.offer_id))

    def join(self, caller: Caller, order: effects.Join) -> None:
        """With a leg that is there still."""
        leg = self.apart.by_channel(order.leg)
        caller.music, caller.joined = False, order.offer_id
        if leg is None:
            self.dial_said(caller, order.offer_id, DialResult.UNREACHABLE)
        else:
            self.apart.join(caller, leg, adds=order.adds)

    def parted(self, caller: Caller) -> None:
        """The agent's leg is out of the dial, and has not ended."""
        dial, caller.dial = caller.dial, None
        assert dial is not None
        self._alone_again(caller, dial.offer_id)

    def out_of_bridge(self, caller: Caller) -> None:
        """Whoever the caller was joined with has gone."""
        caller.bridge = ""
        self._alone_again(caller, caller.joined)

    def _alone_again(self, caller: Caller, offer_id: str) -> None:
        if caller.held and not caller.recalled:
            self.dial_said(caller, offer_id, DialResult.ANSWERED)
            self.work(caller)
            return
        if caller.held:
            self.say(caller, events.LeashLost(at=self.at, call_id=caller.call_id))
        self.come_back(caller, talked=True)

    def dial(self, caller: Caller, order: effects.Ring) -> None:
        """Ring a phone, if there is one."""
        caller.music = False
        if order.phone.endpoint not in self.contacts:
            self.dial_said(caller, order.offer_id, DialResult.UNREACHABLE)
            return
        leg = f"PJSIP/{order.phone.endpoint}-{next(self.numbers):08x}"
        caller.dial = Dial(
            order.offer_id,
            order.phone.endpoint,
            leg,
            self.at,
            self.at + order.timeout_s,
            auto=order.auto,
        )
        self.tell(events.LegDialed(at=self.at, offer_id=order.offer_id, leg=leg))
        self.unrung.add(order.offer_id)
        if order.phone.endpoint not in self.dead:
            self.rings(caller.dial)

    def rings(self, dial: Dial) -> None:
        """The phone says so; once more where it did before."""
        dial.rang = True
        self.unrung.discard(dial.offer_id)
        self.tell(events.LegRang(at=self.at, offer_id=dial.offer_id))

    def not_answered(self) -> None:
        """Phones that have rung for as long as they were to."""
        for citizen in list(self.citizens.values()):
            if citizen.until <= self.at:
                self.not_lifted(citizen)
        for caller in list(self.callers.values()):
            dial = caller.dial
            if dial is not None and not dial.answered and dial.until <= self.at:
                self.dial_ends(caller, DialResult.NO_ANSWER)
        self.apart.not_answered()
        self.listeners.not_answered()

    def dial_said(self, caller: Caller, offer_id: str, result: DialResult) -> None:
        """The dial's end, on the leash."""
        self.say(
            caller,
            events.DialEnded(
                at=self.at,
                call_id=caller.call_id,
                offer_id=offer_id,
                result=result,
            ),
        )

    def dial_ends(self, caller: Caller, result: DialResult) -> None:
        """The agent's leg is gone and the caller still here."""
        dial, caller.dial = caller.dial, None
        assert dial is not None
        self.tell(events.LegHungUp(at=self.at, offer_id=dial.offer_id, cause=16))
        if caller.held and not caller.recalled:
            self.dial_said(caller, dial.offer_id, result)
            self.work(caller)
            return
        if caller.held:
            self.say(caller, events.LeashLost(at=self.at, call_id=caller.call_id))
        self.come_back(caller, talked=result is DialResult.ANSWERED)

    def do(self, order: Asked) -> None:
        """An order by the manager; without a link it comes to nothing."""
        if isinstance(order, effects.RingBack):
            self.ring_back(order)
            return
        if isinstance(order, effects.RingListener):
            if self.linked:
                self.listeners.ring(order)
            return
        if isinstance(order, effects.Park):
            if self.linked:
                self.apart.park(order)
            return
        if isinstance(order, effects.AnswerLeg):
            if self.linked:
                self.answers_by_itself(order.leg)
            return
        if isinstance(order, effects.HangUpLeg):
            self.stop_ringing_back(order.leg)
            if self.linked:
                self.apart.hang_up_channel(order.leg)
            for caller in list(self.callers.values()):
                if self.linked and caller.channel == order.leg:
                    self.hang_up(caller)
                    continue
                if self.linked and caller.dial is not None and caller.dial.leg == order.leg:
                    self.dial_ends(
                        caller,
                        DialResult.ANSWERED if caller.dial.answered else DialResult.NO_ANSWER,
                    )
                if self.linked and caller.fall is not None and caller.fall.leg == order.leg:
                    self.come_back(caller, talked=True)
            return
        channels_found = [c for c in self.callers.values() if c.channel == order.channel]
        caller_found = channels_found[0] if channels_found else None
        if caller_found is None:
            return
        caller_found.recalled = caller_found.held
        if self.linked:
            self.redirect(caller_found)

    def answers_by_itself(self, channel: str) -> None:
        """What rings there; every other telephone does not know how."""
        if int(channel[-1], 16) % 2:
            return
        for caller in self.callers.values():
            dial = caller.dial
            if dial is not None and dial.leg == channel and dial.rang and not dial.answered:
                self.lifted(dial)
        for leg in list(self.apart.legs.values()):
            if leg.rings is not None and leg.rings.leg == channel:
                self.apart.answers(leg)

    def lifted(self, dial: Dial) -> None:
        """The phone is answered."""
        dial.answered = True
        self.tell(events.LegAnswered(at=self.at, offer_id=dial.offer_id))

    def redirect(self, caller: Caller) -> None:
        """Out of whatever the caller is in."""
        if caller.dial is not None:
            self.tell(events.LegHungUp(at=self.at, offer_id=caller.dial.offer_id, cause=16))
        if caller.held:
            self.say(caller, events.LeashLost(at=self.at, call_id=caller.call_id))
        self.come_back(caller)

    # --- citizens whom we ring -------------------------------------------------------------

    def ring_back(self, order: effects.RingBack) -> None:
        """One telephone at a time, and never that of somebody who is on the line already."""
        if not self.linked:
            return
        assert order.call_id not in self.callers
        assert order.call_id not in {one.call_id for one in self.citizens.values()}
        until = self.at + order.timeout_s
        self.citizens[order.dial] = Citizen(order.call_id, order.dial, order.shown, until)
        self.tell(events.CitizenDialed(at=self.at, call_id=order.call_id, dial=order.dial))

    def stop_ringing_back(self, dial: str) -> None:
        """Whether the telephone rings still or was lifted just now."""
        if not self.linked:
            return
        if dial in self.citizens:
            self.not_lifted(self.citizens[dial])
        for caller in list(self.callers.values()):
            if caller.channel_id == dial:
                self.hang_up(caller)

    def lift(self, citizen: Citizen) -> Caller:
        """The citizen is on the leash."""
        del self.citizens[citizen.dial]
        caller = Caller(
            citizen.call_id,
            f"PJSIP/carrier-{next(self.numbers):08x}",
            citizen.dial,
            citizen.shown,
            citizen.shown,
        )
        self.callers[caller.call_id] = caller
        self.come_back(caller)
        return caller

    def no_line(self, citizen: Citizen) -> None:
        """The carrier has none, and says so at once."""
        del self.citizens[citizen.dial]
        self.tell(
            events.DialBackEnded(
                at=self.at,
                call_id=citizen.call_id,
                dial=citizen.dial,
                result=DialResult.UNREACHABLE,
            )
        )

    def not_lifted(self, citizen: Citizen, *, hang_up_first: bool = False) -> None:
        """Two words of it, in either order."""
        del self.citizens[citizen.dial]
        words: list[events.Event] = [
            events.DialBackEnded(at=self.at, call_id=citizen.call_id, dial=citizen.dial),
            events.CallerHungUp(at=self.at, call_id=citizen.call_id, cause=17),
        ]
        for word in reversed(words) if hang_up_first else words:
            self.tell(word)

    def stop_recording(self, caller: Caller) -> None:
        """What was said is in a file; who holds the caller is told. Every fifth is silent."""
        order = caller.away
        if not isinstance(order, effects.Record):
            return
        number = next(self.numbers)
        told = events.MessageRecorded(
            at=self.at,
            call_id=caller.call_id,
            step=order.step,
            recording=f"{caller.call_id}-{order.step}",
            seconds=12.0,
            sounds=number % 5 > 0,
        )
        self.recordings[told.recording] = told
        if caller.held and not caller.recalled:
            self.say(caller, told)

    def end_elsewhere(self, caller: Caller) -> None:
        """The message is left, or the talk outside the hotline has ended."""
        self.stop_recording(caller)
        order, caller.away = caller.away, None
        if not caller.held:
            self.come_back(caller)
        elif isinstance(order, effects.Record):
            pass
        else:
            self.dial_said(caller, "", DialResult.ANSWERED)
        self.work(caller)

    # --- phones ----------------------------------------------------------------------------

    def die(self, endpoint: str) -> None:
        """The phone is registered still, and will not ring."""
        if endpoint in self.contacts:
            self.dead.add(endpoint)

    def wake(self, endpoint: str) -> None:
        """It lives, and rings where it is dialled; nobody is told of more."""
        self.dead.discard(endpoint)
        for caller in self.callers.values():
            dial = caller.dial
            if dial is not None and dial.endpoint == endpoint and not dial.rang:
                self.rings(dial)

    def register(self, endpoint: str) -> None:
        """A page opens: the new contact is told before the old one's end."""
        self.dead.discard(endpoint)
        old, new = self.contacts.get(endpoint), f"sip:{next(self.numbers)}"
        self.contacts[endpoint] = new
        self.tell(events.PhoneSeen(at=self.at, endpoint=endpoint, reachable=True, contact=new))
        if old is not None:
            self.tell(events.PhoneSeen(at=self.at, endpoint=endpoint, reachable=False, contact=old))

    def unregister(self, endpoint: str) -> None:
        """A page closes."""
        old = self.contacts.pop(endpoint, None)
        if old is None:
            return
        self.tell(events.PhoneSeen(at=self.at, endpoint=endpoint, reachable=False, contact=old))
        self.listeners.unregistered(endpoint)
        for caller in list(self.callers.values()):
            dial = caller.dial
            if dial is not None and dial.endpoint == endpoint and not dial.answered:
                self.dial_ends(caller, DialResult.UNREACHABLE)

    # --- the link and the service ----------------------------------------------------------

    def cut(self) -> None:
        """What was on its way is lost; but rows of the record stay until they are told."""
        self.linked = False
        self.alone.written[:0] = [
            event for event in self.manager if isinstance(event, events.FallbackEnded)
        ]
        self.manager.clear()

    def mend(self, *, restarted: bool = False) -> None:
        """The link is up: what there is, then what happens."""
        self.at += 0.1
        self.linked, self.linked_at = True, self.at
        self.tell_of_alone()
        self.manager.append(
            events.SnapshotTaken(
                at=self.at,
                channels=(
                    *channels(self.citizens.values(), self.callers.values()),
                    *apart_channels(self.apart.legs.values()),
                    *self.listeners.channels(),
                ),
                reachable=tuple(self.contacts),
                restarted=restarted,
            )
        )

    def service_dies(self, *, alone: bool = False) -> None:
        """Sockets close; the dialplan goes on by itself; `alone` where no service comes back."""
        self.cut()
        self.leash.clear()
        self.asked.clear()
        self.apart.service_dies()
        for caller in self.callers.values():
            caller.held = caller.recalled = False
            caller.orders.clear()
        self.apart.goes_on(alone=alone)
        for caller in self.callers.values():
            if caller.dial is not None or caller.away is not None or caller.talks:
                continue
            if not alone:
                self.come_back(caller)
            elif caller.fall is None:
                self.alone.take_in(caller)

    def dies(self) -> None:
        """All channels are gone, and the sockets with them, before anybody could say so."""
        self.cut()
        self.asked.clear()
        for caller in self.callers.values():
            if caller.held:
                self.say(caller, events.LeashLost(at=self.at, call_id=caller.call_id))
            self.alone.ends(caller)
        self.callers.clear()
        self.citizens.clear()
        self.apart.legs.clear()
        self.listeners.ringing.clear()
