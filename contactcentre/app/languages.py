"""The panel's languages, for what is sent in words; read when first asked for."""

from __future__ import annotations

from collections.abc import Mapping

from agents_ui.shell import texts


def languages() -> Mapping[str, texts.Language]:
    """By their codes, everybody's own first."""
    return texts.read()
