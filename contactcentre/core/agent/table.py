"""Every transition of an agent, in one table. What is not in it is illegal and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from contactcentre.core import commands, events
from contactcentre.core.agent import phone, signals
from contactcentre.core.agent.state import Agent, State
from contactcentre.core.events import Illegal, Undeclared
from contactcentre.core.outcomes import Result

UNSAVED = 50
"""Open records of one agent; older ones are closed as not recorded in time, like all others."""

Step = Callable[..., Agent]

LEAVING = "leaving"
"""The `wanted_reason` of an agent who logged out in mid-call: the call is finished first."""


def _settle(agent: Agent, at: float) -> Agent:
    """A free agent's state follows from what the agent wants and what stands in the way."""
    if not agent.wants_ready:
        agent = _rested(agent)
    state, reason = _free_state(agent)
    away = None if state is State.LOGGED_OUT else phone.unreachable_since(agent, at)
    since = agent.since if (state, reason) == (agent.state, agent.reason) else at
    return replace(
        agent,
        state=state,
        reason=reason,
        since=since,
        offer_id=None,
        call_id=None,
        wrap_up_until=None,
        unreachable_since=away,
    )


def _settled(do: Step) -> Step:
    """The same of an agent who is free: the state follows."""
    return lambda agent, event: _settle(do(agent, event), event.at)


def _free_state(agent: Agent) -> tuple[State, str | None]:
    if agent.wanted_reason == LEAVING:
        return State.LOGGED_OUT, None
    if not agent.wants_ready:
        return State.NOT_READY, agent.wanted_reason
    return (State.NOT_READY, agent.blocker) if agent.blocker else (State.READY, None)


def _rested(agent: Agent) -> Agent:
    return replace(agent, resting_until=None, resting_for="")


def _log_in(agent: Agent, event: commands.AgentLoggedIn) -> Agent:
    fresh = replace(
        agent, wants_ready=False, wanted_reason="shift", missed=0, overtime=False, silent=False
    )
    return _settle(replace(fresh, idle_since=event.at), event.at)


def _stay(agent: Agent, event: events.Event) -> Agent:
    return agent


def _log_in_again(agent: Agent, event: commands.AgentLoggedIn) -> Agent:
    return replace(agent, wanted_reason="shift") if agent.wanted_reason == LEAVING else agent


def _log_out_later(agent: Agent, event: events.AgentEvent) -> Agent:
    left = replace(agent, wants_ready=False, wanted_reason=LEAVING, microphone=False)
    return replace(left, gone_at=None, help_since=None)


def _log_out(agent: Agent, event: commands.AgentLoggedOut | signals.LongUnreachable) -> Agent:
    return _settle(_log_out_later(agent, event), event.at)


def _log_out_absent(agent: Agent, event: signals.LongUnreachable) -> Agent:
    """The agent is told why at the next visit."""
    if agent.unreachable_since is None:
        raise Illegal
    return replace(_log_out(agent, event), reason="absent", gone_at=event.at)


def _want_ready(agent: Agent, event: commands.ReadyChosen) -> Agent:
    """Ready is ready: it ends a rest, trusts a phone that did not ring, and is overtime where the
    centre is closed."""
    return replace(
        _rested(agent),
        wants_ready=True,
        wanted_reason="",
        missed=0,
        ready_at=event.at,
        overtime=agent.closed,
        silent=False,
        gone_at=None,
    )


def _want_not_ready(agent: Agent, event: commands.NotReadyChosen) -> Agent:
    return replace(
        agent, wants_ready=False, wanted_reason=event.reason, overtime=False, gone_at=None
    )


def _microphone(agent: Agent, event: commands.MicrophoneReported) -> Agent:
    return replace(agent, microphone=event.granted)


def _hours(agent: Agent, event: signals.CentreHours) -> Agent:
    """Overtime lasts until the centre opens again: then it is time like any other. Whoever wanted
    calls on another day says so anew.
    """
    after = replace(agent, closed=not event.opened, overtime=False)
    if event.new_day:
        return replace(after, wants_ready=False, wanted_reason="shift")
    return after


