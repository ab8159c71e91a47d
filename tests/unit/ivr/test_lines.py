"""The line of a fault in the text that has it."""

import re
from pathlib import Path

import pytest

from ivr.document import LONGEST, lines_of
from ivr.flow import FlowError, parse

pytestmark = pytest.mark.unit

HERE = Path(__file__).parent
TEXT = """schema: 1
version: 1
start: matter
default: person
languages: {lv: {}}
labels:
  state: {lv: Valsts}
nodes:
  matter:
    type: menu
    prompts:
      - menu.matter
      - menu.mater
    options:
      "1": {goto: taxis}
      "2":
        goto: person
    timeout_s: soon
  person: {type: enqueue, queue: general, label: stat}
"""


def found(text: str) -> dict[str, int]:
    """Line by what is wrong there."""
    prompts, queues = {"menu.matter", "error.silence", "error.wrong-key"}, {"general"}
    with pytest.raises(FlowError) as caught:
        parse(text, name="hotline", prompts=prompts, queues=queues)
    problems = caught.value.problems
    lines = lines_of(text, problems)
    return {one.what: line for one, line in zip(problems, lines, strict=True)}


def test_a_fault_has_the_line_of_its_key() -> None:
    """Of a key, of one of a list, of a label; each where it stands."""
    assert found(TEXT) == {
        "Input should be a valid number, unable to parse string as a number": 18,
        "no label named 'stat'": 19,
        "is missing": 7,
    }
    assert found(TEXT.replace("soon", "4")) == {
        "no node named 'taxis'": 15,
        "no label named 'stat'": 19,
        "is missing": 7,
        "no prompt named 'menu.mater'": 13,
    }


def test_what_is_missing_has_the_line_around_it() -> None:
    """A key that is not there is told at its node, a node at the list of nodes."""
    labelled = TEXT.replace(", label: stat", "").replace("{lv: Valsts}", "{lv: Valsts, en: State}")
    assert found(labelled.replace("    type: menu\n", "")) == {"is missing": 9}
    assert found("schema: 1\n") == {
        "is missing": 0,
        "nodes must be a mapping of names to nodes": 0,
    }


@pytest.mark.parametrize("text", ["a: [", "a: {b: 1\nc: 2", "a: b: c", "\ta: 1", "a: &x 1\nb: *x"])
def test_what_is_no_yaml_names_its_line_itself(text: str) -> None:
    """The parser's own mark."""
    assert all(found(text).values())


@pytest.mark.parametrize("text", ["[" * 100_000, "{a: " * 40_000, "a" * (LONGEST + 1), "- 1"])
def test_hostile_texts_are_not_read_again(text: str) -> None:
    """Too deep, too long, or no mapping: told, and nothing breaks."""
    assert len(found(text)) == 1


@pytest.mark.parametrize("path", sorted(HERE.glob("bad/*.yaml")), ids=lambda path: path.stem)
def test_every_known_fault(path: Path) -> None:
    """A fault that names a node has the line of that node, or one below."""
    text = path.read_text("utf-8")
    with pytest.raises(FlowError) as caught:
        parse(text, name=path.stem, prompts=set(), queues={"general"})
    problems = caught.value.problems
    for one, line in zip(problems, lines_of(text, problems), strict=True):
        node = re.search(r"node '([^']+)'", one.where)
        if node is not None:
            lines = text.splitlines()
            begins = next(n for n, row in enumerate(lines, 1) if row.startswith(f"  {node[1]}:"))
            assert line >= begins, (str(one), line)
