"""What people write in the network and callers hear, rendered anew whenever a text changes.

Names of hotlines and municipalities, notices of known events, what crisis plans say, and what menus
say in words of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import structlog

from contactcentre.core.config.municipalities import prompt
from contactcentre.core.config.network import Network
from contactcentre.core.config.opening import name
from contactcentre.features.prompts.document import (
    VOICES,
    PromptError,
    catalogue,
    with_words,
)
from contactcentre.features.prompts.playable import Library
from contactcentre.features.prompts.rendering import render
from contactcentre.features.prompts.speaker import ESPEAK, Speaker

log = structlog.get_logger(__name__)


def texts(network: Network) -> dict[str, dict[str, str]]:
    """Language -> prompt key -> label or notice, for the languages that can be spoken."""
    found: dict[str, dict[str, str]] = {}
    for hotline in network.hotlines.values():
        for language, label in hotline.labels.items():
            if language in VOICES and label.strip():
                found.setdefault(language, {})[name(hotline.number)] = label
    for plan in network.plans.values():
        for language, texts_of_plan in plan.texts.items():
            found.setdefault(language, {}).update(texts_of_plan)
    for notice in network.notices:
        for language, text in notice.texts.items():
            if language in VOICES and text.strip():
                found.setdefault(language, {})[notice.prompt] = text
    for one in network.municipalities.values():
        found.setdefault("lv", {})[prompt(one.municipality_id)] = one.name
    for flow in (*network.flows.values(), *network.earlier.values()):
        for language, own in flow.texts.items():
            found.setdefault(language, {}).update(own)
    return found


def all_texts(directory: Path, network: Network) -> dict[str, dict[str, str]]:
    """Language -> prompt key -> text of all that callers of a network may hear; `directory` is that
    of the catalogue. Raises PromptError."""
    found = with_words(catalogue(directory))
    for language, own in texts(network).items():
        found[language] = {**found.get(language, {}), **own}
    return found


class SpokenNames:
    """Renders the names of a running service's network: at its start, and after each change."""

    def __init__(self, library: Library, recordings: Path, speaker: Speaker = ESPEAK) -> None:
        self._library = library
        self._recordings = recordings
        self._speaker = speaker
        self._wanted: Mapping[str, Mapping[str, str]] = {}
        self._rendered: Mapping[str, Mapping[str, str]] = {}
        self._changed = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    def note(self, network: Network) -> None:
        """What is to be spoken from now on."""
        self._wanted = texts(network)
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled. A name that cannot be rendered is a tone, never a reason to stop."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._wanted != self._rendered:
                await self._render(self._wanted)

    async def render(self, wanted: Mapping[str, Mapping[str, str]]) -> None:
        """Have these said, before anybody may ask for them. Raises PromptError, OSError."""
        async with self._one_at_a_time:
            report = await render(
                wanted, self._library.out, recordings=self._recordings, speaker=self._speaker
            )
        if report.rendered or report.recorded:
            self._library.reload()

    async def _render(self, wanted: Mapping[str, Mapping[str, str]]) -> None:
        try:
            await self.render(wanted)
        except (PromptError, OSError) as error:
            log.error("names_not_rendered", action="names_not_rendered", error=type(error).__name__)
            return
        self._rendered = wanted
