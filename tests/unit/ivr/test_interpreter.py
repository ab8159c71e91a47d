from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import flow
from ivr.interpreter import (
    AskOrder,
    CallbackOrder,
    Choice,
    Cursor,
    Digits,
    EnqueueOrder,
    Facts,
    HangUpOrder,
    Order,
    Played,
    PlayOrder,
    Step,
    TransferOrder,
    VoicemailOrder,
    advance,
    resume,
    start,
)

pytestmark = pytest.mark.unit

HERE = Path(__file__).parent
FLOWS = {
    path.stem: flow.parse(path.read_text(encoding="utf-8"), name=path.stem)
    for path in [*HERE.glob("good/*.yaml"), *(HERE.parents[2] / "config/flows").glob("*.yaml")]
}
HOTLINE, EVERYTHING = FLOWS["hotline"], FLOWS["everything"]

OPEN = Facts(dialled="60000100", weekday=0, minute=600, calendars={}, languages=("lv", "ru", "en"))
NAMES = (
    "Jēkabpils novads",
    "Jelgavas novads",
    "Ķekavas novads",
    "Saldus novads",
    "Salaspils novads",
)
TOWNS = replace(
    OPEN,
    choices=lambda _: tuple(Choice(value=n[:3], text=n, prompt=f"name/{n[:3]}") for n in NAMES),
)
CLOSED = replace(OPEN, calendars={"hotline": "closed", "own": "closed"})


def walk(document: flow.Flow, *answers: str | None, facts: Facts = OPEN) -> Step:
    """Answer in turn; None is the end of what was played."""
    step = start(document, facts)
    for digits in answers:
        answer = Played() if digits is None else Digits(digits)
        step = advance(document, step.cursor, answer, facts)
    return step


def asked(step: Step) -> AskOrder:
    assert isinstance(step.order, AskOrder)
    return step.order


def queue(step: Step) -> str:
    assert isinstance(step.order, EnqueueOrder)
    return step.order.queue


def test_first_question() -> None:
    """One question greets, tells of 112, offers the languages and asks for the matter."""
    assert asked(walk(HOTLINE)) == AskOrder(
        prompts=(
            "greeting",
            "notice.112",
            "ru:language.choose",
            "en:language.choose",
            "menu.matter",
        ),
        max_digits=1,
        terminator="",
        timeout_s=3.0,
        barge_in=True,
        accept="123457890*",
    )


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("1", "benefits"),
        ("2", "documents"),
        ("3", "taxes"),
        ("4", "municipal"),
        ("5", "eservices"),
        ("0", "general"),
        ("", "general"),
    ],
)
def test_one_key_is_enough(key: str, name: str) -> None:
    """Each matter is one key away; 0 and silence lead to a person who knows a bit of all."""
    step = walk(HOTLINE, key)
    assert queue(step) == name
    assert step.cursor.language == "lv"
    assert step.cursor.path == (name,)


def test_language_key() -> None:
    """A language key asks again in that language and remembers it to the end."""
    step = walk(HOTLINE, "8")
    assert step.cursor.language == "ru"
    assert asked(step).prompts[2:4] == ("lv:language.choose", "en:language.choose")
    assert walk(HOTLINE, "8", "1").cursor.language == "ru"


def test_language_not_allowed_now() -> None:
    """A language that policy does not allow now is neither offered nor taken."""
    latvian = replace(OPEN, languages=("lv",))
    first = asked(walk(HOTLINE, facts=latvian))
    assert not [prompt for prompt in first.prompts if "language.choose" in prompt]
    assert first.accept == "1234570*"
    assert walk(HOTLINE, "8", facts=latvian).cursor.attempts == 1


