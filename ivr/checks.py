"""What makes a flow fit to answer citizens, as checks of its graph. Each yields problems."""

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet

from ivr.document import Problem, did_you_mean, place
from ivr.graph import Flow
from ivr.nodes import (
    AskingNode,
    CallbackNode,
    CollectNode,
    EndingNode,
    LanguageNode,
    MatterNode,
    MenuNode,
    Node,
    VoicemailNode,
)
from ivr.own_words import Words
from ivr.spoken import STAND_INS

LABEL_LANGUAGES = ("lv", "en")
"""The languages of the panel, in which an agent may read a label."""


def references(
    flow: Flow,
    names: AbstractSet[str],
    *,
    prompts: AbstractSet[str] | None,
    queues: AbstractSet[str] | None,
) -> Iterator[Problem]:
    """Check that all names used in the document name something.

    `names` are all nodes, those that could not be read included.
    """
    yield from _targets(flow, names)
    yield from _labels(flow)
    yield from _languages(flow)
    yield from _numbers(flow)
    if prompts is not None:
        own = {prompt for texts in flow.texts.values() for prompt in texts}
        yield from _prompts(flow, prompts | STAND_INS.keys() | own)
    if queues is not None:
        yield from _queues(flow, queues)


def own_words(
    name: str, texts: Words, languages: Collection[str], nodes: Iterable[Node]
) -> Iterator[Problem]:
    """Check that words of the menu's own are in its languages, in Latvian too, and are said."""
    said = {prompt.rpartition(":")[2] for node in nodes for _, prompt in node.spoken()}
    for language, own in texts.items():
        if language not in languages:
            yield _unknown("language", language, languages, place(name, key=f"texts.{language}"))
        for prompt in own:
            where = place(name, key=f"texts.{language}.{prompt}")
            if prompt not in texts.get("lv", {}):
                yield Problem(where=where, what="has no text in Latvian (lv)")
            if prompt not in said:
                hint = did_you_mean(prompt, said)
                yield Problem(where=where, what="is said by no node", hint=hint)


def graph(flow: Flow) -> Iterator[Problem]:
    """Check where the ways lead: all nodes reached, all ways end, a person within reach."""
    yield from _unreachable(flow)
    yield from _dead_ends(flow)
    yield from _loops(flow)
    yield from _persons(flow)


def _targets(flow: Flow, names: AbstractSet[str]) -> Iterator[Problem]:
    for key in ("start", "default"):
        if (to := getattr(flow, key)) not in names:
            yield _unknown("node", to, names, place(flow.name, key=key))
    for name, node in flow.nodes.items():
        for way in node.exits(flow.default):
            given = way.to != flow.default
            if given and way.to not in names:
                yield _unknown("node", way.to, names, place(flow.name, node=name, key=way.key))


def _unknown(kind: str, wrong: str, known: Iterable[str], where: str) -> Problem:
    return Problem(where=where, what=f"no {kind} named '{wrong}'", hint=did_you_mean(wrong, known))


def _labels(flow: Flow) -> Iterator[Problem]:
    for label, texts in flow.labels.items():
        for language in LABEL_LANGUAGES:
            if not texts.get(language):
                where = place(flow.name, key=f"labels.{label}.{language}")
                yield Problem(where=where, what="is missing", hint="agents read it")
    for name, node in flow.nodes.items():
        if node.label and node.label not in flow.labels:
            where = place(flow.name, node=name, key="label")
            yield _unknown("label", node.label, flow.labels, where)


def _languages(flow: Flow) -> Iterator[Problem]:
    if "lv" not in flow.languages:
        yield Problem(where=place(flow.name, key="languages"), what="Latvian (lv) is missing")
    for language, entry in flow.languages.items():
        if language != "lv" and entry.policy is None:
            where = place(flow.name, key=f"languages.{language}.policy")
            what = "a language other than Latvian needs a policy record"
            yield Problem(where=where, what=what, hint="give basis, date and approver")
    for name, node in flow.nodes.items():
        if isinstance(node, MenuNode | LanguageNode):
            for key, language in node.languages.items():
                if language not in flow.languages:
                    where = place(flow.name, node=name, key=f"languages.{key}")
                    yield _unknown("language", language, flow.languages, where)


