"""`contactcentre notice`: known events that callers are told of; times are Latvian ones."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.engine.clock import now
from contactcentre.features.notices import store as notices
from contactcentre.settings import Settings
from contactcentre.storage import database

app = program("notice")

_telling = console.telling(ValueError, otherwise=2)


@app.command
@_telling
async def add(
    *,
    lv: Annotated[str, Parameter(help="the text in Latvian; the others are for theirs")],
    ru: str = "",
    en: str = "",
    from_at: Annotated[
        str | None, Parameter("--from", help="2026-01-31T08:00, Latvian time")
    ] = None,
    until_at: Annotated[
        str | None, Parameter("--until", help="the same; open if not given")
    ] = None,
    queue: Annotated[tuple[str, ...], Parameter(help="only its callers; repeatable")] = (),
    municipality: Annotated[tuple[str, ...], Parameter(help="the same; repeatable")] = (),
    centre: Annotated[tuple[str, ...], Parameter(help="the same; repeatable")] = (),
    settings: Settings,
) -> None:
    """Tell callers, from now on if not said otherwise."""
    texts = {"lv": lv, "ru": ru, "en": en}
    async with database.opened(settings.database) as storage:
        made = await notices.add(
            storage,
            {language: text for language, text in texts.items() if text},
            from_at=now() if from_at is None else console.moment(from_at, "--from"),
            until_at=None if until_at is None else console.moment(until_at, "--until"),
            queues=queue,
            municipalities=municipality,
            centres=centre,
            by=console.author(),
        )
    console.say(made.notice_id)


@app.command
@_telling
async def end(notice_id: str, /, *, settings: Settings) -> None:
    """Tell it no more."""
    async with database.opened(settings.database) as storage:
        if not await notices.end(storage, notice_id, now(), by=console.author()):
            raise ValueError("no such notice is in force or to come; `notice list` shows all")


@app.command(name="list")
@_telling
async def list_all(*, settings: Settings) -> None:
    """All, with how many heard it and whom it was enough for."""
    async with database.opened(settings.database) as storage:
        for told in await notices.listed(storage):
            one = told.notice
            until = console.local(one.until_at) if one.until_at is not None else "…"
            whose = ", ".join((*one.queues, *one.municipalities, *one.centres)) or "*"
            counts = f"heard {told.heard}, informed {told.informed}"
            from_at = console.local(one.from_at)
            console.say(f"{one.notice_id}  {from_at} – {until}  {whose}  {counts}")
            for language, text in one.texts.items():
                console.say(f"  {language}: {text}")
