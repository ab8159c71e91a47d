"""Whether the audit log is what was written: the whole chain is walked, to the first fault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.audit import store
from contactcentre.features.audit.chain import BEGINNING, Anchor, is_signed, link


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`fault` is "" where the chain holds; else `position` is the first that does not."""

    rows: int
    head: Anchor
    unsealed: int = 0
    fault: str = ""
    position: int = 0


async def verify(
    connection: AsyncConnection, key: bytes, anchors: Iterable[Anchor] = ()
) -> Verdict:
    """Walk it; `anchors` are links that were written down elsewhere."""
    begin, fault = await _begin(connection, key)
    wanted = {one.position: one for one in anchors if one.position > begin.position}
    walk = _Walk(begin)
    if not fault:
        async for row in store.links(connection, begin.position):
            fault = walk.step(row, wanted.pop(row["position"], None))
            if fault:
                break
        else:
            fault = _cut_off(walk.last, wanted.values())
    return Verdict(
        rows=walk.last.position - begin.position,
        head=walk.last,
        unsealed=await store.unsealed_count(connection),
        fault=fault,
        position=walk.last.position + 1 if fault else 0,
    )


class _Walk:
    """From link to link. `last` is the last good one."""

    def __init__(self, begin: Anchor) -> None:
        self.last = begin

    def step(self, row: RowMapping, wanted: Anchor | None) -> str:
        """What is wrong with the next link; "" where nothing is."""
        position = self.last.position + 1
        if row["position"] != position:
            return f"links {position} to {row['position'] - 1} are missing"
        if row["number"] is None:
            return f"row {row['sealed']} is missing"
        if link(self.last.hash, row) != row["hash"]:
            return f"row {row['number']} is not as it was written"
        if wanted is not None and wanted.hash != row["hash"]:
            return "the chain is another one than the anchor's"
        self.last = Anchor(position, row["hash"])
        return ""


async def _begin(connection: AsyncConnection, key: bytes) -> tuple[Anchor, str]:
    """From where to walk, and what is wrong with it."""
    found = await store.checkpoint(connection)
    if found is None:
        return BEGINNING, ""
    checkpoint, signed = found
    if not is_signed(checkpoint, signed, key):
        return checkpoint.anchor, "the checkpoint before it is not signed with this service's key"
    return checkpoint.anchor, ""


def _cut_off(last: Anchor, left: Iterable[Anchor]) -> str:
    """Anchors that the chain has not reached."""
    furthest = max((one.position for one in left), default=0)
    return f"the chain ends there, and was {furthest} long" if furthest else ""
