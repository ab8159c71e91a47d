"""The page of limits, kept: the setting `limits`, checked with the whole network when saved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.limits.port import LimitsRefused
from agents_ui.shell.port import Person, Unavailable
from contactcentre.core.config import document
from contactcentre.core.config.call_limits import KEY, CallLimits
from contactcentre.core.config.document import Refused
from contactcentre.storage import database, documents, settings
from contactcentre.storage import tables as models

LISTS: Final = ("prefixes", "never")

Check = Callable[[str, Any], Awaitable[Iterable[str]]]
"""What would not hold together in the network with a setting of that value."""


class LimitsService:
    """`dialled` tells what was dialled out until now."""

    def __init__(
        self, engine: AsyncEngine, *, check: Check, dialled: Callable[[], tuple[float, float]]
    ) -> None:
        self._engine = engine
        self._check = check
        self.dialled = dialled

    async def limits(self) -> Mapping[str, str]:
        """See `LimitsRoom`."""
        async with database.transaction(self._engine, part="limits", away=Unavailable) as one:
            kept = await settings.get(one, KEY)
        return {name: _written(value) for name, value in asdict(_in_force(kept)).items()}

    async def save(self, written: Mapping[str, str], *, person: Person) -> None:
        """See `LimitsRoom`."""
        said = {name: _read(name, text) for name, text in written.items()}
        try:
            document.read(CallLimits, said, KEY)
        except Refused as refused:
            raise LimitsRefused(refused.problems) from None
        try:
            problems = tuple(await self._check(KEY, said))
        except database.AWAY:
            raise Unavailable from None
        if problems:
            raise LimitsRefused(problems)
        async with database.transaction(self._engine, part="limits", away=Unavailable) as one:
            row = {"key": KEY, "value": said}
            await documents.save(one, {models.settings: [row]}, by=person.user_id)


def _in_force(kept: Any) -> CallLimits:
    """What a setting that can't be read stands for is what the hotline goes by: the usual ones."""
    try:
        return document.read(CallLimits, kept or {}, KEY)
    except Refused:
        return CallLimits()


def _written(value: Any) -> str:
    return " ".join(value) if isinstance(value, tuple) else f"{value:g}"


def _read(name: str, text: str) -> Any:
    """As the document has it; what is no number stays a text, which the document refuses."""
    if name in LISTS:
        return text.replace(",", " ").split()
    return int(text) if text.isascii() and text.isdecimal() else text