def test_wrong_keys() -> None:
    """A wrong key repeats the question politely; the third one leads to a person."""
    assert asked(walk(HOTLINE, "6")).prompts[0] == "error.wrong-key"
    assert "greeting" not in asked(walk(HOTLINE, "6")).prompts
    assert asked(walk(HOTLINE, "6")).prompts[-1] == "menu.again"  # in short
    assert isinstance(walk(HOTLINE, "6", "#").order, AskOrder)
    assert queue(walk(HOTLINE, "6", "#", "6")) == "general"


def test_repeat() -> None:
    """The star repeats the menu as often as the caller likes, and is no wrong key."""
    step = walk(HOTLINE, *"******")
    assert asked(step).prompts[-1] == "menu.matter"
    assert step.cursor.attempts == 0


def test_repeat_key_is_configurable() -> None:
    """A menu may repeat on # instead; then the star is a wrong key."""
    before = walk(EVERYTHING, "1", "1")
    again = advance(EVERYTHING, before.cursor, Digits("#"), OPEN)
    wrong = advance(EVERYTHING, before.cursor, Digits("*"), OPEN)
    assert (again.cursor.attempts, wrong.cursor.attempts) == (0, 1)


def test_enqueue() -> None:
    """The queue's order carries matter, service, suggestions, skills and what to say first."""
    assert walk(EVERYTHING, "1", "1", "1").order == EnqueueOrder(
        queue="benefits",
        matter="family",
        service="VSAA-GVP",
        services=("VSAA-DZIM", "VSAA-KOPS"),
        skills=(("gimene-pabalsti", 3), ("pensijas", 2)),
        prompts=("wait.thanks",),
    )


def test_path_in_words() -> None:
    """The agent reads the way in a panel language, or in Latvian if a label lacks the language."""
    cursor = walk(EVERYTHING, "1", "1", "1").cursor
    assert EVERYTHING.path_labels(cursor, "lv") == ("Valsts", "Ģimenei")
    assert EVERYTHING.path_labels(cursor, "en") == ("State", "Family")
    assert EVERYTHING.path_labels(cursor, "ru") == ("Valsts", "Семье")


def test_path_after_going_back() -> None:
    """Going back and forth does not lengthen the path."""
    assert walk(EVERYTHING, "1", "1", "2", "1", "2", "1", "1").cursor.path == ("state", "family")


def test_closed() -> None:
    """Out of hours the caller hears the hours, may ask to be called back, and say what for."""
    assert "closed.hours" in asked(walk(HOTLINE, facts=CLOSED)).prompts
    order = walk(HOTLINE, "1", facts=CLOSED).order
    assert order == CallbackOrder(
        queue="general",
        matter="general",
        service=None,
        services=(),
        number=None,
        prompts=("callback.accepted",),
        question_s=30,
    )


def test_closed_other_number() -> None:
    """The caller may type another number to be called back at."""
    step = walk(HOTLINE, "2", "60000123", facts=CLOSED)
    assert isinstance(step.order, CallbackOrder)
    assert step.order.number == "60000123"


def test_closed_hours_are_on_a_key() -> None:
    """The offer to ring back comes first; whoever asks for the hours hears them, and it again."""
    assert asked(walk(HOTLINE, facts=CLOSED)).prompts[-1] == "closed.menu"
    step = walk(HOTLINE, "3", facts=CLOSED)
    assert (step.cursor.node, asked(step).prompts[-1]) == ("opening-hours", "closed.again")


def test_closed_silence() -> None:
    """Out of hours silence repeats the choice once, then says goodbye."""
    assert asked(walk(HOTLINE, "", facts=CLOSED)).prompts[0] == "error.silence"
    assert walk(HOTLINE, "", "", facts=CLOSED).order == HangUpOrder(prompts=("goodbye",))


def test_typed_digits_stay_out_of_logs() -> None:
    """What a caller typed is in no printed form of answer, cursor or order."""
    step = walk(HOTLINE, "2", "60000123", facts=CLOSED)
    assert "60000123" not in repr((Digits("60000123"), step))


