"""Parts that calls can do without: when one fails it begins anew, and nobody else notices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from contactcentre.engine.faults import Faults

AGAIN_S = 5.0


async def lasting(
    name: str,
    run: Callable[[], Coroutine[Any, Any, object]],
    faults: Faults,
    *,
    again_s: float = AGAIN_S,
) -> None:
    """Run it to its end, and from the beginning as often as it fails."""
    while True:
        try:
            await run()
        except Exception as fault:  # noqa: BLE001 - the boundary: a part fails alone
            faults.note("part", name, fault)
            await asyncio.sleep(again_s)
        else:
            return
