"""YAML text to a plain tree of strings, with every fault of the text found at once.

Every scalar stays a string: YAML 1.1 would read `no` as false and `08:00` as a number. The node
models turn strings into numbers, dates and booleans where they want them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

LONGEST = 200_000
DEEPEST = 12
"""Bounds of a document: far more than any menu needs, far less than what would stop the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault of a document, in words for the person who edits it.

    `where` names the document, the node and the key; `hint` says what to do, or is empty.
    """

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" ({self.hint})" if self.hint else "")


class FlowError(ValueError):
    """The flow document cannot be used; `problems` holds all its faults, in document order.

    The fault of whoever edited the document.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest of the `known` names, or an empty text."""
    near = get_close_matches(wrong, list(known), n=1)
    return f"did you mean '{near[0]}'?" if near else ""


def place(name: str, *, node: str = "", key: str = "") -> str:
    """Return `hotline.yaml: node 'matter', key 'options.3.goto'`, leaving out what is empty."""
    parts = [f"node '{node}'"] * bool(node) + [f"key '{key}'"] * bool(key)
    return f"{name}.yaml" + (f": {', '.join(parts)}" if parts else "")


def tree(text: str, *, name: str) -> dict[str, Any]:
    """Return the document's top mapping; keys and scalars are strings.

    Raises FlowError for YAML's own errors (with line and column), doubled keys, aliases, what is
    too long or nested too deep, and a document that is no mapping.
    """
    if len(text) > LONGEST:
        raise FlowError([Problem(where=place(name), what=f"longer than {LONGEST} characters")])
    try:
        loader = _FlowLoader(text, name)
        root = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        raise FlowError([_syntax_problem(name, error)]) from error
    except yaml.reader.ReaderError as error:
        where = f"{place(name)}: line {text.count(chr(10), 0, error.position) + 1}"
        raise FlowError([Problem(where=where, what="an invisible character")]) from error
    if loader.problems:
        raise FlowError(loader.problems)
    if not isinstance(root, dict):
        raise FlowError([Problem(where=place(name), what="the document must be a mapping")])
    return root


def _at(name: str, mark: yaml.Mark | None) -> str:
    if mark is None:
        return place(name)
    return f"{place(name)}: line {mark.line + 1}, column {mark.column + 1}"


def _syntax_problem(name: str, error: yaml.MarkedYAMLError) -> Problem:
    what = error.problem or "this is not YAML"
    return Problem(where=_at(name, error.problem_mark), what=what, hint=error.note or "")


def doubled(node: yaml.MappingNode) -> Iterator[tuple[str, yaml.Mark | None]]:
    """Keys of a mapping that stand there again, each with its mark."""
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen:
                yield key.value, key.start_mark
            seen.add(key.value)


class _FlowLoader(yaml.BaseLoader):
    """Strings only, no aliases, and doubled keys are noted in `problems`."""

    def __init__(self, text: str, name: str) -> None:
        self.document = name
        self.problems: list[Problem] = []
        self.depth = 0
        super().__init__(text)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs' gap
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(None, None, "aliases are not supported", mark)
        if self.depth > DEEPEST:
            raise yaml.MarkedYAMLError(None, None, "nested too deep", mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        for key, mark in doubled(node):
            where = _at(self.document, mark)
            self.problems.append(Problem(where=where, what=f"key '{key}' is doubled"))
        return super().construct_mapping(node, deep)


_PLACE = re.compile(
    r".*?\.yaml"
    r"(: (line (?P<line>[0-9]+).*|(node '(?P<node>[^']*)')?(, )?(key '(?P<key>[^']*)')?))?",
    re.DOTALL,
)


def lines_of(text: str, problems: Iterable[Problem]) -> list[int]:
    """The line (from 1) of each problem in the text that has it, or of whatever is around its
    place; 0 where that is not known."""
    places = [_PLACE.fullmatch(problem.where) for problem in problems]
    # What `tree` has refused names its lines itself, and may be nested too deep to be read again.
    readable = len(text) <= LONGEST and not any(one and one["line"] for one in places)
    root = yaml.compose(text, Loader=yaml.BaseLoader) if readable and places else None
    return [_line(root, one) if one else 0 for one in places]


def _line(root: yaml.Node | None, found: re.Match[str]) -> int:
    if found["line"]:
        return int(found["line"])
    keys = (found["key"] or "").split(".", 2 if (found["key"] or "").startswith("texts.") else -1)
    parts = [*(("nodes", found["node"]) if found["node"] else ()), *keys]
    line, node = 0, root
    for part in filter(None, parts):
        inner = _inside(node, part)
        if inner is None:
            break
        line, node = inner
    return line


def _inside(node: yaml.Node | None, part: str) -> tuple[int, yaml.Node] | None:
    """Line and value of a key, or of the one of that number in a list."""
    if isinstance(node, yaml.MappingNode):
        pairs = ((key, value) for key, value in node.value if key.value == part)
        found = next(pairs, None)
        return (found[0].start_mark.line + 1, found[1]) if found else None
    if isinstance(node, yaml.SequenceNode) and part.isdecimal() and int(part) < len(node.value):
        item: yaml.Node = node.value[int(part)]
        return item.start_mark.line + 1, item
    return None