@pytest.mark.parametrize("state", ["closed", "holiday"])
def test_hours(state: str) -> None:
    """A calendar's state chooses the way; a holiday may have its own."""
    facts = replace(OPEN, calendars={"hotline": state})
    says = walk(EVERYTHING, "1", facts=facts)
    assert says.order == PlayOrder(prompts=("closed.hours",))
    after = advance(EVERYTHING, says.cursor, Played(), facts)
    assert after.cursor.node == {"closed": "ask-number", "holiday": "message"}[state]


def test_notices() -> None:
    """Notices in force are played before the menu; without any the node is not noticed."""
    told = replace(OPEN, notices=("notice.storm",))
    assert walk(EVERYTHING, "1", facts=told).order == PlayOrder(prompts=("notice.storm",))
    assert walk(EVERYTHING, "1", None, facts=told).cursor.node == "top"
    assert walk(EVERYTHING, "1").cursor.node == "top"


def test_language_question() -> None:
    """A language question sets the language; silence keeps it; without a choice it is left out."""
    assert walk(EVERYTHING, "3").cursor.language == "en"
    assert walk(EVERYTHING, "").cursor.language == "lv"
    assert walk(EVERYTHING, facts=replace(OPEN, languages=("lv",))).cursor.node == "top"


@pytest.mark.parametrize("digits", ["1234567", "1234567890123", "1234567x"])
def test_collect_refuses(digits: str) -> None:
    """A number too short, too long, or with other keys in it is asked for again."""
    assert asked(walk(EVERYTHING, "1", "4", digits)).prompts[0] == "error.wrong-key"


def test_collect_person() -> None:
    """A single 0 is no number but the way to a person, and so is a second bad number."""
    assert queue(walk(EVERYTHING, "1", "4", "0")) == "general"
    assert queue(walk(EVERYTHING, "1", "4", "1", "1")) == "general"


def test_transfer_and_voicemail() -> None:
    """A menu may hand on to an institution, or take a message."""
    assert walk(EVERYTHING, "1", "3").order == TransferOrder(
        number="64507020", prompts=("wait.connect",)
    )
    holiday = replace(OPEN, calendars={"hotline": "holiday"})
    assert walk(EVERYTHING, "1", None, facts=holiday).order == VoicemailOrder(
        queue="general", max_s=90, prompts=("voicemail.leave",)
    )


def test_values() -> None:
    """Values that a document sets are kept for the call."""
    assert walk(EVERYTHING).cursor.value("origin") == "hotline"


def test_resume() -> None:
    """After a restart of the service the question is repeated without greeting the caller anew."""
    cursor = walk(HOTLINE, "9", "6").cursor
    again = resume(HOTLINE, cursor, OPEN)
    assert again.cursor == cursor
    assert asked(again).prompts[-1] == "menu.matter"
    assert "greeting" not in asked(again).prompts


def test_resume_in_a_new_version() -> None:
    """A caller whose node is gone from the new version is led to the default."""
    cursor = replace(walk(HOTLINE).cursor, node="gone")
    assert queue(resume(HOTLINE, cursor, OPEN)) == "general"
    assert queue(advance(HOTLINE, cursor, Digits("1"), OPEN)) == "general"


def test_answer_out_of_turn() -> None:
    """An answer that does not fit the order repeats the order."""
    assert asked(walk(HOTLINE, None)).prompts[-1] == "menu.matter"
    ended = walk(HOTLINE, "1")
    again = advance(HOTLINE, ended.cursor, Digits("1"), OPEN)
    assert (again.cursor, again.order, again.passages) == (ended.cursor, ended.order, ())


def is_end(order: Order) -> bool:
    return not isinstance(order, PlayOrder | AskOrder)


