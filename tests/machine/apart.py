"""Legs that have a leash of their own in the exchange: alone, in a talk, or ringing somebody."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from lines import Caller, Dial

from contactcentre.core import effects, events
from contactcentre.core.outcomes import DialResult


@dataclass
class Leg:
    """One of them; those of one `bridge` hear each other, "" is alone."""

    leg_id: str
    channel: str
    endpoint: str
    caller: str  # whose call it is: its channel
    bridge: str = ""
    rings: Dial | None = None
    held: bool = False  # by a socket of the service
    fetches: bool = False  # takes its caller back, should no service come
    hears: str = ""  # the channel on whose talk it is, of a supervisor
    mode: str = ""  # in which it is there
    orders: deque[effects.LegEffect] = field(default_factory=deque)

    @property
    def is_alone(self) -> bool:
        """Whether it waits for orders."""
        return not (self.bridge or self.hears) and self.rings is None


class Lines(Protocol):
    """What of the exchange these go by."""

    at: float
    linked: bool
    callers: dict[str, Caller]
    contacts: dict[str, str]
    numbers: Iterator[int]
    leash: dict[str, deque[events.Event]]

    def tell(self, event: events.Event) -> None:
        """By the manager."""

    def out_of_bridge(self, caller: Caller) -> None:
        """The caller is alone."""

    def parted(self, caller: Caller) -> None:
        """The agent's leg is out of the dial."""


