"""What is told of an agent's phone: that it is there, that it is busy, that it does not ring."""

from __future__ import annotations

from dataclasses import replace

from contactcentre.core import events
from contactcentre.core.agent import signals
from contactcentre.core.agent.state import Agent


def seen(agent: Agent, event: events.PhoneSeen) -> Agent:
    """A reloaded page registers anew before the exchange reports its old contact gone."""
    newer = agent.contact and event.contact not in ("", agent.contact)
    if not event.reachable and newer:
        return agent
    # That a list has the phone still is no sign of life: its contact may outlive it.
    alive = event.reachable and (event.contact != "" or not agent.phone)
    silent = agent.silent and not alive
    return replace(agent, phone=event.reachable, contact=event.contact, silent=silent)


def busy(agent: Agent, event: events.PhoneBusy) -> Agent:
    """A phone on which somebody talks is alive."""
    return replace(agent, busy=event.busy, silent=agent.silent and not event.busy)


def silent(agent: Agent, event: signals.PhoneSilent) -> Agent:
    """No calls until it shows life."""
    return replace(agent, silent=True)


def rang(agent: Agent, event: signals.PhoneRang) -> Agent:
    """It was no worse than others."""
    return replace(agent, silent=False)


def changed(agent: Agent, event: signals.ProfileChanged) -> Agent:
    """Another phone is another registration: the old one tells nothing of it."""
    same = (agent.endpoint, agent.mobile) == (event.endpoint, event.mobile)
    return replace(
        agent,
        name=event.name,
        endpoint=event.endpoint,
        browser=event.browser,
        mobile=event.mobile,
        phone=agent.phone and agent.endpoint == event.endpoint,
        silent=agent.silent and same,
    )


def unreachable_since(agent: Agent, at: float) -> float | None:
    """Since when a free agent has had no phone that can be rung."""
    if agent.reachable:
        return None
    return at if agent.unreachable_since is None else agent.unreachable_since
