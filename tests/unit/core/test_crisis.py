"""Crisis mode: what the switch sets, for whom, until when, and that nobody is harmed by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contactcentre.core import commands, effects, events, values
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.config.crisis import AddedLanguage, Crisis, Plan, Volunteer
from contactcentre.core.config.network import Network
from contactcentre.core.config.overlay import overlay
from contactcentre.core.outcomes import DialResult
from contactcentre.storage import codec
from contactcentre.testing import START, History, call_id, network, profile
from ivr.flow import parse
from routing.overflow import Overflow

pytestmark = pytest.mark.unit

SHORT = """
schema: 1
version: 1
languages:
  lv: {}
  ru: {policy: {basis: law, date: 2026-01-15, approver: head}}
start: news
default: person
nodes:
  news: {type: play, notices: true, prompts: [crisis.greeting], then: choice}
  choice: {type: menu, prompts: [crisis.menu], options: {1: {goto: bye}}}
  person: {type: enqueue, queue: general}
  bye: {type: hangup}
"""
PLAN = Plan(
    plan_id="flood",
    labels={"lv": "Plūdi", "en": "Flood"},
    announcement={"lv": "Plūdi."},
    flow="short",
    languages={"uk": AddedLanguage(basis="law", date="2026-01-15", approver="head")},
    limits={"*": {"wrap_up_s": 10}, "taxes": {"ring_s": 9}},
    volunteers={"a2": Volunteer(skills={"taxes": 3}, languages={"uk": 2}), "a3": Volunteer()},
)
HOUR_S = 3600.0


def prepared(*, plans: tuple[Plan, ...] = (PLAN,)) -> Network:
    """Agent 1 knows taxes, 2 does not, 3 is kept in reserve; two menus, one plan."""
    agents = (profile(1), profile(2, taxes=False), replace(profile(3, taxes=False), reserve=True))
    given = network(*agents)
    flows = {**given.flows, "short": parse(SHORT, name="short")}
    return replace(given, flows=flows, plans={plan.plan_id: plan for plan in plans})


def crisis(**changes: object) -> Crisis:
    """A crisis that began when the history does, for an hour."""
    made = Crisis(
        crisis_id="k1", plan=PLAN, began_at=START, until=START + HOUR_S, by="Dace", by_id="u",
        why="upe",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def history() -> History:
    """Nobody is logged in, nothing is switched on."""
    return History(prepared())


def switch(history: History, *, on: bool = True, crisis_id: str = "k1", plan_id: str = "flood"):
    """Turn the switch; whether anything came of it."""
    refused = history.world.refused
    history.apply(
        events.CrisisSwitched(
            at=history.at, crisis_id=crisis_id, on=on, by="Dace", by_id="u", plan_id=plan_id,
            until=history.at + HOUR_S, why="upe",
        )
    )  # fmt: skip
    return history.world.refused == refused


# --- the overlay ---------------------------------------------------------------------------


def test_without_a_crisis_the_reserve_rests():
    """Nothing else differs from what is published."""
    given = prepared()
    plain = overlay(given, None)
    assert set(plain.agents) == {"a1", "a2"}
    assert replace(plain, agents=given.agents) == given
    nobody_in_reserve = network(profile(1))
    assert overlay(nobody_in_reserve, None) is nobody_in_reserve


def test_a_plan_sets_menu_words_languages_limits_and_volunteers():
    """All that it names, and nothing besides."""
    given = prepared()
    laid = overlay(given, crisis())
    assert {hotline.flow for hotline in laid.hotlines.values()} == {"short"}
    assert laid.hotline("unknown").flow == "short"
    assert laid.announcements == ("crisis/flood",)
    assert laid.languages == ("lv", "ru", "en", "uk")
    assert [(q.wrap_up_s, q.ring_s) for q in laid.queues.values()] == [(10.0, 20.0), (10.0, 9.0)]
    assert laid.queues["taxes"].answer_within_s == given.queues["taxes"].answer_within_s
    assert set(laid.agents) == {"a1", "a2", "a3"}
    assert laid.agents["a2"].capability.skills == (("taxes", 3),)
    assert laid.agents["a2"].capability.languages == (("lv", 3), ("uk", 2))
    assert laid.agents["a1"] == given.agents["a1"]


def capped(**caps: int | None) -> Network:
    """Two centres, of which one has a cap, and a queue with overflow rules of all kinds."""
    rules = (
        Overflow(when="waited", after_s=900, do="callback"),
        Overflow(when="full", size=20, do="hang_up"),
        Overflow(when="nobody", do="callback"),
    )
    limits = {"*": {"overflow_size": 200.0}, "taxes": {"overflow_after_s": 3600.0}}
    plan = replace(PLAN, limits=limits, caps=caps)
    given = prepared(plans=(plan,))
    small = replace(given.centres["c1"], centre_id="c2", afar_per_hour=2)
    queues = {key: replace(queue, overflow=rules) for key, queue in given.queues.items()}
    return replace(given, centres={**given.centres, "c2": small}, queues=queues)


@pytest.mark.parametrize(
    ("caps", "laid_caps"),
    [
        ({"*": 30}, (None, 30)),
        ({"*": None}, (None, None)),
        ({"*": 30, "c2": 5, "c1": 7}, (7, 5)),
        ({"c1": 7}, (7, 2)),
        ({"gone": 1}, (None, 2)),
    ],
)
def test_a_plan_raises_caps(caps, laid_caps):
    """Of all centres that have one, or of those that it names; none is taken for no limit."""
    given = capped(**caps)
    laid = overlay(given, crisis(plan=given.plans["flood"]))
    assert tuple(centre.afar_per_hour for centre in laid.centres.values()) == laid_caps


def test_a_plan_raises_thresholds_of_overflow_rules():
    """Those of the rules that are there; the rules stay as they are otherwise."""
    given = capped()
    laid = overlay(given, crisis(plan=given.plans["flood"])).queues
    before = given.queues["taxes"].overflow
    after = laid["taxes"].overflow
    assert [(rule.after_s, rule.size) for rule in after] == [(3600, 0), (0, 200), (0, 0)]
    assert [(rule.when, rule.do) for rule in after] == [(rule.when, rule.do) for rule in before]
    assert [rule.after_s for rule in laid["general"].overflow] == [900, 0, 0]


def test_raised_limits_count_at_once_and_come_back(history):
    """A centre at its cap takes calls again, whoever waits is moved later; off undoes both."""
    given = capped(**{"*": 9})
    rules = (Overflow(when="waited", after_s=900, do="voicemail"),)
    queues = {**given.queues, "taxes": replace(given.queues["taxes"], overflow=rules)}
    centres = {"c1": replace(given.centres["c1"], afar_per_hour=1)}
    network_ = replace(given, queues=queues, centres=centres)
    history.apply(events.NetworkPublished(at=history.at, network=network_))
    history.ready(1)
    history.waits(1)
    history.leg_answers(1)
    history.dial_ends(1, DialResult.ANSWERED)
    history.saves(1, 1)
    history.waits(2)
    history.waits(3)
    assert history.call(2).phase is Phase.WAITING
    assert switch(history)
    assert history.call(2).phase is Phase.OFFERED
    history.pass_s(1000)
    history.fires("overflow", call_id(3))
    assert history.call(3).phase is Phase.WAITING
    assert switch(history, on=False)
    history.fires("overflow", call_id(3))
    assert history.call(3).phase is Phase.RECORDING
    assert history.world.matcher.caps.barred == {"c1"}


def test_what_has_gone_since_is_left_out():
    """A menu, a queue or an agent that is no more must not stop the rest of the plan."""
    gone = replace(PLAN, flow="gone", volunteers={"gone": Volunteer()}, limits={"gone": {}})
    given = prepared(plans=())
    laid = overlay(given, crisis(plan=gone))
    assert laid.hotlines == given.hotlines
    assert laid.crisis_flow == ""
    assert laid.announcements == ("crisis/flood",)


def test_a_better_skill_is_not_made_worse():
    """What a volunteer knows better already stays."""
    plan = replace(PLAN, volunteers={"a1": Volunteer(languages={"lv": 1, "ru": 1})})
    laid = overlay(prepared(plans=(plan,)), crisis(plan=plan))
    assert laid.agents["a1"].capability.languages == (("lv", 3), ("ru", 1))


# --- the switch ----------------------------------------------------------------------------


def test_on_and_off_under_calls(history):
    """One caller talks, one waits, one is in the menu: all go on; off brings the old menu back."""
    history.ready(1)
    history.waits(1)
    history.leg_answers(1)
    history.waits(2)
    history.arrives(3)
    before = [history.world.calls[call_id(number)] for number in (1, 2, 3)]
    published = history.world.network
    assert switch(history)
    assert [history.world.calls[call_id(number)] for number in (1, 2, 3)] == before
    history.arrives(4)
    assert history.ordered(effects.Play)[-1].prompts == ("crisis/flood", "crisis.greeting")
    history.pass_s(60)
    assert switch(history, on=False)
    assert history.world.network == published
    history.arrives(5)
    assert history.ordered(effects.Ask)[-1].prompts == ("menu.matter",)
    assert history.call(1).phase is Phase.TALKING
    assert history.call(2).phase is Phase.WAITING


def test_who_has_chosen_is_let_through_and_who_has_not_hears_the_news(history):
    """The next step of a caller in the old menu: the choice counts, a wrong key does not."""
    history.arrives(1)
    history.arrives(2)
    switch(history)
    history.presses(1, "1")
    assert history.call(1).queue == "taxes"
    history.presses(2, "9")
    assert history.call(2).choice.cursor.flow == "short"
    assert history.ordered(effects.Play)[-1].prompts == ("crisis/flood", "crisis.greeting")


def test_the_chosen_language_goes_along(history):
    """Who had chosen Russian hears the crisis in Russian."""
    history.arrives(1)
    call = history.call(1)
    history.world.calls[call.call_id] = values.replace(call, language="ru")
    switch(history)
    history.presses(1, "9")
    assert history.ordered(effects.Play)[-1].language == "ru"


def test_it_ends_by_itself(history):
    """The timer is set for the time that is left; its record says how it ended."""
    switch(history)
    timer = history.ordered(effects.StartTimer)[-1]
    assert (timer.kind, timer.key, timer.seconds) == ("crisis", "k1", HOUR_S)
    history.pass_s(HOUR_S)
    history.fires("crisis", "k1")
    (ended,) = history.world.crisis.touched
    assert (ended.ended_how, ended.ended_at, ended.ended_by) == ("expired", history.at, "")
    assert history.world.crisis.crisis is None
    assert history.world.network.hotline("60000100").flow == "hotline"


def test_the_timer_of_an_earlier_crisis_says_nothing(history):
    """A crisis that was replaced does not end the one that replaced it; both are on record."""
    switch(history)
    history.pass_s(10)
    switch(history, crisis_id="k2")
    assert [(one.crisis_id, one.ended_how) for one in history.world.crisis.touched] == [
        ("k1", "replaced"),
        ("k2", None),
    ]
    history.fires("crisis", "k1")
    assert history.world.crisis.crisis.crisis_id == "k2"


def test_what_fits_nothing_changes_nothing(history):
    """Off when nothing is on, a plan that nobody has prepared, an end in the past."""
    assert not switch(history, on=False)
    assert not switch(history, plan_id="no-such")
    event = events.CrisisSwitched(
        at=START, crisis_id="k", on=True, by="", by_id="", plan_id="flood", until=START
    )
    history.apply(event)
    assert history.world.refused == 3
    assert history.world.crisis.crisis is None


# --- volunteers ----------------------------------------------------------------------------


def test_a_volunteer_gets_calls_while_it_lasts(history):
    """Not before; and after the end the talk under way is finished first."""
    history.apply(commands.AgentLoggedIn(at=history.at, agent_id="a3"))
    assert "a3" not in history.world.agents
    switch(history)
    history.ready(3)
    history.arrives(1)
    history.apply(events.PromptsPlayed(at=history.at, call_id=call_id(1), step=1))
    history.presses(1, "0")
    history.leg_answers(1)
    assert history.call(1).talk.agent_id == "a3"
    switch(history, on=False)
    assert history.agent(3).state is State.TALKING
    history.hangs_up(1)
    assert history.agent(3).state is not State.READY
    history.saves(3, 1)
    assert history.agent(3).state is State.LOGGED_OUT


def test_more_skills_serve_who_waits_already(history):
    """A caller who waits for taxes is offered to an agent whom the plan makes able."""
    history.ready(2)
    history.waits(1)
    assert history.call(1).phase is Phase.WAITING
    switch(history)
    assert history.call(1).phase is Phase.OFFERED
    assert history.call(1).offer.agent_id == "a2"


# --- what survives -------------------------------------------------------------------------


def test_a_publication_in_mid_crisis(history):
    """The plan lies over the new configuration too, and takes its newer wording."""
    switch(history)
    newer = replace(PLAN, limits={"*": {"wrap_up_s": 5}})
    history.apply(events.NetworkPublished(at=history.at, network=prepared(plans=(newer,))))
    assert history.world.network.queues["general"].wrap_up_s == 5
    assert history.world.network.hotline("60000100").flow == "short"
    history.apply(events.NetworkPublished(at=history.at, network=prepared(plans=())))
    assert history.world.network.queues["general"].wrap_up_s == 10
    switch(history, on=False)
    assert history.world.network.queues["general"].wrap_up_s == 60


def test_a_restart(history):
    """The crisis is laid out again, with its volunteers, and its timer has what is left."""
    switch(history)
    history.ready(3)
    kept = codec.decode(codec.encode(history.world.crisis.crisis), Crisis)
    again = History(prepared())
    again.world.restore((), history.world.agents.values(), kept)
    assert again.world.network.hotline("60000100").flow == "short"
    again.pass_s(600)
    again.apply(events.ServiceStarted(at=again.at))
    assert again.agent(3).state is State.READY
    timers = [one for one in again.ordered(effects.StartTimer) if one.kind == "crisis"]
    assert [timer.seconds for timer in timers] == [HOUR_S - 600]


def test_a_restart_after_its_time(history):
    """It ends at once."""
    switch(history)
    again = History(prepared())
    again.world.restore((), (), history.world.crisis.crisis)
    again.pass_s(2 * HOUR_S)
    again.apply(events.ServiceStarted(at=again.at))
    timer = next(one for one in again.ordered(effects.StartTimer) if one.kind == "crisis")
    assert timer.seconds == 0.0
    again.fires("crisis", timer.key)
    assert again.world.crisis.crisis is None
