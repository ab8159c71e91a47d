"""A flow: a voice menu as a checked, frozen graph of nodes, read from a YAML document.

    schema: 1                       # of this format
    version: 3                      # of the document
    start: matter
    default: person                 # for a caller whom no other node understands
    languages: {lv: {}}
    labels: {family: {lv: Ģimenei, en: Family}}
    texts: {lv: {menu.matter: "Ģimenei spiediet viens."}}    # words of its own: `ivr.own_words`
    nodes:
      matter: {type: menu, prompts: [menu.matter], options: {"1": {goto: family}}}
      family: {type: enqueue, queue: benefits, label: family}
      person: {type: enqueue, queue: general}

`ivr.nodes` lists the kinds of nodes and their keys.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from ivr import checks, own_words
from ivr.document import FlowError, Problem, did_you_mean, place, tree
from ivr.graph import Flow, LanguageBasis, LanguageEntry, Strict
from ivr.nodes import KINDS, Language, Name, Node, Prompt

__all__ = ["Flow", "FlowError", "LanguageBasis", "LanguageEntry", "Problem", "parse"]


Spoken = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
"""What a prompt says."""

MOST_NODES = 500
"""Of a document: the checks follow each node's ways, so their work grows with the square."""


class _Head(Strict):
    """A document without its nodes."""

    schema_version: Annotated[Literal["1"], Field(alias="schema")]
    version: Annotated[int, Field(ge=1)]
    start: Name
    default: Name
    languages: Annotated[dict[Language, LanguageEntry], Field(min_length=1)]
    labels: dict[Name, dict[Language, str]] = Field(default_factory=dict)
    texts: dict[Language, dict[Prompt, Spoken]] = Field(default_factory=dict)


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known key",
    "too_long": "at most {max_length} are allowed",
    "too_short": "at least {min_length} must be given",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must be written like {pattern}",
    "dict_type": "must be a mapping",
    "tuple_type": "must be a list",
    "string_type": "must be one text",
}
"""Kind of fault, as pydantic names it, to plain words."""


def parse(
    text: str,
    *,
    name: str,
    prompts: AbstractSet[str] | None = None,
    queues: AbstractSet[str] | None = None,
) -> Flow:
    """Return the flow that the YAML `text` describes; `name` is the document's, without `.yaml`.

    With `prompts` (keys of the prompt catalogue) and `queues` (names), what the nodes say and
    where they lead must be among them. Raises FlowError, which carries every problem found.
    """
    name = name.removesuffix(".yaml")
    document = tree(text, name=name)
    raw_nodes = document.pop("nodes", None)
    head, problems = _head(document, name)
    if not isinstance(raw_nodes, dict) or not raw_nodes:
        what = "nodes must be a mapping of names to nodes"
        raise FlowError([*problems, Problem(where=place(name, key="nodes"), what=what)])
    if len(raw_nodes) > MOST_NODES:
        what = f"at most {MOST_NODES} are allowed"
        raise FlowError([*problems, Problem(where=place(name, key="nodes"), what=what)])
    nodes, more = _nodes(raw_nodes, name)
    problems += more
    if head is None:
        raise FlowError(problems)
    problems += checks.own_words(name, head.texts, head.languages, nodes.values())
    flow = _flow(name, head, nodes)
    problems += checks.references(flow, set(raw_nodes), prompts=prompts, queues=queues)
    problems = problems or list(checks.graph(flow))
    if problems:
        raise FlowError(problems)
    return flow


def _flow(name: str, head: _Head, nodes: Mapping[str, Node]) -> Flow:
    names = own_words.marked(head.texts)
    return Flow(
        name=name,
        version=head.version,
        start=head.start,
        default=head.default,
        languages=head.languages,
        labels=head.labels,
        nodes={key: own_words.said_by(one, names) for key, one in nodes.items()},
        texts=own_words.texts(head.texts),
    )


def _head(raw: dict[str, Any], name: str) -> tuple[_Head | None, list[Problem]]:
    try:
        return _Head.model_validate(raw), []
    except ValidationError as error:
        return None, list(_problems(error, _Head, name=name, node=""))


def _nodes(raw: dict[str, Any], name: str) -> tuple[dict[str, Node], list[Problem]]:
    nodes: dict[str, Node] = {}
    problems: list[Problem] = []
    for node, content in raw.items():
        kind = content.get("type") if isinstance(content, dict) else None
        model = KINDS.get(kind) if isinstance(kind, str) else None
        if model is None:
            problems.append(_unknown_kind(kind, name=name, node=node))
            continue
        try:
            nodes[node] = model.model_validate(content)
        except ValidationError as error:
            problems += _problems(error, model, name=name, node=node)
    return nodes, problems


def _unknown_kind(kind: object, *, name: str, node: str) -> Problem:
    where = place(name, node=node, key="type")
    if not isinstance(kind, str):
        return Problem(where=where, what="is missing", hint=f"one of {', '.join(KINDS)}")
    hint = did_you_mean(kind, KINDS) or f"one of {', '.join(KINDS)}"
    return Problem(where=where, what=f"no kind of node named '{kind}'", hint=hint)


def _problems(
    error: ValidationError, model: type[BaseModel], *, name: str, node: str
) -> Iterator[Problem]:
    known = [field.alias or key for key, field in model.model_fields.items()]
    for fault in error.errors(include_input=False, include_url=False):
        loc = [str(part) for part in fault["loc"] if part != "[key]"]
        words = _WORDS.get(fault["type"])
        plain = fault["msg"].removeprefix("Value error, ")
        what = words.format_map(fault.get("ctx", {})) if words else plain
        misspelt = fault["type"] == "extra_forbidden" and len(loc) == 1
        hint = did_you_mean(loc[-1], known) if misspelt else ""
        yield Problem(where=place(name, node=node, key=".".join(loc)), what=what, hint=hint)
