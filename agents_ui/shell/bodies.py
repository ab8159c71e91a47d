"""What a page sends, read: whatever can't be is a bad request, and no fault of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import msgspec
from aiohttp import web

from agents_ui.shell.errors import Denied

Shape = TypeVar("Shape")

UNREADABLE = (ValueError, LookupError, RecursionError, AssertionError, web.PayloadAccessError)
"""A broken charset, boundary, encoding or length; JSON too deep or of another shape (the errors of
msgspec and of Unicode are ValueErrors); aiohttp asserts what stands at the head of a part."""


@contextmanager
def reading() -> Iterator[None]:
    """Raises `Denied` (400) where the block can't read something."""
    try:
        yield
    except UNREADABLE:
        raise Denied("bad-request", status=400) from None


async def form(request: web.Request) -> dict[str, str]:
    """The fields of a form; of files, nothing. Raises `Denied` (400)."""
    with reading():
        fields = await request.post()
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    if not all(map(_is_text, (*texts, *texts.values()))):
        raise Denied("bad-request", status=400)
    return texts


async def json(request: web.Request, shape: type[Shape]) -> Shape:
    """A JSON body of that shape. Raises `Denied` (400)."""
    with reading():
        return msgspec.json.decode(await request.read(), type=shape)


def _is_text(text: str) -> bool:
    """Without NUL, which databases refuse, and the half of a character."""
    return "\0" not in text and text.isprintable() or _encodes(text)
