from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr import flow
from ivr.interpreter import AskOrder, Digits, Facts, advance, start

pytestmark = pytest.mark.unit

HERE = Path(__file__).parent
CONFIG = HERE.parents[2] / "config"
QUEUES = {"general", "benefits", "documents", "taxes", "municipal", "eservices"}
PROMPTS = set(yaml.safe_load((CONFIG / "prompts/lv.yaml").read_text(encoding="utf-8")))


def read(path: Path) -> flow.Flow:
    text = path.read_text(encoding="utf-8")
    return flow.parse(text, name=path.stem, prompts=PROMPTS, queues=QUEUES)


@pytest.mark.parametrize("path", sorted(HERE.glob("good/*.yaml")), ids=lambda path: path.stem)
def test_good(path: Path) -> None:
    """A good document becomes a flow of all its nodes."""
    nodes = yaml.safe_load(path.read_text(encoding="utf-8"))["nodes"]
    assert list(read(path).nodes) == list(nodes)


@pytest.mark.parametrize("path", sorted(HERE.glob("bad/*.yaml")), ids=lambda path: path.stem)
def test_bad(path: Path) -> None:
    """A bad document is refused with the one message that its first line states."""
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    with pytest.raises(flow.FlowError) as caught:
        read(path)
    assert [str(problem) for problem in caught.value.problems] == [expected]


def test_a_document_has_a_bound() -> None:
    """More nodes than any menu needs are refused before anybody follows their ways."""
    chain = "".join(f"  s{n}: {{type: goto, to: s{n + 1}}}\n" for n in range(flow.MOST_NODES))
    text = (
        "schema: 1\nversion: 1\nstart: s0\ndefault: s0\nlanguages: {lv: {}}\nnodes:\n"
        f"{chain}  s{flow.MOST_NODES}: {{type: enqueue, queue: general}}\n"
    )
    with pytest.raises(flow.FlowError, match="key 'nodes': at most 500 are allowed"):
        flow.parse(text, name="long")


@pytest.mark.parametrize("path", sorted(CONFIG.glob("flows/*.yaml")), ids=lambda path: path.stem)
def test_shipped(path: Path) -> None:
    """The shipped documents pass, with the shipped prompts and queues."""
    assert read(path).name == path.stem


def test_every_problem_is_told() -> None:
    """One reading tells all problems, of the head and of several nodes."""
    text = """
schema: 1
version: 0
start: a
default: b
languages: {lv: {}}
nodes:
  a: {type: play, prompts: [UPPER], then: b}
  b: {type: enqueue, queues: general}
"""
    with pytest.raises(flow.FlowError) as caught:
        flow.parse(text, name="many")
    places = [problem.where for problem in caught.value.problems]
    assert places == [
        "many.yaml: key 'version'",
        "many.yaml: node 'a', key 'prompts.0'",
        "many.yaml: node 'b', key 'queue'",
        "many.yaml: node 'b', key 'queues'",
    ]


def test_dead_end() -> None:
    """A flow where no way ends is refused."""
    text = """
schema: 1
version: 1
start: a
default: a
languages: {lv: {}}
nodes:
  a: {type: goto, to: b}
  b: {type: goto, to: a}
"""
    with pytest.raises(flow.FlowError) as caught:
        flow.parse(text, name="round")
    assert {problem.what for problem in caught.value.problems} >= {"no way from here ends"}


SHIPPED = (CONFIG / "flows/hotline.yaml").read_text(encoding="utf-8")


@given(text=st.text(max_size=80) | st.text(" -:{}[]\"'\n&*ab", max_size=80))
@settings(deadline=None)
@example(text="[" * 5000)
@example(text="a: {b: " * 5000)
@example(text="a" * 300_000)
@example(text="a: 1\nb: \x1f")
def test_any_text(text: str) -> None:
    """Any text whatever is refused by FlowError and nothing else."""
    with pytest.raises(flow.FlowError):
        flow.parse(text, name="any")


@settings(max_examples=10, deadline=None)
@given(cut=st.integers(0, len(SHIPPED)), length=st.integers(1, 30), put=st.text("01a :{}-\n"))
def test_any_slip(cut: int, length: int, put: str) -> None:
    """A slip of the pen anywhere in a document is refused in words, or the menu still ends."""
    try:
        document = flow.parse(SHIPPED[:cut] + put + SHIPPED[cut + length :], name="slip")
    except flow.FlowError:
        return
    facts = Facts(dialled="1", weekday=0, minute=0, calendars={}, languages=("lv",))
    step = start(document, facts)
    for _ in range(12):
        step = advance(document, step.cursor, Digits(""), facts)
    assert not isinstance(step.order, AskOrder)


def test_shipped_languages_say_the_same() -> None:
    """Every language of the shipped catalogue has the same prompts as Latvian."""
    for path in sorted(CONFIG.glob("prompts/*.yaml")):
        assert set(yaml.safe_load(path.read_text(encoding="utf-8"))) == PROMPTS, path.stem