@settings(deadline=None)
@given(
    name=st.sampled_from(sorted(FLOWS)),
    answers=st.lists(st.text("0123456789*#ab ", max_size=14) | st.none(), max_size=30),
    calendar=st.sampled_from(["open", "closed", "holiday", "other"]),
    languages=st.lists(st.sampled_from(["lv", "ru", "en", "uk"]), unique=True),
    notices=st.booleans(),
    names=st.booleans(),
)
def test_any_caller(
    name: str,
    answers: list[str | None],
    calendar: str,
    languages: list[str],
    notices: bool,
    names: bool,
) -> None:
    """Whatever a caller types, each step asks, says or ends; nothing raises, nothing is silent."""
    document = FLOWS[name]
    facts = replace(
        OPEN,
        calendars={"hotline": calendar},
        languages=tuple(languages),
        notices=("notice.storm",) if notices else (),
        choices=TOWNS.choices if names else OPEN.choices,
    )
    step = start(document, facts)
    for digits in answers:
        if is_end(step.order):
            break
        assert isinstance(step.order, PlayOrder | AskOrder)
        assert step.order.prompts
        assert resume(document, step.cursor, facts).cursor == step.cursor
        answer = Played() if digits is None else Digits(digits)
        step = advance(document, step.cursor, answer, facts)
        assert len(step.cursor.path) <= len(document.labels)


@settings(deadline=None)
@given(
    name=st.sampled_from(sorted(FLOWS)),
    answers=st.lists(st.text("0123456789*#", min_size=1, max_size=9), max_size=10),
)
def test_silence_ends(name: str, answers: list[str]) -> None:
    """From wherever a caller is, silence comes to an end within a few questions."""
    document = FLOWS[name]
    step = walk(document, *answers)
    for _ in range(10):
        answer = Played() if isinstance(step.order, PlayOrder) else Digits("")
        step = advance(document, step.cursor, answer, OPEN)
    assert is_end(step.order)


@settings(deadline=None)
@given(
    name=st.sampled_from(sorted(FLOWS)),
    answers=st.lists(st.sampled_from("123456789*#"), max_size=10),
)
def test_zero_finds_a_person(name: str, answers: list[str]) -> None:
    """From wherever a caller is in opening hours, 0 leads to somebody who will take it up."""
    document = FLOWS[name]
    step = walk(document, *answers)
    while isinstance(step.order, PlayOrder):
        step = advance(document, step.cursor, Played(), OPEN)
    if isinstance(step.order, AskOrder):
        step = advance(document, step.cursor, Digits("0"), OPEN)
        assert isinstance(step.order, EnqueueOrder | CallbackOrder | VoicemailOrder | TransferOrder)


def test_cursor_is_plain() -> None:
    """A cursor is made of strings, numbers and tuples, and can be made again from its fields."""
    cursor = walk(EVERYTHING, "2", "1").cursor
    assert Cursor(**asdict(cursor)) == cursor


def told(step: Step) -> list[tuple[str, str, str]]:
    """What a step tells of the way to it."""
    return [(one.node, one.what, one.key) for one in step.passages]


def test_a_step_tells_the_whole_way() -> None:
    """Also through nodes that no caller notices; every node once."""
    assert told(walk(HOTLINE)) == [
        ("hours", "entered", ""),
        ("notices", "entered", ""),
        ("matter", "entered", ""),
    ]
    assert told(walk(HOTLINE, "1")) == [
        ("matter", "chosen", "1"),
        ("benefits", "entered", ""),
        ("benefits", "person", "enqueue"),
    ]
    assert {(one.flow, one.version) for one in walk(EVERYTHING).passages} == {("everything", 7)}


def test_answers_are_told_apart() -> None:
    """Silence, a wrong key, a language (the menu is not entered twice), the way to a person."""
    assert told(walk(HOTLINE, "6")) == [("matter", "wrong", "")]
    assert told(walk(HOTLINE, "8")) == [("matter", "chosen", "8")]
    assert told(walk(HOTLINE, "*")) == []
    assert told(walk(HOTLINE, ""))[:2] == [("matter", "timed_out", ""), ("general", "entered", "")]
    assert told(walk(HOTLINE, "0"))[0] == ("matter", "chosen", "0")


