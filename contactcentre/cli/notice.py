"""`contactcentre notice`: known events for whoever has a shell; times are Latvian ones."""

from __future__ import annotations

import argparse

from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.cli import console
from contactcentre.engine.clock import now
from contactcentre.features.notices import store as notices
from contactcentre.settings import Settings
from contactcentre.storage import database

LANGUAGES = ("lv", "ru", "en")


async def notice(settings: Settings, options: argparse.Namespace) -> int:
    """Carry out one command; 2, with a word why, where it cannot be."""
    return await console.exit_status(_do(settings, options), ValueError, otherwise=2)


async def _do(settings: Settings, options: argparse.Namespace) -> None:
    async with database.opened(settings.database) as storage:
        match options.action:
            case "add":
                await _add(storage, options)
            case "end":
                await _end(storage, options.notice_id)
            case _:
                await _list(storage)


async def _add(storage: AsyncEngine, options: argparse.Namespace) -> None:
    texts = {one: text for one in LANGUAGES if (text := getattr(options, one))}
    from_at = _moment("--from", options.from_at)
    made = await notices.add(
        storage,
        texts,
        from_at=now() if from_at is None else from_at,
        until_at=_moment("--until", options.until_at),
        queues=options.queue,
    )
    console.say(made.notice_id)


async def _end(storage: AsyncEngine, notice_id: str) -> None:
    if not await notices.end(storage, notice_id, now()):
        raise ValueError("no such notice is in force or to come; `notice list` shows all")


async def _list(storage: AsyncEngine) -> None:
    for told in await notices.listed(storage):
        one = told.notice
        until = console.local(one.until_at) if one.until_at is not None else "…"
        queues = ", ".join(one.queues) or "*"
        counts = f"heard {told.heard}, informed {told.informed}"
        from_at = console.local(one.from_at)
        console.say(f"{one.notice_id}  {from_at} – {until}  {queues}  {counts}")
        for language, text in one.texts.items():
            console.say(f"  {language}: {text}")


def _moment(name: str, text: str | None) -> float | None:
    return None if text is None else console.moment(text, name)