def _numbers(flow: Flow) -> Iterator[Problem]:
    stored = {node.store for node in flow.nodes.values() if isinstance(node, CollectNode)}
    for name, node in flow.nodes.items():
        if isinstance(node, CallbackNode) and node.number and node.number not in stored:
            where = place(flow.name, node=name, key="number")
            yield _unknown("collected number", node.number, stored, where)


def _prompts(flow: Flow, prompts: AbstractSet[str]) -> Iterator[Problem]:
    for name, node in flow.nodes.items():
        for key, prompt in node.spoken():
            if prompt.rpartition(":")[2] not in prompts:
                yield _unknown("prompt", prompt, prompts, place(flow.name, node=name, key=key))


def _queues(flow: Flow, queues: AbstractSet[str]) -> Iterator[Problem]:
    for name, node in flow.nodes.items():
        if isinstance(node, MatterNode | VoicemailNode) and node.queue not in queues:
            yield _unknown("queue", node.queue, queues, place(flow.name, node=name, key="queue"))


def _reached(flow: Flow, start: str, *, pressed: bool = True) -> list[str]:
    """Return the nodes one can come to from `start`, nearest first, itself last if in a loop.

    Without `pressed`, only ways that need no key of the caller.
    """
    reached: dict[str, None] = {}
    front = [start]
    while front:
        ways = flow.nodes[front.pop(0)].exits(flow.default)
        new = [way.to for way in ways if pressed or not way.pressed]
        for to in new:
            if to not in reached:
                reached[to] = None
                front.append(to)
    return list(reached)


def _unreachable(flow: Flow) -> Iterator[Problem]:
    reached = {flow.start, flow.default, *_reached(flow, flow.start), *_reached(flow, flow.default)}
    for name in flow.nodes:
        if name not in reached:
            hint = "lead to it from another node, or remove it"
            yield Problem(where=place(flow.name, node=name), what="nothing leads here", hint=hint)


def _dead_ends(flow: Flow) -> Iterator[Problem]:
    for name, node in flow.nodes.items():
        ways = [node, *(flow.nodes[to] for to in _reached(flow, name))]
        if not any(isinstance(way, EndingNode) for way in ways):
            what = "no way from here ends"
            hint = "lead to an enqueue, transfer, voicemail, callback or hangup node"
            yield Problem(where=place(flow.name, node=name), what=what, hint=hint)


def _loops(flow: Flow) -> Iterator[Problem]:
    unasked = {name: _reached(flow, name, pressed=False) for name in flow.nodes}
    told: set[str] = set()
    for name, ways in unasked.items():
        if name in told or name not in ways:
            continue
        loop = [to for to in ways if name in unasked[to]]
        told.update(loop)
        through = ", ".join(f"'{to}'" for to in loop if to != name)
        what = "a silent caller would go round and round" + f" through {through}" * bool(through)
        where = place(flow.name, node=name)
        yield Problem(where=where, what=what, hint="lead silence to a person")


def _persons(flow: Flow) -> Iterator[Problem]:
    ways = [
        (name, "person", node.person or flow.default)
        for name, node in flow.nodes.items()
        if isinstance(node, AskingNode)
    ]
    for name, key, to in [("", "default", flow.default), *ways]:
        ends = [to, *_reached(flow, to, pressed=False)]
        if not any(flow.nodes[end].reaches_person for end in ends):
            where = place(flow.name, node=name, key=key)
            what = f"'{to}' leads to no person"
            hint = "it must reach an enqueue, transfer, voicemail or callback node"
            yield Problem(where=where, what=what, hint=hint)