def _ask_help(agent: Agent, event: commands.HelpAsked) -> Agent:
    return replace(agent, help_since=agent.help_since or event.at)


def _no_help(agent: Agent, event: commands.HelpWithdrawn | signals.HelpGiven) -> Agent:
    return replace(agent, help_since=None)


def _rest_over(agent: Agent, event: signals.RestOver) -> Agent:
    return _settle(_rested(agent), event.at)


def _reserve(agent: Agent, event: signals.Reserved) -> Agent:
    """Whoever dials in a rest rests no more."""
    return replace(
        _rested(agent),
        state=State.RESERVED,
        reason=None,
        since=event.at,
        offer_id=event.offer_id,
        call_id=event.call_id,
        last_dial=None,
    )


LISTENING = "message"
"""The `reason` of an agent who is reserved by a voice message, and hears it."""


def _listen(agent: Agent, event: signals.ListeningBegan) -> Agent:
    if event.offer_id != agent.offer_id:
        raise Illegal
    return replace(agent, reason=LISTENING, since=event.at)


def _away(agent: Agent, reason: str) -> Agent:
    """No calls until a click. What the agent chose meanwhile stands, and so does a lost phone:
    that one brings the agent back by itself.
    """
    if not agent.wants_ready or not agent.reachable:
        return agent
    return replace(agent, wants_ready=False, wanted_reason=reason)


def _used_up(agent: Agent, event: signals.DialsUsedUp) -> Agent:
    return _settle(_away(agent, "limit"), event.at)


_WORKED = (Result.HANDLED, Result.RETURNED)
"""The agent has heard a message: that was work, as a talk is."""


def _offer_over(agent: Agent, event: signals.OfferOver) -> Agent:
    if event.offer_id != agent.offer_id:
        raise Illegal
    agent = replace(agent, last_dial=event.dial)
    if event.result in _WORKED:
        return _settle(replace(agent, idle_since=event.at, missed=0), event.at)
    if event.result in (Result.CALLER_LEFT, Result.WITHDRAWN, Result.UNREACHED):
        return _settle(agent, event.at)
    missed = event.result is Result.MISSED
    after = replace(agent, missed=agent.missed + 1) if missed else agent
    if event.rest_s <= 0 or (missed and after.missed >= event.misses):
        return _settle(_away(after, event.result.value), event.at)
    return _settle(_rest(after, event), event.at)


def _rest(agent: Agent, event: signals.OfferOver) -> Agent:
    """No calls for a while; a phone that is lost, or does not ring, is rest enough."""
    if not agent.reachable:
        return agent
    until = event.at + event.rest_s
    return replace(agent, resting_until=until, resting_for=event.result.value)


def _talk(agent: Agent, event: signals.TalkStarted) -> Agent:
    return replace(
        _rested(agent),
        state=State.TALKING,
        reason=None,
        since=event.at,
        offer_id=event.offer_id,
        call_id=event.call_id,
        wrap_up_until=None,
        unreachable_since=None,
        missed=0,
        silent=False,
    )


def _talk_again(agent: Agent, event: signals.TalkStarted) -> Agent:
    return replace(agent, offer_id=event.offer_id, call_id=event.call_id)


def _talk_over(agent: Agent, event: signals.TalkEnded) -> Agent:
    if event.call_id != agent.call_id:
        raise Illegal
    unsaved = (*agent.unsaved, event.call_id)[-UNSAVED:] if event.unsaved else agent.unsaved
    done = replace(agent, unsaved=unsaved, idle_since=event.at)
    if event.gone:
        done = _away(done, Result.UNREACHABLE.value)
    if event.wrap_up_s <= 0:
        return _settle(done, event.at)
    return replace(
        done,
        state=State.WRAP_UP,
        reason=None,
        since=event.at,
        offer_id=None,
        wrap_up_until=event.at + event.wrap_up_s,
    )


