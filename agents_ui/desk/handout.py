"""What citizens are sent of a service card, in words."""

from __future__ import annotations

from typing import Final

from agents_ui.desk.port import HandoutOf
from agents_ui.shell.port import ServiceCard
from agents_ui.shell.texts import Language

LONGEST: Final = 450
"""Of a text: three text messages with Latvian letters are 201, seven are 469."""


def handout(language: Language, card: ServiceCard, of: HandoutOf) -> tuple[str, str]:
    """Subject and text: the card's words and no others."""
    if of == "link":
        text = f"{card.name}: {card.link}"
    else:
        text = language.text(
            "{name}. Needed: {documents}", name=card.name, documents=card.documents
        )
    if len(text) > LONGEST:
        text = text[: LONGEST - 1].rstrip() + "…"
    return card.name, text
