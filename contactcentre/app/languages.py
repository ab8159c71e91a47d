"""The panel's languages, for what is sent in words; read when the first message is written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from agents_ui.shell import texts


@cache
def languages() -> Mapping[str, texts.Language]:
    """By their codes, everybody's own first."""
    return texts.read()
