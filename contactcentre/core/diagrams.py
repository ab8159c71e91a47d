"""The two machines as pages for people, drawn from their tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from contactcentre.core.agent import table as agent_table
from contactcentre.core.agent.state import State
from contactcentre.core.call import move
from contactcentre.core.call import table as call_table
from contactcentre.core.call.callback_moves import UNCONNECTED
from contactcentre.core.call.state import Phase

Edge = tuple[StrEnum, str, StrEnum]
"""From, what happens, to."""

BY_WORLD: tuple[Edge, ...] = (
    (Phase.WAITING, "an agent is chosen", Phase.OFFERED),
    (Phase.CLOSING, "a callback was asked for, which is a call of its own", Phase.CALLBACK),
    (Phase.CALLBACK, "an agent is chosen", Phase.PREVIEWED),
    *((phase, "the citizen rings in", Phase.ENDED) for phase in UNCONNECTED),
    *(
        (phase, "lost (snapshot)", Phase.ENDED)
        for phase in Phase
        if phase is not Phase.ENDED and phase not in UNCONNECTED
    ),
)
"""What World does with a call of its own accord: it matches, and it gives up what is gone."""


def call_edges() -> tuple[Edge, ...]:
    """Everything that can become of a call."""
    return (*_edges(call_table.TABLE), *BY_WORLD)


def agent_edges() -> tuple[Edge, ...]:
    """Everything that can become of an agent."""
    return tuple(_edges(agent_table.TABLE))


def call_page() -> str:
    """Markdown with the life of a call as a Mermaid diagram and as a table."""
    return _page("The life of a call", Phase.MENU, (Phase.ENDED,), call_edges())


def agent_page() -> str:
    """Markdown with an agent's day as a Mermaid diagram and as a table."""
    return _page("An agent's day", State.LOGGED_OUT, (), agent_edges())


def _edges(
    table: Mapping[Phase, Mapping[type, move.Move]]
    | Mapping[State, Mapping[type, agent_table.Move]],
) -> Iterable[Edge]:
    for source, moves in table.items():
        for event, entry in moves.items():
            for target in entry.to:
                yield source, _words(event.__name__), target


def _words(name: str) -> str:
    """`CallerHungUp` -> `caller hung up`"""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


def _page(title: str, start: StrEnum, ends: tuple[StrEnum, ...], edges: tuple[Edge, ...]) -> str:
    arrows = [f"    [*] --> {start.name}"]
    for (source, target), what in _grouped(edges).items():
        if source is not target:
            arrows.append(f"    {source.name} --> {target.name}: {', '.join(what)}")
    arrows += [f"    {end.name} --> [*]" for end in ends]
    rows = [
        f"| {source.name} | {'stays' if target is source else target.name} | {', '.join(what)} |"
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


def _grouped(edges: tuple[Edge, ...]) -> dict[tuple[StrEnum, StrEnum], list[str]]:
    grouped: dict[tuple[StrEnum, StrEnum], list[str]] = {}
    for source, what, target in edges:
        grouped.setdefault((source, target), []).append(what)
    return grouped
