"""A person's data erased on the word of the command line, over the running service's socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from contactcentre.features.privacy.erasure import Erasure, NotErased
from contactcentre.storage import database


class PersonCommands:
    """What the running service does for the command."""

    def __init__(self, erasure: Erasure) -> None:
        self._erasure = erasure

    async def erase(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Erase: `number`, `by`, `why`."""
        number, by, why = (str(request.get(name) or "") for name in ("number", "by", "why"))
        if not number or not why:
            return {"error": "a number and a reason are needed"}
        try:
            done = await self._erasure.erase(number, by=by, why=why)
        except NotErased as error:
            return {"error": str(error)}
        except database.AWAY as error:
            return {"error": f"the database is away ({type(error).__name__}): ask once more later"}
        return {"ok": True, **asdict(done)}
