"""What a form changes in the text of a menu, and that nothing else of it changes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contactcentre.features.menus.differences import differences
from contactcentre.features.menus.writing import DIGITS, changed, said, simple
from ivr.flow import FlowError, parse

pytestmark = pytest.mark.unit

HOTLINE = (Path(__file__).parents[3] / "config" / "flows" / "hotline.yaml").read_text("utf-8")
FLOW_STYLE = """schema: 1
version: 1
start: matter
default: person
languages: {lv: {}}
labels: {state: {lv: Valsts, en: State}}
nodes:
  matter: {type: menu, prompts: [x], label: state, options: {"1": {goto: taxes}}}   # one line
  taxes: {type: enqueue, queue: taxes}
  person: {type: enqueue, queue: general}
"""


BLOCK_STYLE = FLOW_STYLE.replace(
    '{type: menu, prompts: [x], label: state, options: {"1": {goto: taxes}}}   # one line',
    """
    type: menu
    prompts:
      - x
    options:
      "1":   # one
        goto: taxes

    # The end of it.
    label: state""",
)


def with_fields(text: str, **fields: str) -> tuple[str, ...]:
    """The lines that differ, once the text was changed."""
    flow = parse(text, name="hotline")
    after = changed(text, flow, {}, {name.replace("__", "."): one for name, one in fields.items()})
    parse(after, name="hotline")
    return tuple(one for one in differences(text, after) if one[0] in "+-")


def test_nothing_said_changes_nothing() -> None:
    """Nor does a form that says what is there."""
    flow = parse(HOTLINE, name="hotline")
    fields = {f"key.{step.name}.{key.key}": key.to for step in simple(flow) for key in step.keys}
    fields |= {f"label.{step.name}.lv": step.label_lv for step in simple(flow)}
    fields |= {f"label.{step.name}.en": step.label_en for step in simple(flow)}
    fields |= {f"timeout.{step.name}": step.timeout_s for step in simple(flow)}
    assert changed(HOTLINE, flow, {}, fields) == HOTLINE
    assert changed(HOTLINE, flow, {}, {"key.nowhere.1": "general", "label.x.lv": "y"}) == HOTLINE


def test_a_key_leads_elsewhere() -> None:
    """One line of the text is another one; comments and blank lines stay."""
    assert with_fields(HOTLINE, key__matter__1="documents", key__matter__2="benefits") == (
        '-      "1": {goto: benefits}',
        '-      "2": {goto: documents}',
        '+      "1": {goto: documents}',
        '+      "2": {goto: benefits}',
    )


def test_a_key_more_and_a_key_less() -> None:
    """The choices are written anew, in the order of keys, where the others stood."""
    assert with_fields(HOTLINE, key__matter__5="", key__matter__6="eservices") == (
        '-      "5": {goto: eservices}',
        '+      "6": {goto: eservices}',
    )
    (before, after) = with_fields(FLOW_STYLE, key__matter__3="person")
    assert "# one line" in before
    assert '{"1": {goto: taxes}, "3": {goto: person}}' in after
    assert after.endswith("}   # one line")


def test_a_label_and_a_time() -> None:
    """Text is quoted, so that whatever people write is a text; a field that is not there yet comes
    to the end of its step."""
    assert with_fields(HOTLINE, label__taxes__lv='Nodokļi: "visi" # un darbs') == (
        "-  taxes: {lv: Nodokļi un darbs, en: Taxes and work}",
        '+  taxes: {lv: "Nodokļi: \\"visi\\" # un darbs", en: Taxes and work}',
    )
    assert with_fields(HOTLINE, timeout__matter="4,5") == (
        "-    timeout_s: 3",
        "+    timeout_s: 4.5",
    )
    (_, after) = with_fields(FLOW_STYLE, timeout__matter="9")
    assert after.endswith('"1": {goto: taxes}}, timeout_s: 9}   # one line')


TARGETS = st.sampled_from(("", "taxes", "person"))
RUBBISH = ["a: b", "x]", "{", "&a", "*", "'", "goto\nx: y", "nē", "no", "1"]


@given(st.dictionaries(st.sampled_from(DIGITS), TARGETS, max_size=9))
def test_keys_are_what_the_form_says(keys: dict[str, str]) -> None:
    """Whatever is chosen: the text then describes that, or is refused as a whole."""
    for text in (FLOW_STYLE, BLOCK_STYLE):
        flow = parse(text, name="hotline")
        node = "matter"
        known = [key for key in keys if key in {one.key for one in _keys(text)}]
        fields = {f"key.{node}.{key}": keys[key].replace("person", flow.default) for key in known}
        before = {one.key: one.to for one in _keys(text) if one.to}
        wanted = {**before, **{key: fields[f"key.{node}.{key}"] for key in known}}
        after = changed(text, flow, {}, fields)
        try:
            found = {one.key: one.to for one in _keys(after) if one.to}
        except FlowError:
            left = [to for to in wanted.values() if to]
            # Nothing on the keys, more than five, or something that nothing leads to any more.
            assert not 1 <= len(left) <= 5 or set(left) != set(before.values())
        else:
            assert found == {key: to for key, to in wanted.items() if to}


def _keys(text: str):  # type: ignore[no-untyped-def]
    steps = simple(parse(text, name="hotline"))
    return next(one.keys for one in steps if one.name == "matter")


@pytest.mark.parametrize("typed", RUBBISH)
def test_rubbish_in_a_form_is_told_not_obeyed(typed: str) -> None:
    """It is a name that no step has, or a time that is none; no other key of the text changes."""
    flow = parse(HOTLINE, name="hotline")
    for field in ("key.matter.1", "timeout.matter"):
        text = changed(HOTLINE, flow, {}, {field: typed})
        if field == "timeout.matter" and typed == "1":
            continue
        with pytest.raises(FlowError) as caught:
            parse(text, name="hotline")
        assert all("'matter'" in one.where for one in caught.value.problems[:1])
        assert len(caught.value.problems) <= 2


CATALOGUE = {
    "lv": {"menu.matter": "Nodokļi: trīs.", "greeting": "Labdien!"},
    "ru": {"menu.matter": "Налоги: три."},
    "en": {"menu.matter": "Taxes: three."},
}


def test_words_become_the_menus_own() -> None:
    """In all its languages, by a name that stands for these words; again, they stay where they
    are, and another text of them has another name. What is said elsewhere stays the catalogue's."""
    first = parse(HOTLINE, name="hotline")
    text = changed(HOTLINE, first, CATALOGUE, {"text.lv.menu.matter": "Nodokļi:\r\n divi."})
    assert text.startswith(HOTLINE.rstrip())
    own = parse(text, name="hotline")
    ((prompt, said_now),) = own.texts["lv"].items()
    assert said_now == "Nodokļi: divi."
    assert own.texts["ru"] == {prompt: "Налоги: три."}
    assert own.nodes["matter"].prompts == (prompt,)  # type: ignore[attr-defined]
    assert own.nodes["matter"].intro == first.nodes["matter"].intro  # type: ignore[attr-defined]
    words = {key: {**CATALOGUE[key], **own.texts[key]} for key in CATALOGUE}
    (matter,) = (one for one in said(own, words) if one.prompt == "menu.matter")
    assert matter.texts["lv"] == "Nodokļi: divi."
    assert matter.steps == ("matter",)
    fields = {f"text.{key}.menu.matter": one for key, one in matter.texts.items()}
    assert changed(text, own, words, fields) == text
    again = changed(text, own, words, {"text.en.menu.matter": "Taxes: two."})
    assert parse(again, name="hotline").texts["lv"].keys() != own.texts["lv"].keys()
    assert again.count("\ntexts:\n") == 1
    both = changed(again, parse(again, name="hotline"), words, {"text.lv.greeting": "Sveiki!"})
    assert {one.rpartition("/")[0] for one in parse(both, name="hotline").texts["lv"]} == {
        "menu.matter",
        "greeting",
    }


