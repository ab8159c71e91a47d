"""The two machines as pages for people, drawn from their tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from contactcentre.core.agent import table as agent_table
from contactcentre.core.agent.state import State
from contactcentre.core.call import move
from contactcentre.core.call import table as call_table
from contactcentre.core.call.state import Phase

Edge = tuple[StrEnum | None, str, StrEnum]
"""From (None: it is not there yet), what happens, to."""


def call_edges() -> tuple[Edge, ...]:
    """Everything that can become of a call."""
    return (*_edges(None, call_table.BEGINNINGS), *_of(call_table.TABLE))


def agent_edges() -> tuple[Edge, ...]:
    """Everything that can become of an agent, who comes to be logged out."""
    return ((None, "network published", State.LOGGED_OUT), *_of(agent_table.TABLE))


def call_page() -> str:
    """Markdown with the life of a call as a Mermaid diagram and as a table."""
    return _page("The life of a call", (Phase.ENDED,), call_edges())


def agent_page() -> str:
    """Markdown with an agent's day as a Mermaid diagram and as a table."""
    return _page("An agent's day", (), agent_edges())


Moves = Mapping[type, move.Move] | Mapping[type, agent_table.AgentMove]


def _of(table: Mapping[Phase, Moves] | Mapping[State, Moves]) -> Iterable[Edge]:
    for source, moves in table.items():
        yield from _edges(source, moves)


def _edges(source: StrEnum | None, moves: Moves) -> Iterable[Edge]:
    for event, entry in moves.items():
        for target in entry.to:
            yield source, _words(event.__name__), target


def _words(name: str) -> str:
    """`CallerHungUp` -> `caller hung up`"""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


def _page(title: str, ends: tuple[StrEnum, ...], edges: tuple[Edge, ...]) -> str:
    arrows = []
    for (source, target), what in _grouped(edges).items():
        if source is not target:
            begins = "[*]" if source is None else source.name
            arrows.append(f"    {begins} --> {target.name}: {', '.join(what)}")
    arrows += [f"    {end.name} --> [*]" for end in ends]
    rows = [
        f"| {'' if source is None else source.name} "
        f"| {'stays' if target is source else target.name} | {', '.join(what)} |"
        for (source, target), what in _grouped(edges).items()
    ]
    return "\n".join(
        (
            f"# {title}",
            "",
            "Drawn by `scripts/diagrams` from the tables in `contactcentre/core`. Whatever is not",
            "here is illegal: it is counted and changes nothing.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *arrows,
            "```",
            "",
            "| from | to | when |",
            "|---|---|---|",
            *rows,
            "",
        )
    )


def _grouped(edges: tuple[Edge, ...]) -> dict[tuple[StrEnum | None, StrEnum], list[str]]:
    grouped: dict[tuple[StrEnum | None, StrEnum], list[str]] = {}
    for source, what, target in edges:
        grouped.setdefault((source, target), []).append(what)
    return grouped
