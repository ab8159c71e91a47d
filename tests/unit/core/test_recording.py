"""Recordings of talks: who is recorded, who says no, and what is silent."""

from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events
from contactcentre.core.call.state import Call
from contactcentre.core.config import references
from contactcentre.core.outcomes import DialResult
from contactcentre.core.sampling import is_sampled
from contactcentre.testing import History, call_id, network, profile
from routing.overflow import Way
from routing.recording import RecordingPolicy

pytestmark = pytest.mark.unit

POLICY = RecordingPolicy(basis="MK noteikumi", notice="wait.recording")
LEG = f"{call_id(1)}-1"


def hotline(policy: RecordingPolicy = POLICY, *, recordings: bool = True) -> History:
    """Two agents, and queues with that policy."""
    given = network(profile(1), profile(2))
    queues = {key: replace(one, recording=policy) for key, one in given.queues.items()}
    history = History(replace(given, queues=queues, recordings=recordings))
    history.links_up()
    return history


def rings(history: History) -> effects.Ring:
    """The latest order to ring an agent."""
    ring: effects.Ring = history.ordered(effects.Ring)[-1]
    return ring


def said(history: History) -> list[str]:
    """Every prompt so far."""
    return [key for play in history.ordered(effects.Play) for key in play.prompts]


def presses(history: History, digit: str, after_s: float = 3.0) -> None:
    """The caller, who waits or is rung for."""
    history.pass_s(after_s)
    history.apply(events.DigitPressed(at=history.at, call_id=call_id(1), digit=digit))


def command(history: History, kind: type[events.AgentEvent], agent: int = 1) -> bool:
    """The agent asks for it; whether it was taken."""
    refused = history.world.refused
    history.apply(kind(at=history.at, agent_id=f"a{agent}", call_id=call_id(1)))  # type: ignore[call-arg]
    return history.world.refused == refused


def mutes(history: History) -> list[bool]:
    """What the exchange was told, in its turn."""
    return [order.muted for order in history.ordered(effects.MuteRecording)]


def recorded(call: Call) -> list[bool]:
    """Of each leg, whether it is."""
    return [leg.recorded is not None for leg in call.legs]


def test_who_has_heard_the_notice_is_recorded() -> None:
    """The ring says so, and the leg by what right. The notice is said once and to its end."""
    history = hotline()
    history.talks(1, 1)
    assert rings(history).records
    assert said(history).count("wait.recording") == 1
    leg = history.call(1).legs[0]
    assert leg.recorded is not None
    assert leg.recorded.basis == "MK noteikumi"


@pytest.mark.parametrize(
    "policy",
    [
        RecordingPolicy(),
        RecordingPolicy(basis="x"),
        RecordingPolicy(notice="wait.recording"),
        replace(POLICY, share=0.0),
    ],
)
def test_nobody_is_recorded_without_a_policy(policy: RecordingPolicy) -> None:
    """Nor told so; and not where the installation records nothing, whatever a queue says."""
    for history in (hotline(policy), hotline(recordings=False)):
        history.talks(1, 1)
        assert not rings(history).records
        assert "wait.recording" not in said(history)
        assert recorded(history.call(1)) == [False]


def test_the_share_is_of_all_calls_and_always_the_same() -> None:
    """A quarter of ten thousand, within three standard deviations; another sample is another."""
    calls = [call_id(number) for number in range(10_000)]
    chosen = [one for one in calls if is_sampled(one, "recording", 0.25)]
    assert abs(len(chosen) - 2500) < 3 * (10_000 * 0.25 * 0.75) ** 0.5
    assert chosen == [one for one in calls if is_sampled(one, "recording", 0.25)]
    both = sum(is_sampled(one, "survey", 0.25) for one in chosen)
    assert abs(both - len(chosen) / 4) < 3 * (len(chosen) * 0.25 * 0.75) ** 0.5
    assert not any(is_sampled(one, "recording", 0.0) for one in calls)
    assert all(is_sampled(one, "recording", 1.0) for one in calls)


