"""What a timer means when it fires: a lease, a ring, a promise or a pause is over, or may be."""

from __future__ import annotations

from contactcentre.core import effects, events, reconcile
from contactcentre.core.agent import orders as agent_orders
from contactcentre.core.agent import signals
from contactcentre.core.assignment import Assignment
from contactcentre.core.call import menu_moves, move, offer_moves
from contactcentre.core.call import overflow as ways
from contactcentre.core.call.state import Phase
from contactcentre.core.floor import Floor
from contactcentre.core.line import refusals
from contactcentre.core.line.callbacks import LEASED, look_again


class Timers:
    """All of them but the crisis's. What has settled itself meanwhile is passed over."""

    def __init__(self, floor: Floor, assignment: Assignment) -> None:
        self._floor = floor
        self._assignment = assignment

    def started(self, at: float, orders: list[effects.Effect]) -> None:
        """Those that ran when the last process ended."""
        floor = self._floor
        orders.extend(agent_orders.timers(floor.agents.values(), at))
        orders.extend(reconcile.timers(floor.calls.values(), at))
        for call in floor.calls.values():
            if call.phase in (Phase.WAITING, Phase.OFFERED):
                orders.extend(menu_moves.tell_later(call, floor.network))
            orders.extend(refusals.timers(call, floor.network))

    def fired(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        """Do what is due now."""
        match event.kind:
            case "offer":
                self._on_lease(event, orders)
            case "rejoin":
                self._on_rejoin_over(event, orders)
            case "ring_again":
                self._floor.rejoin_if_possible(event.key, event.at, orders)
            case "wrap_up":
                self._floor.step_agent(event.key, signals.WrapUpOver(at=event.at), orders)
            case "callback":
                self._look_again(event.key, event.at, orders)
            case "widen":
                self._on_widen(event, orders)
            case "overflow":
                self._on_overflow(event, orders)
            case "announce":
                self._on_announce(event, orders)
            case "rest":
                self._floor.step_agent(event.key, signals.RestOver(at=event.at), orders)
            case "again":
                self._on_again(event, orders)
            case "unbar":
                orders.extend(self._floor.staff.review_cap(event.key, event.at))
            case "hours":
                orders.extend(self._floor.staff.review_hours(event.at))
            case "settle":
                self._assignment.settle()
            case _:
                self._floor.refuse(event, "")

    def _on_widen(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        """The call's next ring opens."""
        call = self._floor.calls.get(event.key)
        if call is not None and call.phase in (Phase.WAITING, Phase.CALLBACK):
            self._floor.moved(move.Moved(call), event.at, orders)

    def _on_again(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        """Whether those who refused the call are to be asked after all."""
        call = self._floor.calls.get(event.key)
        if call is not None and call.phase in refusals.IN_LINE:
            after = self._floor.matcher.reconsidered(call, self._floor.agents.values(), event.at)
            self._floor.moved(move.Moved(after), event.at, orders)
            orders.extend(refusals.timers(after, self._floor.network))

    def _on_overflow(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        """Whether waiting is of any use to this caller."""
        floor = self._floor
        call = floor.calls.get(event.key)
        if call is not None and call.phase is Phase.WAITING:
            line = ways.Line(
                floor.calls.values(), lambda one: floor.matcher.staffed(one, floor.agents.values())
            )
            floor.moved(ways.look(call, event.at, floor.network, line), event.at, orders)

    def _on_announce(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        """Position and wait, to whoever hears music just now."""
        floor = self._floor
        call = floor.calls.get(event.key)
        if call is None or call.phase not in (Phase.WAITING, Phase.OFFERED):
            return
        if call.phase is Phase.WAITING and call.leashed:
            told = floor.announcer.words(call, floor.calls.values(), event.at, floor.network)
            orders.append(menu_moves.tell_waiting(call, told))
            orders.append(effects.Music(call_id=call.call_id))
        orders.extend(menu_moves.tell_later(call, floor.network))

    def _on_lease(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        call = self._floor.calls.get(event.key.rpartition("-")[0])
        if call is None or call.phase not in LEASED:
            return
        if (call.leashed or call.phase is Phase.CALLING) and not self._floor.telephony:
            # Nothing can be heard of it, and the leash will tell when the dial ends.
            again = effects.StartTimer(
                kind="offer", key=event.key, seconds=offer_moves.LEASE_GRACE_S
            )
            orders.append(again)
            return
        self._floor.step_call(call.call_id, event, orders)

    def _on_rejoin_over(self, event: events.TimerFired, orders: list[effects.Effect]) -> None:
        call = self._floor.calls.get(event.key)
        if call is not None and call.phase is Phase.REJOINING:
            self._floor.step_call(call.call_id, event, orders)

    def _look_again(self, call_id: str, at: float, orders: list[effects.Effect]) -> None:
        """Hours begin and end, and so does the pause after an attempt."""
        call = self._floor.calls.get(call_id)
        if call is None or call.phase is not Phase.CALLBACK:
            return
        self._floor.matcher.stand_call(call, at)
        if self._assignment.settled and call_id in self._floor.matcher.line:
            self._assignment.match_call(call_id, at, orders)
        orders.append(look_again(call, at))
