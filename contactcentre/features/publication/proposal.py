"""What somebody is about to save: would the network hold together with it?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contactcentre.features.publication.draft import Draft, read, read_by
from contactcentre.features.publication.network import NetworkRefused, network_of
from contactcentre.storage import tables as models
from contactcentre.storage.documents import key_of


async def problems_with(engine: AsyncEngine, key: str, value: Any) -> Iterable[str]:
    """What would be wrong with that setting, and is not wrong as it stands."""
    draft = await read(engine)
    known = set(_problems(draft))
    proposed = replace(draft, settings={**draft.settings, key: value})
    return [one for one in _problems(proposed) if one not in known]


async def problems_among(
    connection: AsyncConnection,
    changed: Mapping[Table, Mapping[str, Mapping[str, Any]]],
    settings: Mapping[str, Any],
    prompts: AbstractSet[str],
) -> Iterable[str]:
    """The same of documents by table and key, and of settings, for the transaction that is about
    to write them. `prompts` are the keys of those that can be said."""
    draft = await read_by(connection)
    rows = {table.name: _with(draft, table, some) for table, some in changed.items()}
    proposed = replace(draft, rows={**draft.rows, **rows}, settings={**draft.settings, **settings})
    return await _new_ones(draft, proposed, prompts)


async def problems_with_menu(
    connection: AsyncConnection, name: str, text: str, *, prompts: Callable[[], AbstractSet[str]]
) -> Iterable[str]:
    """The same of a menu that is about to be put in force."""
    draft = await read_by(connection)
    row = {"name": name, "version": 0, "document": text, "in_force": True}
    rows = [row, *(dict(one) for one in draft.of(models.flows) if one["name"] != name)]
    proposed = replace(draft, rows={**draft.rows, models.flows.name: rows})
    return await _new_ones(draft, proposed, prompts())


async def _new_ones(draft: Draft, proposed: Draft, prompts: AbstractSet[str]) -> Iterable[str]:
    # In threads, because calls are going on; what is wrong already is asked for when needed.
    if not (new := await asyncio.to_thread(_problems, proposed, prompts)):
        return ()
    known = set(await asyncio.to_thread(_problems, draft, prompts))
    return [one for one in new if one not in known]


def _with(
    draft: Draft, table: Table, changed: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    name = key_of(table)
    kept = [dict(changed.get(one[name], one)) | {name: one[name]} for one in draft.of(table)]
    there = {one[name] for one in kept}
    return kept + [{**one, name: key} for key, one in changed.items() if key not in there]


def _problems(draft: Draft, prompts: AbstractSet[str] = frozenset()) -> Iterable[str]:
    try:
        network_of(draft, prompts=prompts)
    except NetworkRefused as refused:
        return refused.problems
    return ()
