"""What happened at each node of a menu, from the counts that the journal's projection keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.storage import tables as models


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCounts:
    """One node of one version: how many callers each of these befell (see `ivr.orders.What`).

    `chosen` and `person` are split: by key, and by how people take over (enqueue, callback, ...).
    """

    version: int
    node: str
    entered: int = 0
    typed: int = 0
    timed_out: int = 0
    wrong: int = 0
    hung_up: int = 0
    satisfied: int = 0
    chosen: Mapping[str, int] = field(default_factory=dict)
    person: Mapping[str, int] = field(default_factory=dict)


SPLIT = ("chosen", "person")


async def read(
    connection: AsyncConnection,
    flow: str,
    *,
    version: int | None = None,
    since: str = "",
    until: str = "9999-12-31",
) -> Sequence[NodeCounts]:
    """The nodes of each version, most visited first; `since` and `until` are local days (ISO),
    both included."""
    table = models.flow_counts.c
    query = (
        select(
            table.version, table.node, table.what, table.key, func.sum(table.count).label("total")
        )
        .where((table.flow == flow) & table.day.between(since, until))
        .group_by(table.version, table.node, table.what, table.key)
        .order_by(table.key)
    )
    if version is not None:
        query = query.where(table.version == version)
    found: dict[tuple[int, str], dict[str, Counter[str]]] = {}
    for row in await connection.execute(query):
        node = found.setdefault((row.version, row.node), {})
        node.setdefault(row.what, Counter())[row.key] += int(row.total)
    nodes = [_node(version, node, counts) for (version, node), counts in found.items()]
    return sorted(nodes, key=lambda one: (one.version, -one.entered, one.node))


def _node(version: int, node: str, counts: Mapping[str, Counter[str]]) -> NodeCounts:
    known = NodeCounts.__dataclass_fields__
    values = {
        what: dict(by_key) if what in SPLIT else by_key.total()
        for what, by_key in counts.items()
        if what in known
    }
    return NodeCounts(version=version, node=node, **values)  # type: ignore[arg-type]