def _wrap_up_over(agent: Agent, event: events.Event) -> Agent:
    return _settle(replace(agent, idle_since=event.at), event.at)


def _extend(agent: Agent, event: commands.WrapUpExtended) -> Agent:
    if event.call_id != agent.call_id:
        raise Illegal
    until = max(agent.wrap_up_until or event.at, event.at) + event.seconds
    return replace(agent, wrap_up_until=until)


def _postpone(agent: Agent, event: commands.RecordPostponed) -> Agent:
    if event.call_id != agent.call_id:
        raise Illegal
    return _wrap_up_over(agent, event)


def _record_owed(agent: Agent, event: signals.RecordOwed) -> Agent:
    return replace(agent, unsaved=(*agent.unsaved, event.call_id)[-UNSAVED:])


def _record_closed(agent: Agent, event: signals.RecordClosed) -> Agent:
    return replace(agent, unsaved=tuple(c for c in agent.unsaved if c != event.call_id))


def _record_taken(agent: Agent, event: signals.RecordTaken) -> Agent:
    """The one in hand stands last."""
    if event.call_id not in agent.unsaved:
        raise Illegal
    others = tuple(call_id for call_id in agent.unsaved if call_id != event.call_id)
    return replace(agent, unsaved=(*others, event.call_id))


def _wrapped_up(agent: Agent, event: signals.RecordClosed) -> Agent:
    """Whoever closes the record of another call stays in this one's wrap-up."""
    after = _record_closed(agent, event)
    return _wrap_up_over(after, event) if event.call_id == agent.call_id else after


@dataclass(frozen=True, slots=True)
class AgentMove:
    """What an event does in a state, and where it may lead (the diagrams are drawn from this)."""

    do: Step
    to: tuple[State, ...]


_FREE = (State.READY, State.NOT_READY)
_FREED = (*_FREE, State.LOGGED_OUT)


def _help_moves(*states: State) -> dict[type[events.Event], AgentMove]:
    return {
        commands.HelpAsked: AgentMove(_ask_help, states),
        commands.HelpWithdrawn: AgentMove(_no_help, states),
        signals.HelpGiven: AgentMove(_no_help, states),
    }


def _free_moves() -> dict[type[events.Event], AgentMove]:
    return {
        **_help_moves(*_FREE),
        commands.AgentLoggedIn: AgentMove(_stay, _FREE),
        commands.AgentLoggedOut: AgentMove(_log_out, (State.LOGGED_OUT,)),
        commands.ReadyChosen: AgentMove(_settled(_want_ready), _FREE),
        commands.NotReadyChosen: AgentMove(_settled(_want_not_ready), (State.NOT_READY,)),
        commands.MicrophoneReported: AgentMove(_settled(_microphone), _FREE),
        events.PhoneSeen: AgentMove(_settled(phone.seen), _FREE),
        events.PhoneBusy: AgentMove(_settled(phone.busy), _FREE),
        signals.PhoneRang: AgentMove(_settled(phone.rang), _FREE),
        signals.TalkStarted: AgentMove(_talk, (State.TALKING,)),  # found talking after a restart
        signals.ProfileChanged: AgentMove(_settled(phone.changed), _FREE),
        signals.RecordClosed: AgentMove(_record_closed, _FREE),
        signals.RecordTaken: AgentMove(_record_taken, _FREE),
        signals.RecordOwed: AgentMove(_record_owed, _FREE),
        signals.RestOver: AgentMove(_rest_over, _FREE),
        signals.CentreHours: AgentMove(_settled(_hours), _FREE),
    }


