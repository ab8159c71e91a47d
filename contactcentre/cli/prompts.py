"""`contactcentre prompts`: the speech, from texts and from what people have recorded."""

from __future__ import annotations

from itertools import count
from typing import Annotated

from cyclopts import Parameter

from contactcentre import paths
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.features.prompts.document import PromptError, catalogue, with_words
from contactcentre.features.prompts.recorded import survey
from contactcentre.features.prompts.rendering import build
from contactcentre.features.prompts.script import minutes
from contactcentre.features.prompts.script import script as sheet
from contactcentre.features.prompts.speaker import speaker
from contactcentre.settings import Settings

app = program("prompts")


@app.default
@console.telling(PromptError)
async def prompts(
    *,
    missing: Annotated[bool, Parameter(help="only list what no person has recorded")] = False,
    script: Annotated[bool, Parameter(help="only print the sheet for a person to read")] = False,
    language: Annotated[str, Parameter(help="of the sheet")] = "lv",
    settings: Settings,
) -> None:
    """Render what has changed."""
    if missing:
        _tell_missing(settings)
        return
    if script:
        _print_sheet(settings, language)
        return
    report = await build(
        settings.config / "prompts",
        paths.prompts(settings),
        recordings=paths.own_recordings(settings),
        speaker=speaker(settings.speaker),
    )
    console.say(report)


def _tell_missing(settings: Settings) -> None:
    texts = with_words(catalogue(settings.config / "prompts"))
    found = list(survey(texts, paths.own_recordings(settings)))
    lacking = [one for one in found if one.state != "recorded"]
    for one in lacking:
        console.say(f"{one.language}  {one.state:12}  {one.key:24}  {one.text}")
    console.say(f"{len(found) - len(lacking)} of {len(found)} prompts are recorded")


def _print_sheet(settings: Settings, language: str) -> None:
    sections = sheet(catalogue(settings.config / "prompts"), language)
    numbers = count(1)
    for section in sections:
        console.say(f"{section.title}: {len(section.lines)}")
        for key, text in section.lines:
            console.say(f"{next(numbers):4}  {key + '.wav':24}  {text}")
    folder = paths.own_recordings(settings) / language
    console.say(f"about {minutes(sections)} minutes of recording; the files belong in {folder}")
