"""A setting that somebody is about to save: would the network hold together with it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.features.publication.draft import Draft, read
from contactcentre.features.publication.network import NetworkRefused, network_of


async def problems_with(engine: AsyncEngine, key: str, value: Any) -> Iterable[str]:
    """What would be wrong with that setting, and is not wrong as it stands."""
    draft = await read(engine)
    known = set(_problems(draft))
    proposed = replace(draft, settings={**draft.settings, key: value})
    return [one for one in _problems(proposed) if one not in known]


def _problems(draft: Draft) -> Iterable[str]:
    try:
        network_of(draft)
    except NetworkRefused as refused:
        return refused.problems
    return ()