class Apart:
    """All of them, by their ids."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.legs: dict[str, Leg] = {}

    def set_clock(self, by_s: float) -> None:
        """Whatever rings has so for as long."""
        for dial in self.ringing():
            dial.since += by_s
            dial.until += by_s

    def ringing(self) -> list[Dial]:
        """What rings for a leg."""
        return [leg.rings for leg in self.legs.values() if leg.rings is not None]

    def say(self, leg: Leg, event: events.Event) -> None:
        """By the leg's socket."""
        if leg.held:
            self.lines.leash.setdefault(leg.leg_id, deque()).append(event)

    # --- alone, and together ---------------------------------------------------------------

    def arrive(self, leg: Leg) -> None:
        """On its leash, by a new socket or the one that it has had."""
        leg.bridge, leg.hears, leg.held = "", "", True
        told = events.LegLeashed(at=self.lines.at, offer_id=leg.leg_id, leg=leg.channel)
        self.say(leg, told)
        self.work(leg)

    def leave(self, who: Leg | Caller) -> None:
        """Whoever is left of two is alone."""
        bridge, who.bridge = who.bridge, ""
        legs = [leg for leg in self.legs.values() if bridge and leg.bridge == bridge]
        callers = [one for one in self.lines.callers.values() if bridge and one.bridge == bridge]
        if len(legs) + len(callers) != 1:
            return
        for leg in legs:
            self.arrive(leg)
        for caller in callers:
            self.lines.out_of_bridge(caller)

    def join(self, one: Leg | Caller, leg: Leg, *, adds: bool) -> None:
        """Both hear each other, and whoever the leg is with already, if that one `adds` itself."""
        if not adds or not leg.bridge:
            self.leave(leg)
            leg.bridge = f"b{next(self.lines.numbers)}"
        one.bridge = leg.bridge

    def by_channel(self, channel: str) -> Leg | None:
        """The leg of that name."""
        return next((leg for leg in self.legs.values() if leg.channel == channel), None)

    def park(self, order: effects.Park) -> None:
        """Out of whatever it is in."""
        leg = self.legs.get(order.offer_id)
        if leg is not None:
            self.stop(leg, DialResult.CANCELLED, told=False)
            leg.fetches, leg.caller = order.fetches, order.caller
            leg.orders.clear()
            self.leave(leg)
            self.arrive(leg)
            return
        for caller in list(self.lines.callers.values()):
            dial = caller.dial
            if dial is None or not dial.answered or dial.leg != order.leg:
                continue
            leg = Leg(dial.offer_id, dial.leg, dial.endpoint, caller.channel)
            leg.fetches = order.fetches
            self.legs[leg.leg_id] = leg
            self.arrive(leg)
            self.lines.parted(caller)
            return
        self.lines.tell(events.LegHungUp(at=self.lines.at, offer_id=order.offer_id))

    # --- orders of its leash ---------------------------------------------------------------

    def obey(self, order: effects.LegEffect) -> None:
        """Nobody there, nothing done."""
        leg = self.legs.get(order.offer_id)
        if leg is not None and leg.held:
            leg.orders.append(order)
            self.work(leg)

    def work(self, leg: Leg) -> None:
        """Carry out what can be carried out now."""
        while leg.held and leg.orders and leg.is_alone:
            self.carry_out(leg, leg.orders.popleft())

    def carry_out(self, leg: Leg, order: effects.LegEffect) -> None:
        """One order."""
        match order:
            case effects.RingAside():
                self.ring(leg, order)
            case effects.JoinLegs():
                other = self.by_channel(order.leg)
                if other is None:
                    self.arrive(leg)
                else:
                    self.join(leg, other, adds=order.adds)
            case effects.Listen():
                leg.hears, leg.mode = order.leg, order.mode

    def ring(self, leg: Leg, order: effects.RingAside) -> None:
        """A phone that is there, or somebody outside."""
        endpoint = order.phone.endpoint if order.phone is not None else ""
        until = self.lines.at + order.timeout_s
        name = f"PJSIP/{endpoint}-{next(self.lines.numbers):08x}"
        leg.rings = Dial(order.rung_id, endpoint, name, self.lines.at, until, rang=True)
        if endpoint and endpoint not in self.lines.contacts:
            self.stop(leg, DialResult.UNREACHABLE)
            return
        self.lines.tell(events.LegDialed(at=self.lines.at, offer_id=order.rung_id, leg=name))
        self.lines.tell(events.LegRang(at=self.lines.at, offer_id=order.rung_id))

    def stop(self, leg: Leg, result: DialResult, *, told: bool = True) -> None:
        """What it rings rings no more."""
        dial, leg.rings = leg.rings, None
        if dial is None:
            return
        self.lines.tell(events.LegHungUp(at=self.lines.at, offer_id=dial.offer_id, cause=16))
        if not told:
            return
        ended = events.LegDialEnded(at=self.lines.at, offer_id=dial.offer_id, result=result)
        self.say(leg, ended)
        self.arrive(leg)

    # --- what the others do ----------------------------------------------------------------

    def answers(self, leg: Leg) -> None:
        """Whom it rings."""
        dial, leg.rings = leg.rings, None
        assert dial is not None
        asked = Leg(dial.offer_id, dial.leg, dial.endpoint, leg.caller)
        self.legs[asked.leg_id] = asked
        asked.bridge = leg.bridge = f"b{next(self.lines.numbers)}"
        self.lines.tell(events.LegAnswered(at=self.lines.at, offer_id=asked.leg_id))

    def hang_up(self, leg: Leg) -> None:
        """The leg is gone."""
        self.stop(leg, DialResult.CANCELLED, told=False)
        del self.legs[leg.leg_id]
        self.lines.tell(events.LegHungUp(at=self.lines.at, offer_id=leg.leg_id, cause=16))
        self.leave(leg)

    def hang_up_channel(self, channel: str) -> None:
        """By the manager."""
        leg = self.by_channel(channel)
        if leg is not None:
            self.hang_up(leg)
        for asks in list(self.legs.values()):
            if asks.rings is not None and asks.rings.leg == channel:
                self.stop(asks, DialResult.CANCELLED)

    def not_answered(self) -> None:
        """What has rung for as long as it was to."""
        for leg in list(self.legs.values()):
            if leg.rings is not None and leg.rings.until <= self.lines.at:
                self.stop(leg, DialResult.NO_ANSWER)

    def service_dies(self) -> None:
        """Sockets close."""
        for leg in self.legs.values():
            leg.held = False
            leg.orders.clear()

    def goes_on(self, *, alone: bool) -> None:
        """The dialplan asks again; where no service comes, a leg takes its caller back."""
        for leg in [each for each in self.legs.values() if each.is_alone]:
            callers = [one for one in self.lines.callers.values() if one.channel == leg.caller]
            free = [one for one in callers if not one.bridge and one.dial is None]
            if not alone:
                self.arrive(leg)
            elif leg.fetches and free:
                self.join(free[0], leg, adds=False)
                free[0].music, free[0].fall = False, None
            else:
                self.hang_up(leg)


def apart_channels(legs: Iterable[Leg]) -> Iterator[events.Channel]:
    """The channels of these, and of those whom they ring."""
    for leg in legs:
        yield events.Channel(
            channel=leg.channel,
            channel_id=f"2.{leg.channel}",
            our_id=leg.leg_id,
            bridge=leg.bridge,
            rung=True,
            endpoint=leg.endpoint,
        )
        if leg.rings is not None:
            yield events.Channel(
                channel=leg.rings.leg,
                channel_id=f"2.{leg.rings.leg}",
                our_id=leg.rings.offer_id,
                bridge="",
                rung=True,
                endpoint=leg.rings.endpoint,
                rings=True,
            )