@pytest.mark.parametrize(
    "style", ["texts: {lv: {x: Viens}}", "texts:\n  # mine\n  lv:\n    x: Viens"]
)
def test_words_that_were_written_by_hand(style: str) -> None:
    """In either style, and with what YAML would take for something else."""
    text = FLOW_STYLE.replace("nodes:", f"{style}\nnodes:")
    flow = parse(text, name="hotline")
    new = 'Viens: "divi" # trīs \\ {četri} <b>'
    after = parse(changed(text, flow, flow.texts, {"text.lv.x": new}), name="hotline")
    assert list(after.texts["lv"].values()) == [new]
    assert list(after.nodes) == list(flow.nodes)


def test_words_that_will_not_do() -> None:
    """A language that the menu has not, a prompt that nobody says, no Latvian: each with its
    place."""
    text = FLOW_STYLE.replace("nodes:", "texts: {lv: {y: Jā}, de: {x: Ja}}\nnodes:")
    with pytest.raises(FlowError) as caught:
        parse(text, name="hotline")
    assert [str(one) for one in caught.value.problems] == [
        "hotline.yaml: key 'texts.lv.y': is said by no node",
        "hotline.yaml: key 'texts.de': no language named 'de'",
        "hotline.yaml: key 'texts.de.x': has no text in Latvian (lv)",
    ]
