"""Phones of supervisors in the exchange: rung by the manager, then on a leash, then on a talk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from apart import Apart, Leg
from lines import Caller, Dial

from contactcentre.core import effects, events
from contactcentre.core.outcomes import DialResult


class Lines(Protocol):
    """What of the exchange these go by."""

    at: float
    apart: Apart
    callers: dict[str, Caller]
    contacts: dict[str, str]
    dead: set[str]
    numbers: Iterator[int]

    def tell(self, event: events.Event) -> None:
        """By the manager."""


class Listeners:
    """Those that ring, by their ids; who has lifted is a leg like others."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.ringing: dict[str, Dial] = {}

    def set_clock(self, by_s: float) -> None:
        """They have rung for as long."""
        for dial in self.ringing.values():
            dial.since += by_s
            dial.until += by_s

    def ring(self, order: effects.RingListener) -> None:
        """A phone that is there."""
        endpoint, at = order.phone.endpoint, self.lines.at
        if endpoint not in self.lines.contacts:
            self.lines.tell(events.LegHungUp(at=at, offer_id=order.offer_id))
            return
        leg = f"PJSIP/{endpoint}-{next(self.lines.numbers):08x}"
        self.ringing[order.offer_id] = Dial(order.offer_id, endpoint, leg, at, at + order.timeout_s)
        if endpoint not in self.lines.dead:
            self.lines.tell(events.LegRang(at=at, offer_id=order.offer_id))

    def lift(self, offer_id: str) -> None:
        """On a leash."""
        dial = self.ringing.pop(offer_id)
        leg = self.lines.apart.legs[offer_id] = Leg(offer_id, dial.leg, dial.endpoint, "")
        self.lines.apart.arrive(leg)

    def not_lifted(self, dials: Iterable[Dial]) -> None:
        """They ring no more."""
        for dial in list(dials):
            del self.ringing[dial.offer_id]
            self.lines.tell(events.LegHungUp(at=self.lines.at, offer_id=dial.offer_id, cause=16))

    def not_answered(self) -> None:
        """Whatever has rung for as long as it was to."""
        self.not_lifted(dial for dial in self.ringing.values() if dial.until <= self.lines.at)

    def unregistered(self, endpoint: str) -> None:
        """The page is gone."""
        self.not_lifted(dial for dial in self.ringing.values() if dial.endpoint == endpoint)

    def look(self) -> None:
        """Who listens to a leg that is gone hears nobody any more; where no socket is left, the
        dialplan asks again."""
        apart = self.lines.apart
        present = {leg.channel for leg in apart.legs.values()}
        present |= {one.dial.leg for one in self.lines.callers.values() if one.dial is not None}
        for leg in list(apart.legs.values()):
            if not leg.hears or leg.hears in present:
                continue
            leg.hears = ""
            if not leg.held:
                apart.arrive(leg)
                continue
            over = DialResult.ANSWERED
            apart.say(leg, events.LegDialEnded(at=self.lines.at, offer_id=leg.leg_id, result=over))
            apart.work(leg)

    def channels(self) -> Iterator[events.Channel]:
        """Those that ring."""
        for dial in self.ringing.values():
            yield events.Channel(
                channel=dial.leg,
                channel_id=f"2.{dial.leg}",
                our_id=dial.offer_id,
                bridge="",
                rung=False,
                endpoint=dial.endpoint,
                rings=dial.endpoint not in self.lines.dead,
            )
