"""`contactcentre notice`: known events for whoever has a shell; times are Latvian ones."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.clock import now
from contactcentre.settings import Settings
from contactcentre.storage import database, notices
from routing.calendar import LOCAL

LANGUAGES = ("lv", "ru", "en")


async def notice(settings: Settings, options: argparse.Namespace) -> int:
    """Carry out one command; 2, with a word why, where it cannot be."""
    storage = database.engine(settings.database)
    try:
        match options.action:
            case "add":
                return await _add(storage, options)
            case "end":
                return await _end(storage, options.notice_id)
            case _:
                return await _list(storage)
    except ValueError as error:
        print(f"contactcentre notice: {error}", file=sys.stderr)  # noqa: T201
        return 2
    finally:
        await storage.dispose()


async def _add(storage: AsyncEngine, options: argparse.Namespace) -> int:
    texts = {one: text for one in LANGUAGES if (text := getattr(options, one))}
    from_at = _moment("--from", options.from_at)
    made = await notices.add(
        storage,
        texts,
        from_at=now() if from_at is None else from_at,
        until_at=_moment("--until", options.until_at),
        queues=options.queue,
    )
    print(made.notice_id)  # noqa: T201
    return 0


async def _end(storage: AsyncEngine, notice_id: str) -> int:
    if not await notices.end(storage, notice_id, now()):
        raise ValueError("no such notice is in force or to come; `notice list` shows all")
    return 0


async def _list(storage: AsyncEngine) -> int:
    for told in await notices.listed(storage):
        one = told.notice
        until = _local(one.until_at) if one.until_at is not None else "…"
        queues = ", ".join(one.queues) or "*"
        counts = f"heard {told.heard}, informed {told.informed}"
        print(f"{one.notice_id}  {_local(one.from_at)} – {until}  {queues}  {counts}")  # noqa: T201
        for language, text in one.texts.items():
            print(f"  {language}: {text}")  # noqa: T201
    return 0


def _moment(name: str, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name}: a time such as 2026-01-31T08:00 is wanted") from None
    return when.replace(tzinfo=when.tzinfo or LOCAL).timestamp()


def _local(at: float) -> str:
    return datetime.fromtimestamp(at, LOCAL).strftime("%Y-%m-%d %H:%M")
