"""Who speaks what no person has recorded: espeak-ng on this machine, or a service over HTTP.

A service gets `{"text": ..., "language": ...}` as JSON by POST and answers with a WAV file, as
Piper's own server does. It is asked once for each text: what it said is kept until the text, or the
service, changes (`rendering`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout

from contactcentre.features.prompts.document import VOICES, PromptError
from contactcentre.features.prompts.sounds import run

WORDS_PER_MINUTE = 155
"""Slower than usual speech: many callers are old, many lines are poor."""

LARGEST = 16 * 2**20
"""Bytes of one answer; minutes of speech are less."""

_PATIENCE = ClientTimeout(total=60)


class Speaker(Protocol):
    """Makes speech of a text."""

    def voice(self, language: str) -> str:
        """What the speech of a language depends on; empty where there is none."""

    async def speak(self, text: str, language: str, to: Path) -> None:
        """Write a WAV file. Raises PromptError."""


@dataclass(frozen=True, slots=True)
class Espeak:
    """The voices of espeak-ng."""

    voices: Mapping[str, str]

    def voice(self, language: str) -> str:
        """See `Speaker`."""
        return self.voices.get(language, "")

    async def speak(self, text: str, language: str, to: Path) -> None:
        """See `Speaker`."""
        how = ("-v", self.voice(language), "-s", str(WORDS_PER_MINUTE), "--stdin", "-w", str(to))
        await run("espeak-ng", *how, given=text.encode())


ESPEAK = Espeak(VOICES)


@dataclass(frozen=True, slots=True)
class HttpSpeaker:
    """A service at an address."""

    url: str

    def voice(self, language: str) -> str:
        """See `Speaker`."""
        return f"{self.url} {language}"

    async def speak(self, text: str, language: str, to: Path) -> None:
        """See `Speaker`."""
        asked = {"text": text, "language": language}
        try:
            async with (
                ClientSession(timeout=_PATIENCE) as session,
                session.post(self.url, json=asked, allow_redirects=False) as answer,
            ):
                if answer.status != 200:
                    raise PromptError(f"{self.url} answers {answer.status} in '{language}'")
                speech = bytearray()
                async for piece in answer.content.iter_any():
                    speech += piece
                    if len(speech) > LARGEST:
                        raise PromptError(f"{self.url} answers more than {LARGEST} bytes")
        except (ClientError, TimeoutError) as error:
            wrong = type(error).__name__
            raise PromptError(f"{self.url} cannot be asked ({wrong}): see CC_SPEAKER") from None
        if not (speech.startswith(b"RIFF") and speech[8:12] == b"WAVE"):
            raise PromptError(f"{self.url} answers with something that is no WAV file")
        await asyncio.to_thread(to.write_bytes, speech)


async def said(voice: Speaker, text: str, language: str) -> bytes:
    """A text as WAV, kept nowhere. Raises PromptError, OSError."""
    with TemporaryDirectory() as folder:
        made = Path(folder, "said.wav")
        await voice.speak(text, language, made)
        return await asyncio.to_thread(made.read_bytes)


def speaker(url: str) -> Speaker:
    """The one at an address, or the one of this machine."""
    return HttpSpeaker(url) if url else ESPEAK
