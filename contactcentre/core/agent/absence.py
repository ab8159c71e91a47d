"""Who can be rung on no phone for long is logged out: nobody counts on somebody who is not there.

A shut laptop says no word. Until its agent is logged out, the line takes the place for staffed and
the phone's secret stays good. Time in a call and in its wrap-up does not count.
"""

from __future__ import annotations

from collections.abc import Iterator

from contactcentre.core import effects, events
from contactcentre.core.agent.signals import LongUnreachable
from contactcentre.core.agent.state import Agent
from contactcentre.core.config.offer_rules import OfferRules
from contactcentre.core.timers import Timer

LOOK_AGAIN_S = 30.0
"""While no phone can be heard of, nobody is logged out; so often it is looked again."""


def timer(agent: Agent, rules: OfferRules, at: float) -> effects.Effect:
    """The log-out that is due, or none."""
    if agent.unreachable_since is None:
        return effects.CancelTimer(kind=Timer.ABSENT, key=agent.agent_id)
    return _look(agent, max(0.0, agent.unreachable_since + rules.absent_s - at))


def over(
    agent: Agent, rules: OfferRules, at: float, *, telephony: bool
) -> Iterator[effects.Effect | events.Event]:
    """The time may be up: it is, or runs on by rules that have changed."""
    if agent.unreachable_since is None:
        return
    if at < agent.unreachable_since + rules.absent_s:
        yield timer(agent, rules, at)
    elif telephony:
        yield LongUnreachable(at=at, agent_id=agent.agent_id)
    else:
        yield _look(agent, LOOK_AGAIN_S)


def _look(agent: Agent, seconds: float) -> effects.StartTimer:
    return effects.StartTimer(kind=Timer.ABSENT, key=agent.agent_id, seconds=seconds)
