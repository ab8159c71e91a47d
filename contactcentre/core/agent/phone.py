"""What is told of an agent's phone: that it is there, that it is busy, that it does not ring."""

from __future__ import annotations

from contactcentre.core import commands, events
from contactcentre.core.agent import signals
from contactcentre.core.agent.state import Agent, AgentPhone
from contactcentre.core.values import replace


def seen(agent: Agent, event: events.PhoneSeen) -> Agent:
    """A reloaded page registers anew before the exchange reports its old contact gone."""
    if (spare := _spare(agent, event)) is not None:
        if _is_late(spare, event):
            return agent
        return replace(
            agent, spare=replace(spare, reachable=event.reachable, contact=event.contact)
        )
    if _is_late(agent.in_use, event):
        return agent
    # That a list has the phone still is no sign of life: its contact may outlive it.
    alive = event.reachable and (event.contact != "" or not agent.phone)
    silent = agent.silent and not alive
    return replace(agent, phone=event.reachable, contact=event.contact, silent=silent)


def _spare(agent: Agent, event: events.PhoneSeen | events.PhoneBusy) -> AgentPhone | None:
    """The phone that is told of, where it is not the one in use."""
    spare = agent.spare
    return spare if spare is not None and spare.endpoint == event.endpoint else None


def _is_late(phone: AgentPhone, event: events.PhoneSeen) -> bool:
    return not event.reachable and phone.contact != "" and event.contact not in ("", phone.contact)


def busy(agent: Agent, event: events.PhoneBusy) -> Agent:
    """A phone on which somebody talks is alive."""
    if (spare := _spare(agent, event)) is not None:
        return replace(agent, spare=replace(spare, busy=event.busy))
    return replace(agent, busy=event.busy, silent=agent.silent and not event.busy)


def silent(agent: Agent, event: signals.PhoneSilent) -> Agent:
    """No calls until it shows life."""
    return replace(agent, silent=True)


def rang(agent: Agent, event: signals.PhoneRang) -> Agent:
    """It was no worse than others."""
    return replace(agent, silent=False)


def chosen(agent: Agent, event: commands.DeviceChosen) -> Agent:
    """World says what that is, and which phone rings."""
    return replace(agent, chosen=event.device)


def changed(agent: Agent, event: signals.ProfileChanged) -> Agent:
    """Another phone is another registration: the old one tells nothing of it."""
    same = (agent.endpoint, agent.mobile) == (event.phones[0], event.mobile)
    known = {one.endpoint: one for one in agent.phones}
    rings, *others = (known.get(name) or AgentPhone(endpoint=name) for name in event.phones)
    return replace(
        agent,
        name=event.name,
        endpoint=rings.endpoint,
        browser=event.browser,
        mobile=event.mobile,
        chosen=agent.chosen if agent.chosen in event.devices else None,
        phone=rings.reachable,
        contact=rings.contact,
        busy=rings.busy,
        spare=others[0] if others else None,
        silent=agent.silent and same,
    )


def unreachable_since(agent: Agent, at: float) -> float | None:
    """Since when a free agent has had no phone that can be rung."""
    if agent.reachable:
        return None
    return at if agent.unreachable_since is None else agent.unreachable_since
