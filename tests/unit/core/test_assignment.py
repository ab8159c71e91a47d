"""Queues for the rest of the day: the skills that stand for them, and what comes of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.core import acts, events
from contactcentre.core.agent.state import State
from contactcentre.core.call.state import Phase
from contactcentre.core.config.assignment import Assignment, Inseparable, skills_for, taken
from contactcentre.core.config.network import Network
from contactcentre.core.config.overlay import overlay
from contactcentre.testing import History, call_id, network, profile
from routing.model import Queue
from routing.requirement import Capability, levels

pytestmark = pytest.mark.unit

LABELS = {"lv": "Rinda", "en": "Queue"}


def queue(name: str, **skills: int) -> Queue:
    """A queue that asks for these skills."""
    return Queue(queue_id=name, labels=LABELS, skills=levels(skills))


GENERAL, TAXES, PERMITS = queue("general"), queue("taxes", taxes=2), queue("permits", permits=1)
FIRMS = queue("firms", taxes=2, firms=1)
ALL = (GENERAL, TAXES, PERMITS, FIRMS)


def test_a_queue_more_and_one_less() -> None:
    """Own levels stay where no queue is in the way."""
    own = levels({"taxes": 4, "sign": 3})
    assert taken(own, ALL) == ("general", "taxes")
    assert dict(skills_for(own, ["general", "permits"], ALL)) == {"sign": 3, "permits": 1}
    assert dict(skills_for(own, ["general", "taxes", "firms"], ALL)) == {
        "taxes": 4,
        "sign": 3,
        "firms": 1,
    }


def test_what_cannot_be_told_apart() -> None:
    """Whoever takes the firms knows taxes; and nobody can leave what asks for nothing."""
    with pytest.raises(Inseparable, match="taxes"):
        skills_for((), ["general", "firms"], ALL)
    with pytest.raises(Inseparable, match="general"):
        skills_for((), ["taxes"], ALL)


SKILLS = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5), max_size=4)


@given(SKILLS, st.lists(SKILLS, max_size=6), st.sets(st.integers(0, 5)))
def test_chosen_is_what_is_taken(
    own: dict[str, int], asked: list[dict[str, int]], chosen: set[int]
) -> None:
    """Exactly the wanted queues, or a refusal of one that really asks for no more than they do."""
    queues = tuple(queue(f"q{number}", **one) for number, one in enumerate(asked))
    wanted = [one.queue_id for number, one in enumerate(queues) if number in chosen]
    try:
        skills = skills_for(levels(own), wanted, queues)
    except Inseparable as refused:
        left = str(refused)
    else:
        assert list(taken(skills, queues)) == wanted
        return
    needed = skills_for((), wanted, [one for one in queues if one.queue_id in wanted])
    assert left in set(taken(needed, queues)) - set(wanted)


def assigned(given: Network, skills: dict[str, int], *, version: int = 2) -> Network:
    """Agent 3 has these for today."""
    today = Assignment(agent_id="a3", until_at=2e9, skills=levels(skills))
    return replace(given, version=version, assignments={"a3": today})


def test_whoever_waits_is_offered_to_the_helper_and_back() -> None:
    """Published in mid-day, it counts at once; without it the agent is as before."""
    given = network(profile(1), profile(3, taxes=False))
    history = History(given)
    history.links_up()
    history.ready(3)
    history.waits(1)
    assert history.agent(3).state is State.READY
    changed = assigned(given, {"taxes": 1})
    history.apply(events.NetworkPublished(at=history.at, network=changed))
    assert history.call(1).talk.agent_id == "a3" or history.agent(3).call_id == call_id(1)
    back = replace(given, version=3)
    history.apply(events.NetworkPublished(at=history.at, network=back))
    assert history.world.network.agents["a3"].capability.skills == ()


def test_a_language_for_the_day_is_routed_by_at_once() -> None:
    """Whoever waits for somebody who speaks Latvian is offered to the agent who does today; who is
    said to speak it no more gets no more such calls, and at midnight all is as it was."""
    given = network(profile(1), profile(3, languages="ru"))
    history = History(given)
    history.links_up()
    history.ready(3)
    history.waits(1)
    assert history.agent(3).state is State.READY

    def today(version: int, **languages: int) -> events.NetworkPublished:
        one = Assignment(
            agent_id="a3",
            until_at=2e9,
            skills=levels({"taxes": 1}),
            languages=levels(languages),
        )
        made = replace(given, version=version, assignments={"a3": one})
        return events.NetworkPublished(at=history.at, network=made)

    history.apply(today(2, lv=3, ru=3))
    assert history.agent(3).call_id == call_id(1)
    history.apply(today(3, ru=3))
    history.waits(2)
    assert history.call(2).phase is Phase.WAITING
    history.apply(events.NetworkPublished(at=history.at, network=replace(given, version=4)))
    assert history.world.network.agents["a3"] == given.agents["a3"]


def test_languages_that_were_not_given_are_the_own_ones() -> None:
    """Queues for a day change no language."""
    own = Capability(skills=levels({"taxes": 2}), languages=levels({"lv": 5}))
    only = Assignment(agent_id="a1", until_at=2e9, skills=levels({"permits": 1}))
    assert only.over(own) == Capability(skills=levels({"permits": 1}), languages=own.languages)
    none = replace(only, languages=())
    assert none.over(own).languages == ()


def test_it_lies_beneath_a_crisis_and_forgets_who_has_gone() -> None:
    """An agent who is in the network no more is no reason to fail."""
    given = assigned(network(profile(1), profile(3, taxes=False)), {"taxes": 2})
    assert dict(overlay(given, None).agents["a3"].capability.skills) == {"taxes": 2}
    assert given.agents["a3"].capability.skills == ()
    without = replace(given, agents={"a1": given.agents["a1"]})
    assert overlay(without, None).agents == without.agents


@pytest.mark.parametrize("ready", [False, True])
def test_the_agent_is_told(ready: bool) -> None:
    """Whatever the agent does just now, also before the log-in."""
    history = History(network(profile(1)))
    history.links_up()
    if ready:
        history.ready(1)
    before = history.agent(1).state
    history.apply(
        acts.QueuesAssigned(
            at=history.at, by="Ilze", by_id="u1", agent_id="a1", queues=("taxes",), why="Rinda"
        )
    )
    (memo,) = history.agent(1).memos
    assert (memo.kind, memo.by, memo.text) == ("queues", "Ilze", "Rinda")
    assert history.agent(1).state is before


def test_the_agent_is_told_of_skills() -> None:
    """As of queues."""
    history = History(network(profile(1)))
    given = acts.SkillsAssigned(
        at=history.at,
        by="Ilze",
        by_id="u1",
        agent_id="a1",
        skills=(("taxes", 2),),
        languages=(("lv", 5),),
        why="Mācības pabeigtas",
    )
    history.apply(given)
    (memo,) = history.agent(1).memos
    assert (memo.kind, memo.text) == ("skills", "Mācības pabeigtas")
