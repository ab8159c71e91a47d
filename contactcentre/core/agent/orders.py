"""What follows from an agent's new state: the wrap-up timer, the fallback queue, the phone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contactcentre.core import effects
from contactcentre.core.agent import absence
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.agent.table import LEAVING
from contactcentre.core.config.offer_rules import OfferRules
from contactcentre.core.outcomes import Result
from contactcentre.core.timers import Timer


def agent_orders(before: Agent, after: Agent, at: float, rules: OfferRules) -> list[effects.Effect]:
    """The orders that the change asks for."""
    orders: list[effects.Effect] = []
    if after.wrap_up_until is not None and after.wrap_up_until != before.wrap_up_until:
        left_s = after.wrap_up_until - at
        orders.append(effects.StartTimer(kind=Timer.WRAP_UP, key=after.agent_id, seconds=left_s))
    elif before.wrap_up_until is not None and after.wrap_up_until is None:
        orders.append(effects.CancelTimer(kind=Timer.WRAP_UP, key=after.agent_id))
    if after.resting_until != before.resting_until:
        orders.append(_rest_timer(after, at))
    if after.unreachable_since != before.unreachable_since:
        orders.append(absence.timer(after, rules, at))
    if left := registers(before) and not registers(after):
        orders.append(effects.WithdrawPhone(endpoint=before.endpoint))
    return [*orders, *_memberships(before, after, withdrawn=left)]


def _memberships(before: Agent, after: Agent, *, withdrawn: bool) -> Iterator[effects.Effect]:
    """The fallback queue rings the phone in use; one that is withdrawn is in it no more."""
    was, now = _member(before), _member(after)
    if was != now and was and not withdrawn:
        yield effects.SetMember(endpoint=was, paused=True)
    if was != now and now:
        yield effects.SetMember(endpoint=now, paused=False)


def gone(before: Agent, after: Agent) -> tuple[str, Result] | None:
    """The offer that ends, and how, of a reserved agent who has gone, or whose phone has, or who
    has answered another call, of the fallback queue; the second call of one who talks is offered,
    too. None: none of it."""
    offer_id = _offered(before)
    if not offer_id:
        return None
    if after.state is State.TALKING and _offered(after) != offer_id != after.offer_id:
        kept = after.call_id in before.calls
        return None if kept and before.state is State.TALKING else (offer_id, Result.WITHDRAWN)
    if _offered(after) != offer_id:
        return None
    if before.wanted_reason != after.wanted_reason == LEAVING:
        return offer_id, Result.WITHDRAWN
    lost = before.phone and not after.phone and before.endpoint == after.endpoint
    return (offer_id, Result.UNREACHABLE) if lost else None


def _offered(agent: Agent) -> str:
    """What rings for the agent, or whose card is read; "" none."""
    if agent.state is State.RESERVED:
        return agent.offer_id or ""
    return agent.beside.offer_id if agent.beside is not None and agent.beside.rings else ""


def left_elsewhere(before: Agent, after: Agent) -> tuple[str, ...]:
    """The calls of an agent, awaited in an interrupted talk, who has answered another: the fallback
    queue rings who is free on the telephone."""
    talked = before.state is after.state is State.TALKING
    return before.calls if talked and after.call_id not in before.calls else ()


def timers(agents: Iterable[Agent], at: float, rules: OfferRules) -> Iterable[effects.Effect]:
    """The timers that ran when the last process ended, set again for what is left of them."""
    for agent in agents:
        if agent.state is State.WRAP_UP and agent.wrap_up_until is not None:
            left_s = max(0.0, agent.wrap_up_until - at)
            yield effects.StartTimer(kind=Timer.WRAP_UP, key=agent.agent_id, seconds=left_s)
        if agent.resting_until is not None:
            yield _rest_timer(agent, at)
        if agent.unreachable_since is not None:
            yield absence.timer(agent, rules, at)


def _rest_timer(agent: Agent, at: float) -> effects.Effect:
    if agent.resting_until is None:
        return effects.CancelTimer(kind=Timer.REST, key=agent.agent_id)
    left_s = max(0.0, agent.resting_until - at)
    return effects.StartTimer(kind=Timer.REST, key=agent.agent_id, seconds=left_s)


def registers(agent: Agent) -> bool:
    """Whether a browser's phone has a secret: as long as its agent is logged in; of one who has
    logged out in mid-call, until the talk is over."""
    leaves = agent.wanted_reason == LEAVING and agent.state is not State.TALKING
    return agent.browser and agent.state is not State.LOGGED_OUT and not leaves


def _member(agent: Agent) -> str:
    """The phone that the fallback queue may ring: of whoever wants calls, busy or not; "" none.

    A mobile is not: nobody would ask there for the key that accepts.
    """
    wanted = agent.state is not State.LOGGED_OUT and agent.wants_ready and not agent.mobile
    return agent.endpoint if wanted else ""