def test_who_says_no_while_waiting_is_not_recorded() -> None:
    """And hears that it was understood. A key in the first instants was meant for the menu."""
    history = hotline()
    history.waits(1)
    presses(history, "5", after_s=0.5)
    assert not history.call(1).heard.unrecorded
    presses(history, "6")
    assert not history.call(1).heard.unrecorded
    presses(history, "5")
    assert said(history)[-1] == "wait.unrecorded"
    history.ready(1)
    assert not rings(history).records
    assert recorded(history.call(1)) == [False]


@pytest.mark.parametrize("dialled", [True, False])
def test_who_says_no_while_somebody_is_rung(dialled: bool) -> None:
    """What Asterisk has begun is stopped, as soon as the leg has a name."""
    history = hotline()
    history.ready(1)
    history.waits(1)
    assert rings(history).records
    dial = events.LegDialed(at=history.at, offer_id=LEG, leg="PJSIP/a-1-1")
    if dialled:
        history.apply(dial)
    presses(history, "5")
    if not dialled:
        assert history.ordered(effects.StopRecording) == []
        history.apply(dial)
    (stop,) = history.ordered(effects.StopRecording)
    assert (stop.offer_id, stop.leg) == (LEG, "PJSIP/a-1-1")
    assert recorded(history.call(1)) == [False]


def test_a_pause_is_told_to_the_exchange_and_only_by_whose_call_it_is() -> None:
    """Once each; an agent who pauses twice has paused once."""
    history = hotline()
    history.talks(1, 1)
    assert not command(history, commands.RecordingPaused, agent=2)
    assert command(history, commands.RecordingPaused)
    assert not command(history, commands.RecordingPaused)
    assert command(history, commands.RecordingResumed)
    assert not command(history, commands.RecordingResumed)
    assert mutes(history) == [True, False]


def test_a_consult_is_silent() -> None:
    """Whoever is asked was told of no recording."""
    history = hotline()
    history.talks(1, 1)
    history.apply(
        commands.ConsultChosen(at=history.at, agent_id="a1", call_id=call_id(1), number="67000000")
    )
    assert mutes(history) == [True]
    history.apply(commands.ReachDropped(at=history.at, agent_id="a1", call_id=call_id(1)))
    assert mutes(history) == [True, False]


def test_a_pause_is_told_again_after_the_link_was_away() -> None:
    """It may never have reached the exchange."""
    history = hotline()
    history.talks(1, 1)
    command(history, commands.RecordingPaused)
    history.links_up()
    assert mutes(history) == [True, True]


def test_who_is_rung_back_into_the_talk_goes_on_pausing() -> None:
    """The new leg has a recording of its own, and it is silent from its answer on."""
    history = hotline()
    history.talks(1, 1)
    command(history, commands.RecordingPaused)
    history.loses_audio(1, 1)
    history.returns(1)
    assert rings(history).records
    assert history.call(1).legs[1].recorded is not None
    history.leg_answers(1)
    assert mutes(history)[-1]


def test_a_transfer_to_a_queue_without_a_policy_ends_it() -> None:
    """By the next ring: there is nothing to pause there."""
    history = hotline()
    plain = replace(history.world.network.queue("taxes"), recording=RecordingPolicy())
    queues = {**history.world.network.queues, "taxes": plain}
    published = replace(history.world.network, queues=queues)
    history.apply(events.NetworkPublished(at=history.at, network=published))
    history.ready(2)
    history.not_ready(2, "other")
    history.talks(1, 1)
    assert rings(history).records
    history.passes_on(1, 1, "taxes")
    history.dial_ends(1, DialResult.ANSWERED)
    history.ready(2)
    history.leg_answers(1)
    assert recorded(history.call(1)) == [True, False]
    assert not command(history, commands.RecordingPaused, agent=2)


def test_a_key_leads_to_one_thing() -> None:
    """A policy whose key is one of the queue's is refused."""
    given = network(profile(1))
    queue = replace(given.queue("general"), recording=POLICY, keys={"5": Way(do="callback")})
    problems = references.problems(replace(given, queues={"general": queue}), {})
    assert "queue general, recording.key: 5 leads somewhere already (keys.5)" in list(problems)
