"""Text as it is searched: however somebody types it."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Without marks over letters and without capitals: `Ķekava` is `kekava`."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
