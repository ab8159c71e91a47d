"""Names that documents use for each other: what is not there is told, with its place."""

from dataclasses import replace

import pytest

from contactcentre.core.config.crisis import Plan
from contactcentre.core.config.network import Hotline, Network
from contactcentre.core.config.notice import Notice
from contactcentre.core.config.references import names, problems
from contactcentre.testing import START, municipalities, network, profile
from routing.circles import Circle, CirclePlan, Relax
from routing.overflow import Overflow, Way

pytestmark = pytest.mark.unit


def told(given: Network, prompts: frozenset[str] | None = None) -> list[str]:
    """What does not hold together."""
    there = names(given)
    return list(problems(given, there if prompts is None else {**there, "prompt": prompts}))


def with_taxes(**changes: object) -> Network:
    """One agent, and the queue `taxes` changed."""
    given = network(profile(1))
    taxes = replace(given.queues["taxes"], **changes)  # type: ignore[arg-type]
    return replace(given, queues={**given.queues, "taxes": taxes})


def test_what_holds_together() -> None:
    """Has no problems."""
    assert told(network(profile(1), profile(2))) == []


def test_ways_out_of_a_queue() -> None:
    """Queues, calendars, skills; no way leads to where the caller is."""
    given = with_taxes(
        keys={"2": Way(do="queue", queue="nowhere")},
        overflow=(
            Overflow(when="nobody", do="queue", queue="taxes"),
            Overflow(when="closed", do="hang_up", calendar="lunar"),
            Overflow(
                when="waited", after_s=9, do="queue", queue="general", relax=Relax(drop=("tax",))
            ),
        ),
        circles=CirclePlan(circles=(Circle(kind="network", relax=Relax(drop=("taxes", "vat"))),)),
    )
    assert told(given) == [
        "queue taxes, circles.0.relax.drop: no skill named 'vat'",
        "queue taxes, keys.2.queue: no queue named 'nowhere'",
        "queue taxes, overflow.1.calendar: no calendar named 'lunar'",
        "queue taxes, overflow.2.relax.drop: no skill named 'tax' (did you mean 'taxes'?)",
        "queue taxes, overflow.0.queue: leads to itself",
    ]


def test_what_a_way_says() -> None:
    """Its prompts must be there, whatever language they are pinned to; or are not looked for.
    So must what a crisis plan says."""
    given = with_taxes(keys={"1": Way(do="callback", prompts=("ru:goodbye", "wait.thank"))})
    plan = Plan(plan_id="p", labels={}, prompt="flood")
    given = replace(given, plans={"p": plan, "q": replace(plan, prompt="goodbye")})
    assert told(given) == []
    assert told(given, frozenset({"goodbye", "wait.thanks"})) == [
        "queue taxes, keys.1.prompts: no prompt named 'wait.thank' (did you mean 'wait.thanks'?)",
        "crisis plan p, prompt: no prompt named 'flood'",
    ]


def test_places_and_notices() -> None:
    """From the region to the agent's desk."""
    plain = network(profile(1), replace(profile(2), centre_id="c9"))
    given = replace(
        plain,
        municipalities=municipalities(m="q"),
        centres={"c1": replace(plain.centres["c1"], municipality="mm", calendar_id="h")},
        hotlines={
            "100": Hotline(number="100", labels={}, flow="x", centre_id="y", calendar_id="z")
        },
        notices=(
            Notice(
                notice_id="n",
                texts={"lv": "T"},
                from_at=START,
                queues=("taxis",),
                municipalities=("mm",),
                centres=("c8",),
            ),
        ),
        callbacks=replace(plain.callbacks, calendar="always"),
    )
    assert told(given) == [
        "municipality m, region: no region named 'q'",
        "centre c1, municipality: no municipality named 'mm' (did you mean 'm'?)",
        "centre c1, calendar_id: no calendar named 'h'",
        "hotline 100, flow: no published menu named 'x'",
        "hotline 100, centre_id: no centre named 'y'",
        "hotline 100, calendar_id: no calendar named 'z'",
        "agent a2, centre_id: no centre named 'c9'",
        "setting callbacks, calendar: no calendar named 'always'",
        "notice n, queues: no queue named 'taxis' (did you mean 'taxes'?)",
        "notice n, municipalities: no municipality named 'mm' (did you mean 'm'?)",
        "notice n, centres: no centre named 'c8'",
    ]


def test_two_agents_with_one_phone() -> None:
    """Each would answer the other's calls."""
    given = network(profile(1), replace(profile(2), endpoint="a-1"))
    assert told(given) == ["agent a2, endpoint: 'a-1' is a1's already"]
