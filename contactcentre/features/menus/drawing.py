"""A menu as people read it: each step with what is said there and where its ways lead.

Every step is drawn once, beneath the first way that comes to it; other ways name it. What would
stand too deep is drawn by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from agents_ui.menus.port import (
    Ending,
    MenuStep,
    MenuWay,
    PromptLine,
    Role,
    Saying,
    StepFigures,
    WayKind,
)
from agents_ui.shell.port import Texts
from contactcentre.features.menus.counts import NodeCounts
from ivr import nodes
from ivr.flow import Flow
from ivr.spoken import STAND_INS

Catalogue = Mapping[str, Mapping[str, str]]
"""Language -> prompt key -> text."""

DEEPEST = 8
"""Steps beneath each other; more would be a narrow column on a small screen."""

NOTICES = "notices"
"""Stands for the notices in force, which have no key of their own in a menu."""

STAND_IN_LANGUAGES = ("lv", "ru", "en")
"""In which order other languages are said instead of a missing one (as `Library` does)."""

_WAYS: Mapping[str, WayKind] = {
    "person": "person",
    "silence": "silence",
    "then": "then",
    "to": "then",
    "open": "open",
    "closed": "closed",
    "holiday": "holiday",
}


def line(prompt: str, language: str, texts: Catalogue) -> PromptLine:
    """A prompt as a caller hears it in that language."""
    pinned, _, key = prompt.rpartition(":")
    wanted = pinned or language
    if key in STAND_INS or key == NOTICES:
        return PromptLine(prompt=key, language=wanted, text="", stand_in=True)
    for spoken in (wanted, *STAND_IN_LANGUAGES):
        if text := texts.get(spoken, {}).get(key):
            return PromptLine(prompt=key, language=spoken, text=text)
    return PromptLine(prompt=key, language=wanted, text="")


def prompts(flow: Flow) -> frozenset[str]:
    """The keys of all that its steps may say, but for the words of the moment."""
    said = (key for node in flow.nodes.values() for _, key in node.spoken())
    return frozenset(key.rpartition(":")[2] for key in said) - STAND_INS.keys()


def ending(node: nodes.EndingNode, queues: Mapping[str, Texts]) -> Ending:
    """How the menu ends there; `queues` are the labels of those that there are."""
    match node:
        case nodes.MatterNode():
            service = (node.service,) if node.service else ()
            return Ending(
                kind="callback" if isinstance(node, nodes.CallbackNode) else "enqueue",
                queue=queues.get(node.queue, node.queue),
                lacks=node.queue not in queues,
                services=(*service, *node.services),
            )
        case nodes.VoicemailNode():
            lacks = node.queue not in queues
            labels = queues.get(node.queue, node.queue)
            return Ending(kind="voicemail", queue=labels, lacks=lacks, of=str(node.max_s))
        case nodes.TransferNode():
            return Ending(kind="transfer", of=node.number)
        case _:
            return Ending(kind="hangup")


class Drawing:
    """Draws a flow. `counts` are by the name of a node; `queues` the labels of what there is."""

    def __init__(
        self,
        flow: Flow,
        texts: Catalogue,
        queues: Mapping[str, Texts],
        counts: Mapping[str, NodeCounts],
    ) -> None:
        self._flow = flow
        self._texts = texts
        self._queues = queues
        self._counts = counts
        self._drawn: set[str] = set()
        self._later: list[str] = []

    def roots(self) -> tuple[MenuStep, ...]:
        """The first step, then whatever does not stand beneath another."""
        self._later = [self._flow.start, self._flow.default, *self._flow.nodes]
        return tuple(self._roots())

    def _roots(self) -> Iterator[MenuStep]:
        while self._later:
            name = self._later.pop(0)
            if name not in self._drawn:
                yield self._step(name, DEEPEST)

    def _step(self, name: str, deeper: int) -> MenuStep:
        self._drawn.add(name)
        node = self._flow.nodes[name]
        return MenuStep(
            name=name,
            kind=node.type,
            label=self._flow.labels.get(node.label or "", {}),
            sayings=tuple(self._sayings(node)),
            ways=tuple(self._way(one, deeper) for one in self._ways(name, node)),
            ending=ending(node, self._queues) if isinstance(node, nodes.EndingNode) else None,
            figures=self._figures(name),
            calendar=node.calendar if isinstance(node, nodes.HoursNode) else "",
        )

    def _way(self, way: MenuWay, deeper: int) -> MenuWay:
        if way.to not in self._flow.nodes:
            return MenuWay(kind=way.kind, to=way.to, key=way.key, count=way.count, there=False)
        if way.to in self._drawn:
            return way
        if not deeper:
            self._later.insert(0, way.to)
            return way
        return MenuWay(
            kind=way.kind,
            to=way.to,
            key=way.key,
            language=way.language,
            count=way.count,
            beneath=self._step(way.to, deeper - 1),
        )

    def _ways(self, name: str, node: nodes.Node) -> Iterator[MenuWay]:
        counted = self._counts.get(name)

        def chosen(key: str) -> int | None:
            return counted.chosen.get(key, 0) if counted else None

        for one in node.exits(self._flow.default):
            if one.key.startswith("options."):
                key = one.key.split(".")[1]
                yield MenuWay(kind="key", to=one.to, key=key, count=chosen(key))
            elif one.key == "person":
                yield MenuWay(
                    kind="person", to=one.to, key=nodes.PERSON, count=chosen(nodes.PERSON)
                )
            else:
                silent = counted.timed_out if counted and one.key == "silence" else None
                yield MenuWay(kind=_WAYS[one.key], to=one.to, count=silent)
        if isinstance(node, nodes.MenuNode | nodes.LanguageNode):
            to = node.then if isinstance(node, nodes.LanguageNode) else name
            for key, language in sorted(node.languages.items()):
                count = chosen(key)
                yield MenuWay(kind="language", to=to, key=key, language=language, count=count)

    def _figures(self, name: str) -> StepFigures | None:
        one = self._counts.get(name)
        if one is None:
            return None
        return StepFigures(
            entered=one.entered,
            typed=one.typed,
            timed_out=one.timed_out,
            wrong=one.wrong,
            hung_up=one.hung_up,
        )

    def _sayings(self, node: nodes.Node) -> Iterator[Saying]:
        for role, keys in _said(node):
            if keys:
                lines = {
                    language: tuple(line(key, language, self._texts) for key in keys)
                    for language in self._flow.languages
                }
                yield Saying(role=role, lines=lines)
        if isinstance(node, nodes.MenuNode | nodes.LanguageNode) and node.languages:
            offered = {
                language: (line(nodes.LANGUAGE_OFFER, language, self._texts),)
                for language in node.languages.values()
            }
            yield Saying(role="offer", lines=offered)


def _said(node: nodes.Node) -> Iterable[tuple[Role, tuple[str, ...]]]:
    match node:
        case nodes.PlayNode():
            return (("notices", (NOTICES,) * node.notices), ("prompts", node.prompts))
        case nodes.AskingNode():
            return (
                ("intro", node.intro),
                ("prompts", node.prompts),
                ("again", node.again),
                ("wrong", (node.wrong,)),
                ("silent", (node.silent,)),
            )
        case nodes.EndingNode():
            return (("prompts", node.prompts),)
        case _:
            return ()