def test_served_by_the_menu() -> None:
    """Who hears a goodbye needed nobody."""
    assert told(walk(HOTLINE, "", "", facts=CLOSED)) == [
        ("closed", "timed_out", ""),
        ("goodbye", "entered", ""),
        ("goodbye", "satisfied", ""),
    ]


def test_typed_digits_are_in_no_statistics() -> None:
    """Only that something was typed, and that it fitted."""
    step = walk(HOTLINE, "2", "60000123", facts=CLOSED)
    assert told(step)[0] == ("other-number", "typed", "")
    assert "60000123" not in str(asdict(step)["passages"])


def test_a_repeated_question_tells_nothing() -> None:
    """After a restart of the service nobody is counted twice."""
    step = walk(HOTLINE, "9", "6")
    assert resume(HOTLINE, step.cursor, OPEN).passages == ()


def test_a_name_is_spelled_and_chosen() -> None:
    """The first letters, then one of those that fit; the letters themselves are forgotten."""
    step = walk(HOTLINE, "4", facts=TOWNS)
    assert asked(step).prompts == ("municipality.spell",)
    assert (asked(step).max_digits, asked(step).accept) == (4, "234567890*")
    step = advance(HOTLINE, step.cursor, Digits("535"), TOWNS)  # JEL, and ĶEK as well
    assert asked(step).prompts == (
        *("name/Jel", "spell.press-1"),
        *("name/Jēk", "spell.press-2"),
        *("name/Ķek", "spell.press-3"),
        "spell.again",
    )
    assert asked(step).accept == "12390*"
    assert told(step) == [("municipality", "typed", "")]
    step = advance(HOTLINE, step.cursor, Digits("2"), TOWNS)
    assert queue(step) == "municipal"
    assert step.cursor.values == (("municipality", "Jēk"),)
    assert told(step)[0] == ("municipality", "chosen", "2")


def test_a_name_that_is_not_among_those_offered() -> None:
    """Nine asks for the letters again; four of them tell more."""
    step = walk(HOTLINE, "4", "535", "9", facts=TOWNS)
    assert asked(step).prompts == ("municipality.spell",)
    step = advance(HOTLINE, step.cursor, Digits("5352"), TOWNS)
    assert asked(step).prompts[:2] == ("name/Jēk", "spell.press-1")


@pytest.mark.parametrize(
    ("digits", "told_first"),
    [("999", "spell.none"), ("53", "error.wrong-key"), ("1535", "error.wrong-key")],
)
def test_letters_that_fit_nothing(digits: str, told_first: str) -> None:
    """The caller is told, asked again, and at the third time put through to a person."""
    step = walk(HOTLINE, "4", digits, facts=TOWNS)
    assert asked(step).prompts == (told_first, "municipality.spell")
    assert queue(walk(HOTLINE, "4", digits, digits, digits, facts=TOWNS)) == "municipal"


@pytest.mark.parametrize("answers", [("4", "0"), ("4", ""), ("4", "535", "0"), ("4", "535", "")])
def test_who_will_not_spell_gets_a_person(answers: tuple[str, ...]) -> None:
    """By 0 or by silence, at either question; no municipality is kept."""
    step = walk(HOTLINE, *answers, facts=TOWNS)
    assert queue(step) == "municipal"
    assert step.cursor.value("municipality") is None


def test_a_number_that_leaves_no_choice() -> None:
    """Whoever rings a centre's own number is asked for no municipality."""
    assert queue(walk(HOTLINE, "4")) == "municipal"


def test_a_wrong_key_among_names_and_a_restart() -> None:
    """Both repeat the names."""
    step = walk(HOTLINE, "4", "535", "7", facts=TOWNS)
    assert asked(step).prompts[:2] == ("error.wrong-key", "name/Jel")
    assert asked(resume(HOTLINE, step.cursor, TOWNS)).prompts[0] == "name/Jel"
    assert "535" not in repr(step)
