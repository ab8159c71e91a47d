"""A call that nobody makes goes the way that a call goes."""

from datetime import datetime
from pathlib import Path

import pytest

from agents_ui.menus.port import SILENCE, Trial, TrialCall
from contactcentre.core.config.network import Centre, Hotline, Municipality, Network
from contactcentre.core.config.notice import Notice
from contactcentre.features.menus.drawing import Drawing
from contactcentre.features.menus.trial import tried
from contactcentre.features.prompts.spoken_names import all_texts
from ivr.flow import parse
from routing.calendar import LOCAL, Calendar

pytestmark = pytest.mark.unit

CONFIG = Path(__file__).parents[3] / "config"
FLOW = parse((CONFIG / "flows" / "hotline.yaml").read_text("utf-8"), name="hotline")
QUEUES = {one: {"lv": one.upper()} for one in ("general", "benefits", "taxes", "municipal")}
WEEK = dict.fromkeys(range(5), ((510, 1020),))
"""Half past eight to five, Monday to Friday."""

NETWORK = Network(
    version=1,
    flows={"hotline": FLOW},
    calendars={"hotline": Calendar(weekly=tuple(WEEK.get(day, ()) for day in range(7)))},
    hotlines={
        "60000100": Hotline(number="60000100", labels={"lv": "Visi"}, flow="hotline"),
        "60000101": Hotline(
            number="60000101", labels={"lv": "Ludza"}, flow="hotline", centre_id="ludza"
        ),
    },
    centres={"ludza": Centre(centre_id="ludza", name="Ludza", municipality="ludza")},
    municipalities={
        key: Municipality(municipality_id=key, name=name, region="latgale")
        for key, name in (("ludza", "Ludzas novads"), ("limbazi", "Limbažu novads"))
    },
    notices=(Notice(notice_id="storm", texts={"lv": "Vētra."}, from_at=0.0),),
)
OPEN, SHUT = (datetime(2026, 11, day, 11, 0, tzinfo=LOCAL).timestamp() for day in (27, 29))


def call(*answers: str, at: float = OPEN, dialled: str = "60000100") -> Trial:
    """How that caller fares."""
    texts = all_texts(CONFIG / "prompts", NETWORK)
    of = TrialCall(dialled=dialled, at=at, answers=answers)
    return tried(FLOW, NETWORK, of, texts, QUEUES)


def said(trial: Trial, turn: int = -1) -> str:
    """What was said in a turn."""
    return " ".join(one.text for one in trial.turns[turn].said)


def test_a_key_leads_to_people() -> None:
    """What is known is said once, then the menu; the key ends it, and the agent reads the way."""
    begun = call()
    assert begun.turns[0].steps == ("hours", "notices", "matter")
    assert said(begun).startswith("Vētra. Labdien!")
    assert begun.question is not None
    assert set("12345") <= set(begun.question.keys)
    ended = call("1")
    assert ended.ending is not None
    assert (ended.ending.kind, ended.ending.queue) == ("enqueue", {"lv": "BENEFITS"})
    assert ended.question is None
    assert [one["lv"] for one in ended.path] == ["Pabalsti un pensijas"]


def test_who_presses_nothing_or_something_wrong() -> None:
    """Silence leads to a person; a key without a meaning is told, and asked again."""
    silent = call(SILENCE)
    assert silent.ending is not None
    assert silent.ending.queue == {"lv": "GENERAL"}
    wrong = call("6", "6")
    assert said(wrong).startswith("Atvainojiet, šādas izvēles nav.")
    assert wrong.ending is None
    assert call("6", "6", "6").ending is not None


def test_another_language() -> None:
    """Its key changes what is said from then on."""
    russian = call("8")
    assert russian.turns[-1].language == "ru"
    assert "Пособия" in said(russian)
    assert {one.language for one in call("8", "2").turns[-1].said} == {"ru"}


def test_when_it_is_closed() -> None:
    """On a Sunday: why, when it opens again, and a call back to another number."""
    sunday = call(at=SHUT)
    assert sunday.turns[0].steps == ("hours", "network", "closed")
    asked = call("2", at=SHUT)
    assert asked.question is not None
    assert asked.question.most == 15
    ended = call("2", "26000001#", at=SHUT)
    assert ended.ending is not None
    assert ended.ending.kind == "callback"


def test_a_name_by_its_letters() -> None:
    """Asked on the common number, not on a centre's own."""
    named = call("4", "583")  # LUD
    assert "Ludzas novads" in said(named)
    ended = call("4", "583", "1")
    assert ended.ending is not None
    assert ended.ending.queue == {"lv": "MUNICIPAL"}
    assert call("4", dialled="60000101").ending is not None


def test_more_answers_than_questions() -> None:
    """What is left over is not pressed; a thousand wrong keys come to an end."""
    assert call("1", "2", "3").turns == call("1").turns
    assert call(*["6"] * 1000).ending is not None
    assert len(call(*["*"] * 1000).turns) == 101


def test_every_step_is_drawn_once() -> None:
    """With what is said in each language; a way to a step that stands elsewhere names it."""
    drawing = Drawing(FLOW, all_texts(CONFIG / "prompts", NETWORK), QUEUES, {})
    steps = []
    left = list(drawing.roots())
    while left:
        step = left.pop()
        steps.append(step)
        left += [way.beneath for way in step.ways if way.beneath]
    assert sorted(one.name for one in steps) == sorted(FLOW.nodes)
    matter = next(one for one in steps if one.name == "matter")
    spoken = {one.role: one.lines for one in matter.sayings}
    assert set(spoken["prompts"]) == {"lv", "ru", "en"}
    assert spoken["prompts"]["ru"][0].text.startswith("Пособия")
    assert {way.kind for way in matter.ways} == {"key", "person", "silence", "language"}
    eservices = next(one for one in steps if one.name == "eservices")
    assert eservices.ending is not None
    assert eservices.ending.lacks


def test_a_long_chain_is_no_deep_column() -> None:
    """Some hundred steps one after another are drawn, and nothing is nested too deep."""
    chain = "".join(f"  s{n}: {{type: goto, to: s{n + 1}}}\n" for n in range(300))
    text = (
        "schema: 1\nversion: 1\nstart: s0\ndefault: s300\nlanguages: {lv: {}}\nnodes:\n"
        f"{chain}  s300: {{type: enqueue, queue: general}}\n"
    )
    roots = Drawing(parse(text, name="long"), {}, QUEUES, {}).roots()
    assert sum(map(_size, roots)) == 301
    assert max(map(_depth, roots)) <= 9


def _size(step) -> int:  # type: ignore[no-untyped-def]
    return 1 + sum(_size(way.beneath) for way in step.ways if way.beneath)


def _depth(step) -> int:  # type: ignore[no-untyped-def]
    return 1 + max((_depth(way.beneath) for way in step.ways if way.beneath), default=0)
