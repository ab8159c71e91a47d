"""Recognises prompts in what a telephone has heard, for tests on a real Asterisk."""

from __future__ import annotations

import asyncio
from pathlib import Path

from contactcentre import paths
from lab import g711
from lab.hotline import Rehearsal, until
from lab.telephone import PhoneCall


async def hears(hotline: Rehearsal, talk: PhoneCall, *prompts: str, language: str = "lv") -> None:
    """Return when these have been heard, in this order."""
    folder = paths.prompts(hotline.settings) / language
    sounds = [await asyncio.to_thread(_telling, folder / f"{key}.wav") for key in prompts]

    def recognised() -> int:
        sound, at = talk.media.heard(), 0
        for number, pieces in enumerate(sounds):
            found = [where for piece in pieces if (where := sound.find(piece, at)) >= 0]
            if not found:
                return number
            at = min(found)
        return len(sounds)

    async def holds() -> bool:
        return recognised() == len(sounds)

    try:
        await until(holds, "not heard")
    except AssertionError:
        raise AssertionError(f"{prompts[recognised()]} was not heard in its turn") from None


def _telling(path: Path) -> list[bytes]:
    """Hundredths of a second from the beginning of a prompt as they go over the line, those first
    that are least like silence. Asterisk rounds a sample in some hundreds otherwise than we do, so
    one of several is enough."""
    sound = g711.read(path)[800:8800]
    pieces = [sound[at : at + 80] for at in range(0, len(sound) - 80, 80)]
    return sorted(pieces, key=lambda piece: -len(set(piece)))[:8]
