"""The states of an agent's day, each as a short history that leads to it.

No clock runs here: a scene stays as it is until somebody acts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from contactcentre.core import commands, events
from contactcentre.core.agent.signals import CentreHours
from contactcentre.core.call.outbound_moves import dial_id
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import DialResult
from contactcentre.core.timers import Timer
from contactcentre.testing import History, call_id
from lab.pages.people import AGENTS, Sample
from routing.recording import RecordingPolicy

BENEFITS, DOCUMENTS, TAXES = "1", "2", "3"
"""The keys of the sample menu."""
NOTE = "Jautā, vai bērna kopšanas pabalstu var pieprasīt par iepriekšējiem mēnešiem."
ALMOST_S = 60.0
"""Before a telephone is there."""

RUSSIAN = "8"
"""A key of the menu, and a language that no agent of these scenes speaks: those callers wait."""


def play(story: History, *names: str, until: float) -> None:
    """Let these happen one after another, the last of them just now.

    Whatever has happened already was over before.
    """
    network = story.world.crisis.published  # whoever chooses a device has the other made anew
    length_s = sum(_length_s(network, name) for name in names)
    story.clock_steps(until - length_s - story.at)
    for name in names:
        SCENES[name](story, AGENTS[name])
    story.at = until


_lengths: dict[str, tuple[Network, float]] = {}


def _length_s(network: Network, name: str) -> float:
    """As it is played to find out, once in a network."""
    within, length_s = _lengths.get(name, (None, 0.0))
    if within is not network:
        length_s = _played_s(network, name)
        _lengths[name] = (network, length_s)
    return length_s


def _played_s(network: Network, name: str) -> float:
    story = History(network)
    story.links_up()
    began_at = story.at
    SCENES[name](story, AGENTS[name])
    return story.at - began_at


def promises(story: History) -> None:
    """Two citizens were promised a call yesterday; the time of one of them has passed."""
    now = story.at
    for number, hours in ((6, 25.0), (7, 22.51)):
        story.at = now - hours * 3600
        _waits(story, number, TAXES, caller=f"+371290000{number:02}")
        _asks_callback(story, number)
    story.at = now


def crowd(story: History) -> None:
    """Citizens who wait, one who has left, and an agent without a telephone."""
    story.clock_steps(-80 - ALMOST_S)
    _almost_ready(story, AGENTS["lost"])
    for number, key in enumerate((TAXES, TAXES, BENEFITS, DOCUMENTS), start=1):
        _waits(story, number, key)
        story.pass_s(20)
    story.hangs_up(4)


# --- steps that scenes share -----------------------------------------------------------------


def _waits(story: History, number: int, key: str, *, caller: str | None = None) -> None:
    story.arrives(number, caller=caller)
    story.presses(number, RUSSIAN)
    story.presses(number, key)


def _asks_callback(story: History, number: int) -> None:
    story.pass_s(12)
    story.apply(events.DigitPressed(at=story.at, call_id=call_id(number), digit="1"))
    story.hangs_up(number)


def _start(story: History, who: Sample) -> None:
    """The page is open and its telephone registered; nothing was pressed yet."""
    story.apply(commands.AgentLoggedIn(at=story.at, agent_id=who.agent_id))
    story.phone(who.number, reachable=True)


def _idle(story: History, who: Sample) -> None:
    story.ready(who.number)


def _arrives(story: History, who: Sample) -> None:
    story.arrives(who.number, caller=who.caller, dialled=who.hotline)
    story.presses(who.number, BENEFITS)


def _almost_ready(story: History, who: Sample) -> None:
    """The agent's centre counts as at work, so that no other is asked meanwhile."""
    story.ready(who.number)
    story.phone(who.number, reachable=False)
    story.pass_s(ALMOST_S)


def _ringing(story: History, who: Sample) -> None:
    """The citizen has waited for the agent's telephone."""
    _almost_ready(story, who)
    _arrives(story, who)
    story.pass_s(12)
    story.phone(who.number, reachable=True)


def _talking(story: History, who: Sample) -> None:
    _ringing(story, who)
    story.pass_s(4)
    story.leg_answers(who.number)
    story.pass_s(30)
    called = call_id(who.number)
    story.apply(
        commands.NoteWritten(at=story.at, agent_id=who.agent_id, call_id=called, text=NOTE, base=0)
    )
    _record(story, who)
    story.pass_s(174)


def _record(story: History, who: Sample, *, finish: bool = False) -> None:
    story.apply(
        commands.RecordSaved(
            at=story.at,
            agent_id=who.agent_id,
            call_id=call_id(who.number),
            kind="consultation",
            services=("VSAA-KOPS",),
            outcome="answered",
            finish=finish,
        )
    )


