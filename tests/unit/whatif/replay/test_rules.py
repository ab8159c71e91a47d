"""Changed rules: only what differs, and errors that say where."""

from dataclasses import replace

import pytest

from contactcentre.core.config.network import Network
from contactcentre.testing import START, network, profile
from contactcentre.whatif.replay.rules import BadRules, ChangedRules, parse
from routing.circles import Circle, Relax

pytestmark = pytest.mark.unit

GIVEN = network(profile(1), profile(2, taxes=False))


def changed(text: str, given: Network = GIVEN) -> ChangedRules:
    return parse(text, given, name="rules.yaml")


def test_what_is_not_said_stays() -> None:
    """An empty document changes nothing at all."""
    assert changed("") == ChangedRules(network=GIVEN)
    assert changed("queues: {taxes: {}}").network == GIVEN


def test_a_queue_gets_the_fields_that_are_given() -> None:
    """Rings, skills, head start and ring time, each by the name it has in the code."""
    rules = changed("""
        queues:
          taxes:
            ring_s: 12
            head_start_s: 60
            skills: {taxes: 3, general: 1}
            circles: [{kind: centre, lasts_s: 7}, {kind: network, relax: {skills_at_most: 1}}]
    """)
    queue = rules.network.queues["taxes"]
    assert (queue.ring_s, queue.head_start_s) == (12, 60)
    assert queue.skills == (("general", 1), ("taxes", 3))
    assert queue.circles.circles == (
        Circle(kind="centre", lasts_s=7),
        Circle(kind="network", relax=Relax(skills_at_most=1)),
    )
    assert queue.wrap_up_s == GIVEN.queues["taxes"].wrap_up_s
    assert rules.network.queues["general"] == GIVEN.queues["general"]


def test_an_agent_learns_and_another_comes() -> None:
    """Skills replace skills and leave languages; a new agent has hours, in Riga's time."""
    rules = changed("""
        agents:
          a2: {skills: {taxes: 2}}
          new: {centre_id: c1, languages: {lv: 5},
                hours: {mon: [["09:00", "13:00"]]}}
    """)
    old, agents = GIVEN.agents["a2"], rules.network.agents
    assert agents["a2"] == replace(old, capability=replace(old.capability, skills=(("taxes", 2),)))
    assert agents["new"].capability.languages == (("lv", 5),)
    monday_noon = START - 2 * 3600  # START is a Monday, 17:13 in Riga
    assert rules.hours["new"].state(START) == "closed"
    assert rules.hours["new"].state(monday_noon - 3 * 3600) == "open"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("queues: [", "rules.yaml: line 2, column 1"),
        ("queues: {taxes: {}, taxes: {}}", "rules.yaml: line 1, column 21: key 'taxes' is doubled"),
        ("queues: 3", "rules.yaml: queues: must be a mapping"),
        ("flows: {}", "rules.yaml: flows: is not a known key"),
        ("queues: {nono: {}}", "queues: there is no 'nono'; there are general, taxes"),
        ("queues: {taxes: {speed: 1}}", "queues.taxes: there is no 'speed'; there are"),
        ("queues: {taxes: {ring_s: soon}}", "queues.taxes.ring_s: must be a number"),
        ("queues: {taxes: {queue_id: x}}", "queues.taxes.queue_id: an id cannot be changed"),
        ("queues: {taxes: {circles: [{kind: centre}]}}", "the last circle must be the network"),
        ("agents: {new: {centre_id: c1}}", "agents.new: is not in the configuration"),
        ("agents: {a1: {centre_id: nono}}", "agent a1, centre_id: no centre named 'nono'"),
        (
            'agents: {a1: {hours: {mon: [["09:00", "08:00"]]}}}',
            "agents.a1.hours, mon.0: 09:00 to 08:00 ends before it begins",
        ),
        ("queues: {taxes: {ring_s: .inf}}", "queues.taxes.ring_s: must be 1 to 300 seconds"),
        ("queues: {taxes: {circles: [{kind: network, lasts: 1}]}}", "0.lasts: is not a known key"),
        (
            'queues: {taxes: {keys: {"1": {do: queue, queue: nono}}}}',
            "queue taxes, keys.1.queue: no queue named 'nono'",
        ),
        ("agents: {a1: {hours: []}}", "agents.a1.hours: must be a mapping"),
        (
            'agents: {a1: {hours: {mon: [["9", "10:00"]]}}}',
            "agents.a1.hours, mon.0.0: '9' is no time of day",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, says: str) -> None:
    """The document, the thing and the field."""
    with pytest.raises(BadRules) as refused:
        changed(text)
    assert says in str(refused.value)
    assert str(refused.value).startswith("rules.yaml: ")
