"""Values to JSON and back, for what must survive a restart.

A string that is no valid Unicode (half an emoji cut off by a browser) is mended here, so that one
note can never stop the journal.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

Broken = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What `decode` raises; a value of another shape is one too."""


def encode(value: object) -> bytes:
    """The JSON text of any value, UTF-8."""
    return encoded(value)[0]


def encoded(value: object) -> tuple[bytes, bool]:
    """The same, and whether it was to be mended."""
    try:
        return msgspec.json.encode(value), False
    except UnicodeEncodeError:
        return msgspec.json.encode(_mended(msgspec.to_builtins(value))), True


def decode(data: bytes | str, kind: type[T]) -> T:
    """The value of type `kind`; unknown fields are skipped, missing ones take their defaults."""
    return msgspec.json.decode(data, type=kind)


def _mended(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {_mended(key): _mended(item) for key, item in value.items()}
        case list() | tuple():
            return [_mended(item) for item in value]
        case _:
            return value