def _identified(story: History, who: Sample, level: int) -> None:
    called, method = call_id(who.number), "name_contact"
    story.apply(
        commands.CallerIdentified(
            at=story.at, agent_id=who.agent_id, call_id=called, level=level, method=method
        )
    )


def _held(story: History, who: Sample) -> None:
    _talking(story, who)
    _identified(story, who, 2)
    story.not_ready(who.number, "counter")
    story.apply(events.HoldStarted(at=story.at, offer_id=_offer(story.call(who.number))))
    story.pass_s(35)


def _offered(story: History, who: Sample) -> None:
    """A colleague who is free would take the caller over."""
    _talking(story, who)
    helper = AGENTS["helper"]
    story.ready(helper.number)
    for told in offers(story.call(who.number), helper, story.at):
        story.apply(told)


def offers(call: Call, helper: Sample, at: float) -> Iterator[events.Event]:
    """The colleague is free for this only, lest the next scene's caller rings there."""
    yield commands.ReadyChosen(at=at, agent_id=helper.agent_id)
    yield commands.TakeOverOffered(at=at, agent_id=helper.agent_id, call_id=call.call_id)
    yield commands.NotReadyChosen(at=at, agent_id=helper.agent_id, reason="break")


def _consulting(story: History, who: Sample) -> None:
    """Somebody at an institution is asked; the citizen hears music."""
    _talking(story, who)
    for told in consults(story.call(who.number), who, story.at):
        story.apply(told)
    story.pass_s(48)


def consults(call: Call, who: Sample, at: float) -> Iterator[events.Event]:
    """What is told until somebody outside has answered."""
    called, own = call.call_id, _offer(call)
    asked, answered = f"{called}-{len(call.legs) + 1}", DialResult.ANSWERED
    yield commands.ConsultChosen(at=at, agent_id=who.agent_id, call_id=called, number="67000000")
    yield events.DialEnded(at=at, call_id=called, offer_id=own, result=answered)
    yield events.LegLeashed(at=at, offer_id=own, leg="PJSIP/own")
    yield events.LegDialed(at=at, offer_id=asked, leg="PJSIP/asked")
    yield events.LegAnswered(at=at, offer_id=asked)


def _two(story: History, who: Sample) -> None:
    """An office is rung beside the talk, and answers; the citizen hears music."""
    _talking(story, who)
    for told in holds(story.call(who.number), who, story.at):
        story.apply(told)
    key = dial_id(who.agent_id, story.at)
    story.dialed(key)
    story.pass_s(9)
    story.lifts(key)
    story.pass_s(31)


def holds(call: Call, who: Sample, at: float) -> Iterator[events.Event]:
    """What is told when a second number is dialled, until the first caller is on the leash."""
    called, own = call.call_id, _offer(call)
    yield commands.DialChosen(at=at, agent_id=who.agent_id, number="67013000", contact=called)
    yield events.DialEnded(at=at, call_id=called, offer_id=own, result=DialResult.ANSWERED)
    yield events.LegLeashed(at=at, offer_id=own, leg="PJSIP/own")


def _offer(call: Call) -> str:
    assert call.offer is not None  # noqa: S101 - these histories have just made it
    return call.offer.leg_id


def _rejoining(story: History, who: Sample) -> None:
    """The page is gone in mid-call, and its phone with it."""
    _talking(story, who)
    story.phone(who.number, reachable=False)
    story.loses_audio(who.number, who.number)


def _moved(story: History, who: Sample) -> None:
    """The talk is to go on by the telephone on the table, which rings."""
    _talking(story, who)
    for phone in story.agent(who.number).phones:
        seen = events.PhoneSeen(at=story.at, endpoint=phone.endpoint, reachable=True)
        story.apply(seen)
    chosen = commands.DeviceChosen(at=story.at, agent_id=who.agent_id, device="desk")
    story.apply(chosen)
    story.returns(who.number, talked=True)
    story.pass_s(3)


def _wrapup(story: History, who: Sample) -> None:
    _talking(story, who)
    _identified(story, who, 1)
    story.hangs_up(who.number)
    story.pass_s(8)


def _resting(story: History, who: Sample) -> None:
    _ringing(story, who)
    story.rejects(who.number, who.number)
    story.dial_ends(who.number, DialResult.CANCELLED)
    story.hangs_up(who.number)
    story.pass_s(3)


