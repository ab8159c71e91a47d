"""Every transition of an agent, in one table. What is not in it is illegal and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from contactcentre.core import acts, commands, events
from contactcentre.core.agent import phone, signals
from contactcentre.core.agent.memo import MEMOS, Memo, MemoKind
from contactcentre.core.agent.state import Agent, OtherCall, State
from contactcentre.core.events import Illegal, Undeclared
from contactcentre.core.outcomes import Result
from contactcentre.core.values import replace

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
    out = state is State.LOGGED_OUT
    away = None if out else phone.unreachable_since(agent, at)
    since = agent.since if (state, reason) == (agent.state, agent.reason) else at
    return replace(
        agent,
        state=state,
        reason=reason,
        since=since,
        offer_id=None,
        call_id=None,
        beside=None,
        wrap_up_until=None,
        unreachable_since=away,
        chosen=None if out else agent.chosen,
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


def _log_out(
    agent: Agent, event: commands.AgentLoggedOut | signals.LongUnreachable | acts.LogOutForced
) -> Agent:
    return _settle(_log_out_later(agent, event), event.at)


def _log_out_absent(agent: Agent, event: signals.LongUnreachable) -> Agent:
    """The agent is told why at the next visit."""
    if agent.unreachable_since is None:
        raise Illegal
    return replace(_log_out(agent, event), reason="absent", gone_at=event.at)


def _want_ready(agent: Agent, event: commands.ReadyChosen | acts.ReadyForced) -> Agent:
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


def _want_not_ready(agent: Agent, event: commands.NotReadyChosen | acts.NotReadyForced) -> Agent:
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


def _no_help(agent: Agent, event: events.AgentEvent) -> Agent:
    return replace(agent, help_since=None)


def _help_comes(agent: Agent, event: signals.HelpGiven) -> Agent:
    """The agent reads who it is."""
    memo = Memo(memo_id=f"help-{event.at:.3f}", at=event.at, kind="help", by=event.name)
    helped = _no_help(agent, event)
    return _with_memo(helped, memo) if event.name and agent.help_since else helped


def _rest_over(agent: Agent, event: signals.RestOver) -> Agent:
    return _settle(_rested(agent), event.at)


def _reserve(agent: Agent, event: signals.Reserved) -> Agent:
    """Whoever dials in a rest rests no more, and is there, whatever the phone does."""
    return replace(
        _rested(agent),
        state=State.RESERVED,
        reason=None,
        since=event.at,
        offer_id=event.offer_id,
        call_id=event.call_id,
        unreachable_since=None,
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
    """In the same call, or turned to the one beside; or in another, of the fallback queue."""
    beside, offer_id = agent.beside, event.offer_id
    if event.call_id == agent.call_id:
        return replace(agent, offer_id=offer_id)
    turned = beside is not None and beside.call_id == event.call_id
    left = OtherCall(call_id=agent.call_id or "", offer_id=agent.offer_id or "", rings=False)
    at_hand = replace(agent, offer_id=offer_id, call_id=event.call_id, since=event.at)
    return replace(at_hand, beside=left if turned else None)


def _reserve_beside(agent: Agent, event: signals.Reserved) -> Agent:
    """A second call; there is no third."""
    if agent.beside is not None:
        raise Illegal
    beside = OtherCall(call_id=event.call_id, offer_id=event.offer_id)
    return replace(agent, beside=beside, last_dial=None)


def _beside_over(agent: Agent, event: signals.OfferOver) -> Agent:
    """The second citizen was not reached: the talk goes on."""
    beside = agent.beside
    if beside is None or not beside.rings or beside.offer_id != event.offer_id:
        raise Illegal
    return replace(agent, beside=None, last_dial=event.dial)


def _talk_over(agent: Agent, event: signals.TalkEnded) -> Agent:
    beside = agent.beside
    if beside is not None and not beside.rings and beside.call_id == event.call_id:
        return replace(_owing(agent, event), beside=None)
    if event.call_id != agent.call_id:
        raise Illegal
    done = _owing(agent, event)
    return _over(done, event) if beside is None else _left_with(done, beside, event.at)


def _owing(agent: Agent, event: signals.TalkEnded) -> Agent:
    """The record is open, if it is to be written."""
    unsaved = (*agent.unsaved, event.call_id)[-UNSAVED:] if event.unsaved else agent.unsaved
    done = replace(agent, unsaved=unsaved, idle_since=event.at)
    return _away(done, Result.UNREACHABLE.value) if event.gone else done


def _left_with(agent: Agent, beside: OtherCall, at: float) -> Agent:
    """The other call is at hand: held, or its citizen is rung still."""
    state = State.RESERVED if beside.rings else State.TALKING
    left = replace(agent, call_id=beside.call_id, offer_id=beside.offer_id, beside=None)
    return replace(left, state=state, since=at)


def _over(done: Agent, event: signals.TalkEnded) -> Agent:
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


def _told(do: Step, kind: MemoKind) -> Step:
    """What somebody did to the agent, who reads so."""

    def told(agent: Agent, event: acts.ReasonedAct) -> Agent:
        memo_id = f"{kind}-{event.at:.3f}"
        memo = Memo(memo_id=memo_id, at=event.at, kind=kind, by=event.by, text=event.why)
        return _with_memo(do(agent, event), memo)

    return told


def _with_memo(agent: Agent, memo: Memo) -> Agent:
    others = (one for one in agent.memos if one.memo_id != memo.memo_id)
    return replace(agent, memos=(*others, memo)[-MEMOS:])


def _log_out_forced(agent: Agent, event: acts.LogOutForced) -> Agent:
    """The page stays out when its link comes back."""
    return replace(_log_out(agent, event), reason="forced")


def _memo_left(agent: Agent, event: signals.MemoLeft) -> Agent:
    return _with_memo(agent, event.memo)


def _seen(agent: Agent, event: commands.MemoSeen) -> Agent:
    return replace(agent, memos=tuple(m for m in agent.memos if m.memo_id != event.memo_id))


@dataclass(frozen=True, slots=True)
class AgentMove:
    """What an event does in a state, and where it may lead (the diagrams are drawn from this)."""

    do: Step
    to: tuple[State, ...]


_FREE = (State.READY, State.NOT_READY)
_FREED = (*_FREE, State.LOGGED_OUT)

_READY, _NOT_READY = _told(_want_ready, "ready"), _told(_want_not_ready, "not_ready")
_RELEASED = _told(_stay, "released")
_QUEUES, _SKILLS = _told(_stay, "queues"), _told(_stay, "skills")


def _help_moves(*states: State) -> dict[type[events.Event], AgentMove]:
    return {
        commands.HelpAsked: AgentMove(_ask_help, states),
        commands.HelpWithdrawn: AgentMove(_no_help, states),
        signals.HelpGiven: AgentMove(_help_comes, states),
        signals.MemoLeft: AgentMove(_memo_left, states),
    }


def _free_moves() -> dict[type[events.Event], AgentMove]:
    return {
        **_help_moves(*_FREE),
        acts.QueuesAssigned: AgentMove(_QUEUES, _FREE),
        acts.SkillsAssigned: AgentMove(_SKILLS, _FREE),
        acts.ReadyForced: AgentMove(_settled(_READY), _FREE),
        acts.NotReadyForced: AgentMove(_settled(_NOT_READY), (State.NOT_READY,)),
        acts.LogOutForced: AgentMove(_told(_log_out_forced, "logged_out"), (State.LOGGED_OUT,)),
        commands.MemoSeen: AgentMove(_seen, _FREE),
        commands.AgentLoggedIn: AgentMove(_stay, _FREE),
        commands.AgentLoggedOut: AgentMove(_log_out, (State.LOGGED_OUT,)),
        commands.ReadyChosen: AgentMove(_settled(_want_ready), _FREE),
        commands.NotReadyChosen: AgentMove(_settled(_want_not_ready), (State.NOT_READY,)),
        commands.MicrophoneReported: AgentMove(_settled(_microphone), _FREE),
        commands.DeviceChosen: AgentMove(phone.chosen, _FREE),
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
        acts.QueuesAssigned: AgentMove(_QUEUES, (state,)),
        acts.SkillsAssigned: AgentMove(_SKILLS, (state,)),
        acts.ReadyForced: AgentMove(_READY, (state,)),
        acts.NotReadyForced: AgentMove(_NOT_READY, (state,)),
        acts.LogOutForced: AgentMove(_told(_log_out_later, "logged_out"), (state,)),
        acts.AgentReleased: AgentMove(_RELEASED, (state,)),
        commands.MemoSeen: AgentMove(_seen, (state,)),
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
        acts.QueuesAssigned: AgentMove(_QUEUES, (State.LOGGED_OUT,)),
        acts.SkillsAssigned: AgentMove(_SKILLS, (State.LOGGED_OUT,)),
        commands.AgentLoggedIn: AgentMove(_log_in, _FREE),
        commands.MemoSeen: AgentMove(_seen, (State.LOGGED_OUT,)),
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
        acts.CallerGiven: AgentMove(_told(_stay, "caller_given"), (State.TALKING,)),
        commands.DeviceChosen: AgentMove(phone.chosen, (State.TALKING,)),
        signals.Reserved: AgentMove(_reserve_beside, (State.TALKING,)),
        signals.OfferOver: AgentMove(_beside_over, (State.TALKING,)),
        signals.TalkStarted: AgentMove(_talk_again, (State.TALKING,)),
        signals.TalkEnded: AgentMove(
            _talk_over, (State.TALKING, State.RESERVED, State.WRAP_UP, *_FREED)
        ),
    },
    State.WRAP_UP: {
        **_engaged_moves(State.WRAP_UP),
        signals.TalkStarted: AgentMove(_talk, (State.TALKING,)),  # the fallback queue asks nobody
        signals.WrapUpOver: AgentMove(_wrap_up_over, _FREED),
        signals.RecordClosed: AgentMove(_wrapped_up, (State.WRAP_UP, *_FREED)),
        commands.WrapUpExtended: AgentMove(_extend, (State.WRAP_UP,)),
        commands.RecordPostponed: AgentMove(_postpone, _FREED),
        commands.DeviceChosen: AgentMove(phone.chosen, (State.WRAP_UP,)),
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