def _engaged_moves(state: State) -> dict[type[events.Event], AgentMove]:
    return {
        **_help_moves(state),
        commands.AgentLoggedIn: AgentMove(_log_in_again, (state,)),
        commands.AgentLoggedOut: AgentMove(_log_out_later, (state,)),
        commands.ReadyChosen: AgentMove(_want_ready, (state,)),
        commands.NotReadyChosen: AgentMove(_want_not_ready, (state,)),
        commands.MicrophoneReported: AgentMove(_microphone, (state,)),
        events.PhoneSeen: AgentMove(phone.seen, (state,)),
        events.PhoneBusy: AgentMove(phone.busy, (state,)),
        signals.PhoneRang: AgentMove(phone.rang, (state,)),
        signals.ProfileChanged: AgentMove(phone.changed, (state,)),
        signals.RecordClosed: AgentMove(_record_closed, (state,)),
        signals.RecordTaken: AgentMove(_record_taken, (state,)),
        signals.RecordOwed: AgentMove(_record_owed, (state,)),
        signals.CentreHours: AgentMove(_hours, (state,)),
    }


TABLE: Mapping[State, Mapping[type[events.Event], AgentMove]] = {
    State.LOGGED_OUT: {
        commands.AgentLoggedIn: AgentMove(_log_in, _FREE),
        events.PhoneSeen: AgentMove(phone.seen, (State.LOGGED_OUT,)),
        events.PhoneBusy: AgentMove(phone.busy, (State.LOGGED_OUT,)),
        signals.PhoneRang: AgentMove(phone.rang, (State.LOGGED_OUT,)),
        signals.ProfileChanged: AgentMove(phone.changed, (State.LOGGED_OUT,)),
        signals.RecordClosed: AgentMove(_record_closed, (State.LOGGED_OUT,)),
        signals.RecordOwed: AgentMove(_record_owed, (State.LOGGED_OUT,)),
        signals.CentreHours: AgentMove(_hours, (State.LOGGED_OUT,)),
    },
    State.NOT_READY: {
        **_free_moves(),
        signals.LongUnreachable: AgentMove(_log_out_absent, (State.LOGGED_OUT,)),
        signals.Reserved: AgentMove(_reserve, (State.RESERVED,)),  # who dials wants no calls yet
    },
    State.READY: {
        **_free_moves(),
        signals.Reserved: AgentMove(_reserve, (State.RESERVED,)),
        signals.DialsUsedUp: AgentMove(_used_up, (State.NOT_READY,)),
    },
    State.RESERVED: {
        **_engaged_moves(State.RESERVED),
        signals.PhoneSilent: AgentMove(phone.silent, (State.RESERVED,)),
        signals.ListeningBegan: AgentMove(_listen, (State.RESERVED,)),
        signals.OfferOver: AgentMove(_offer_over, _FREED),
        signals.TalkStarted: AgentMove(_talk, (State.TALKING,)),
    },
    State.TALKING: {
        **_engaged_moves(State.TALKING),
        signals.TalkStarted: AgentMove(_talk_again, (State.TALKING,)),
        signals.TalkEnded: AgentMove(_talk_over, (State.WRAP_UP, *_FREED)),
    },
    State.WRAP_UP: {
        **_engaged_moves(State.WRAP_UP),
        signals.TalkStarted: AgentMove(_talk, (State.TALKING,)),  # the fallback queue asks nobody
        signals.WrapUpOver: AgentMove(_wrap_up_over, _FREED),
        signals.RecordClosed: AgentMove(_wrapped_up, (State.WRAP_UP, *_FREED)),
        commands.WrapUpExtended: AgentMove(_extend, (State.WRAP_UP,)),
        commands.RecordPostponed: AgentMove(_postpone, _FREED),
        commands.AgentLoggedOut: AgentMove(_log_out, (State.LOGGED_OUT,)),
    },
}


def step(agent: Agent, event: events.Event) -> Agent:
    """The agent after the event. Raises `Illegal` where the table has no such move."""
    move = TABLE[agent.state].get(type(event))
    if move is None:
        raise Illegal
    after = move.do(agent, event)
    if after.state not in move.to:
        raise Undeclared(f"undeclared: to {after.state}")
    return after
