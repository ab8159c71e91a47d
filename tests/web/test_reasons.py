"""Why a call is where it is, in the words of each language."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from agents_ui.shell import texts
from agents_ui.shell.decisions import AT_MOST, Teller
from contactcentre.testing import capability
from routing.circles import Circle, CirclePlan, Origin, Relax
from routing.explain import explain, standing
from routing.explanation import (
    AgentFacts,
    CallFacts,
    Candidate,
    Code,
    Digest,
    Explanation,
    Reason,
)
from routing.requirement import Requirement
from routing.scope import Place

pytestmark = pytest.mark.web

HOME, FAR = Place("c0", "m0", "r0"), Place("c5", "m2", "r1")
PLAN = CirclePlan(
    circles=(
        Circle(kind="centre", lasts_s=20),
        Circle(kind="municipality", lasts_s=15),
        Circle(kind="network", lasts_s=60),
        Circle(kind="network", relax=Relax(skills_at_most=1, languages=("lv",))),
    )
)
CALL = CallFacts(
    call_id="k1",
    asked=Requirement(skills=(("taxes", 3),), language="ru"),
    plan=PLAN,
    origin=Origin(home=HOME),
    waited_s=8.0,
)
ABLE = capability({"taxes": 4}, {"lv": 5, "ru": 3})
LABELS = {
    "taxes": {"lv": "nodokļi"},
    "centre:c0": {"lv": "Viesīte"},
    "municipality:m0": {"lv": "Jēkabpils novads"},
    "municipality:m1": {"lv": "Ludzas novads"},
}
LANGUAGES = texts.read()


def said(told: Explanation | Digest, language: str, names: dict[str, str] | None = None):
    """The sentences of a decision."""
    teller = Teller(language=LANGUAGES[language], names=names or {}, labels=LABELS)
    return teller.sentences(told)


def agent(agent_id: str = "a", **facts: object) -> AgentFacts:
    """Free at home and able, but for what is said."""
    known = AgentFacts(
        agent_id=agent_id, name=f"Agent {agent_id}", capability=ABLE, state="ready", place=HOME
    )
    return replace(known, **facts)


def whole() -> Explanation:
    """A call that was relaxed and left out a closed centre."""
    call = replace(
        CALL,
        asked=replace(CALL.asked, authority="m1", language_level=2),
        origin=Origin(home=HOME, away=frozenset({"centre"})),
        plan=replace(
            PLAN,
            circles=(PLAN.circles[0], Circle(kind="municipality", lasts_s=15), *PLAN.circles[2:]),
        ),
        waited_s=2.4,
    )
    able = replace(ABLE, authorities=("m1",))
    return explain(
        call,
        [
            agent("a", name="Anna Bērziņa", capability=able, idle_since=5.0),
            agent("b", name="Jānis Kalnvējš", capability=able, idle_since=6.0),
            agent("c", name="Ilze Rītausma", state="not_ready", detail="counter"),
            agent("d", name="Olga Ziemeļeva", capability=able, place=FAR),
            agent("e", name="Andris Pūkainis", capability=capability({}, {"lv": 5})),
        ],
    )


def test_latvian() -> None:
    """As a supervisor reads it."""
    assert said(whole(), "lv") == [
        "Zvans rindā gaida 2 s; tagad to piedāvā savai pašvaldībai (Jēkabpils novads).",
        "Prasības: krievu valoda vismaz 2. līmenī, nodokļi vismaz 3. līmenī, "
        "pašvaldības pakalpojumi (Ludzas novads).",
        "Izlaists, jo tur neviens nestrādā: savs centrs.",
        "Pēc 13 s loks kļūs plašāks vai prasības mazākas.",
        "Zvanu piedāvā: Anna Bērziņa. No visiem brīvajiem, kas drīkst atbildēt, "
        "gaida zvanu visilgāk.",
        "Jānis Kalnvējš: drīkst atbildēt, bet cits gaida zvanu ilgāk.",
        "Olga Ziemeļeva: zvanu vēl nepiedāvā visam tīklam; pēc 13 s tas vairs netraucēs.",
        "Andris Pūkainis: neatbild par šīs pašvaldības pakalpojumiem: Ludzas novads.",
        "Ilze Rītausma: apkalpo apmeklētāju.",
    ]


def test_english() -> None:
    """The same, in English."""
    assert said(replace(whole(), candidates=whole().candidates[1:3]), "en") == [
        "The call has waited 2 s in the queue and is now offered to its municipality "
        "(Jēkabpils novads).",
        "Required: Russian at level 2 or better, nodokļi at level 3 or better, "
        "municipal services (Ludzas novads).",
        "Left out, because nobody is at work there: the home centre.",
        "In 13 s the circle widens or less is required.",
        "No agent who may answer is free at the moment.",
        "Jānis Kalnvējš: may answer, but somebody else has been free longer.",
        "Olga Ziemeļeva: the call is not offered to the whole network yet; "
        "in 13 s this no longer matters.",
    ]


def test_what_was_relaxed_is_said() -> None:
    """What is asked for now, and what it was at first."""
    late = explain(replace(CALL, waited_s=100.0), [])
    assert said(late, "lv") == [
        "Zvans rindā gaida 100 s; tagad to piedāvā visam tīklam.",
        "Prasības: krievu valoda / latviešu valoda, nodokļi.",
        "Prasības jau mazinātas; sākumā bija: krievu valoda, nodokļi vismaz 3. līmenī.",
        "Šobrīd nav brīva darbinieka, kas drīkst atbildēt.",
    ]
    anything = replace(
        CALL, plan=CirclePlan(circles=(Circle(kind="network", relax=Relax(language_at_most=0)),))
    )
    assert "any language" in said(explain(anything, []), "en")[1]


@pytest.mark.parametrize(
    ("others", "latvian", "english"),
    [
        (1, "Un vēl 1 darbinieks.", "And 1 other agent."),
        (2, "Un vēl 2 darbinieki.", "And 2 other agents."),
        (11, "Un vēl 11 darbinieki.", "And 11 other agents."),
        (21, "Un vēl 21 darbinieks.", "And 21 other agents."),
    ],
)
def test_a_whole_network_is_not_read_out(others: int, latvian: str, english: str) -> None:
    """The nearest are named, the rest counted, in the form that the language has for the number."""
    many = [agent(f"a{number:02}", state="logged_out") for number in range(AT_MOST + others)]
    told = explain(CALL, many)
    assert (said(told, "lv")[-1], said(told, "en")[-1]) == (latvian, english)


def test_a_decision_that_was_kept() -> None:
    """Names are put in when it is told; who is left over is counted by reason."""
    talking = Reason(code="busy", detail="talking")
    kept = Digest(
        waited_s=8.0,
        asked=CALL.asked,
        stage=standing(CALL),
        nearest=(Candidate(agent_id="a0", name="", passed_over=talking),),
        others=((talking, 2),),
    )
    assert said(kept, "lv", {"a0": "Anna Bērziņa"})[-2:] == [
        "Anna Bērziņa: runā ar citu zvanītāju.",
        "Pārējo darbinieku skaits pēc iemesla: runā ar citu zvanītāju – 2.",
    ]
    assert said(kept, "en")[-2:] == [
        "a0: talking to another caller.",
        "Other agents by reason: talking to another caller – 2.",
    ]


@pytest.mark.parametrize("code", get_args(Code))
@pytest.mark.parametrize("language", ["lv", "en"])
def test_every_reason_has_words(code: Code, language: str) -> None:
    """An unknown detail falls back to what is known of the kind."""
    told = explain(CALL, [agent(state="logged_out")])
    passed = told.candidates[0].passed_over
    assert passed is not None
    for detail in ("network",) if code == "circle" else ("", "something new"):
        odd = replace(told.candidates[0], passed_over=replace(passed, code=code, detail=detail))
        sentence = said(replace(told, candidates=(odd,)), language)[-1]
        assert sentence.startswith("Agent a: ")
        assert "{" not in sentence