def _silent(story: History, who: Sample) -> None:
    """The telephone is dialled, does not ring, and the citizen does not wait for it."""
    _ringing(story, who)
    offer_id, leg = _offer(story.call(who.number)), f"PJSIP/{story.agent(who.number).endpoint}-1"
    story.apply(events.LegDialed(at=story.at, offer_id=offer_id, leg=leg))
    story.pass_s(3)
    story.fires(Timer.SILENT, offer_id)
    story.dial_ends(who.number, DialResult.UNREACHABLE)
    story.hangs_up(who.number)
    story.pass_s(20)


def _gone(story: History, who: Sample) -> None:
    """The laptop was shut without a word, and its agent comes back to it."""
    story.ready(who.number)
    story.phone(who.number, reachable=False)
    story.pass_s(story.world.network.offers.absent_s)
    story.fires(Timer.ABSENT, who.agent_id)
    story.pass_s(1800)
    story.phone(who.number, reachable=True)


def _closed(story: History, who: Sample) -> None:
    """The agent wants calls still, and the centre has closed."""
    open_yet = CentreHours(at=story.at, agent_id=who.agent_id, opened=True)
    story.apply(open_yet)
    story.ready(who.number)
    story.fires(Timer.HOURS, "")


def _unsaved(story: History, who: Sample) -> None:
    """A record has outlived its wrap-up."""
    _wrapup(story, who)
    story.pass_s(60)
    story.fires(Timer.WRAP_UP, who.agent_id)


def _lost(story: History, who: Sample) -> None:
    """The link to Asterisk is down, for everybody's desk."""
    _idle(story, who)
    story.apply(events.TelephonyLost(at=story.at))


def _callback(story: History, who: Sample) -> None:
    """Asked for while waiting, before the agent was ready."""
    _almost_ready(story, who)
    _arrives(story, who)
    _asks_callback(story, who.number)
    story.phone(who.number, reachable=True)


def _calling(story: History, who: Sample) -> None:
    _callback(story, who)
    agent = story.agent(who.number)
    story.rings_back(who.number, agent.call_id or "")


def _message(story: History, who: Sample) -> None:
    """Left after a short wait, before the agent was ready, and while no circle has opened more."""
    _almost_ready(story, who)
    _arrives(story, who)
    story.pass_s(3)
    story.apply(events.DigitPressed(at=story.at, call_id=call_id(who.number), digit="9"))
    story.pass_s(9)
    story.message_recorded(who.number, seconds=7.5)
    story.hangs_up(who.number)
    story.phone(who.number, reachable=True)


def _listening(story: History, who: Sample) -> None:
    _message(story, who)
    story.pass_s(4)
    story.listens(who.number, story.agent(who.number).call_id or "")


def _promised(story: History, who: Sample) -> None:
    """Two calls were promised in a talk that is over and written down."""
    _wrapup(story, who)
    told = (("", "usual", "Par pabalstu: vai iesniegums saņemts"), ("26000071", "tomorrow", ""))
    for base, (number, when, about) in enumerate(told):
        story.apply(
            commands.CallbackPromised(
                at=story.at,
                agent_id=who.agent_id,
                call_id=call_id(who.number),
                number=number,
                when="usual" if when == "usual" else "tomorrow",
                about=about,
                base=base,
            )
        )
    _record(story, who, finish=True)


def _recorded(story: History, who: Sample) -> None:
    """A talk that is recorded; the agent pauses it while a card's number is told."""
    usual = story.world.network
    policy = RecordingPolicy(basis="MK noteikumi", notice="wait.recording")
    queues = {key: replace(one, recording=policy) for key, one in usual.queues.items()}
    records = replace(usual, recordings=True, queues=queues)
    story.apply(events.NetworkPublished(at=story.at, network=records))
    _talking(story, who)
    paused = commands.RecordingPaused(
        at=story.at, agent_id=who.agent_id, call_id=call_id(who.number)
    )
    story.apply(paused)
    story.pass_s(9)


# In this order all can happen on one morning: whoever ends up free comes last.
SCENES: Mapping[str, Callable[[History, Sample], None]] = {
    "gone": _gone,
    "silent": _silent,
    "talking": _talking,
    "held": _held,
    "consulting": _consulting,
    "two": _two,
    "offered": _offered,
    "wrapup": _wrapup,
    "rejoining": _rejoining,
    "moved": _moved,
    "resting": _resting,
    "closed": _closed,
    "start": _start,
    "callback": _callback,
    "calling": _calling,
    "message": _message,
    "listening": _listening,
    "ringing": _ringing,
    "mobile": _ringing,
    "unsaved": _unsaved,
    "promised": _promised,
    "family": _talking,
    "recorded": _recorded,
    "table": _talking,
    "idle": _idle,
    "lost": _lost,
}
