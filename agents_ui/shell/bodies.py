"""What a page sends, read: whatever can't be is a bad request, and no fault of ours."""

from __future__ import annotations

import asyncio
import re
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import msgspec
from aiohttp import BadContentDispositionHeader, BadContentDispositionParam, web
from aiohttp.http import HttpProcessingError

from agents_ui.shell.errors import Denied

Shape = TypeVar("Shape")

BROKEN_PARTS = (BadContentDispositionHeader, BadContentDispositionParam)
"""Warnings of aiohttp. It would print what a stranger has sent, and remember each text for ever."""

BODY_S: Final = 10.0
"""So long a body may take to come; it is 64 KiB at most."""

NAME_LENGTH: Final = 200
"""Of a file, in characters: more is cut off."""

UNREADABLE = (
    *(ValueError, LookupError, RuntimeError, AssertionError),
    *(HttpProcessingError, web.PayloadAccessError, web.RequestPayloadError, ConnectionError),
    *BROKEN_PARTS,
)
"""A broken charset, boundary, encoding or length; JSON of another shape (the errors of msgspec and
of Unicode are ValueErrors) or too deep (a RuntimeError, as is aiohttp's of an unknown encoding);
aiohttp asserts what stands at the head of a part. Who has gone in the middle sends nothing more."""

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What no database takes: NUL, and half a character."""


def refuse_broken_parts() -> None:
    """What aiohttp warns of is unreadable, in this process."""
    for kind in BROKEN_PARTS:
        warnings.simplefilter("error", kind)


def is_text(text: str) -> bool:
    """Whether it can be kept."""
    return _NO_TEXT.search(text) is None


@asynccontextmanager
async def reading(within_s: float | None = None) -> AsyncIterator[None]:
    """Raises `Denied`: 400 where the block can't read something, 408 where it does not come
    within these seconds, or the usual ones."""
    try:
        async with asyncio.timeout(BODY_S if within_s is None else within_s):
            yield
    except TimeoutError:
        raise Denied("too-slow", status=408) from None
    except UNREADABLE:
        raise Denied("bad-request", status=400) from None


async def form(request: web.Request) -> dict[str, str]:
    """The fields of a form, read once; of files, nothing. Raises `Denied` (400, 408)."""
    async with reading():
        given = await request.post()
    fields = {name: value for name, value in given.items() if isinstance(value, str)}
    if not all(map(is_text, (*fields, *fields.values()))):
        raise Denied("bad-request", status=400)
    return fields


async def file(request: web.Request, name: str, most: int) -> bytes:
    """What was chosen in that field of a form, so many bytes of it and one more at most; nothing,
    where nothing was. Raises `Denied` (400, 408)."""
    async with reading():
        given = (await request.post()).get(name)
    if not isinstance(given, web.FileField):
        return b""
    with given.file:
        return await asyncio.to_thread(given.file.read, most + 1)


async def file_name(request: web.Request, name: str) -> str:
    """What that file is called where it comes from, to be shown. Raises `Denied` (400, 408)."""
    async with reading():
        given = (await request.post()).get(name)
    return shown_name(given.filename) if isinstance(given, web.FileField) else ""


def shown_name(given: str) -> str:
    """A file's name as somebody has it, without what can't be shown."""
    return "".join(one for one in given[:NAME_LENGTH] if one.isprintable())


async def text(request: web.Request) -> str:
    """A body that is text. Raises `Denied` (400, 408)."""
    async with reading():
        return await request.text()


async def octets(request: web.Request, most: int, *, within_s: float) -> bytes:
    """A body that is a file. Raises `Denied` (400, 408, 413)."""
    if (request.content_length or 0) > most:
        raise Denied("too-large", status=413)
    made = bytearray()
    async with reading(within_s):
        async for piece in request.content.iter_chunked(65_536):
            made += piece
            if len(made) > most:
                raise Denied("too-large", status=413)
    return bytes(made)


async def json(request: web.Request, shape: type[Shape]) -> Shape:
    """A JSON body of that shape. Raises `Denied` (400, 408)."""
    async with reading():
        return msgspec.json.decode(await request.read(), type=shape)
