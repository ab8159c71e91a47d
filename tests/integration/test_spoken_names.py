"""Names of hotlines become prompts, also while the service runs."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from contactcentre.core.config.network import Hotline, Network
from contactcentre.features.prompts.playable import Library
from contactcentre.features.prompts.spoken_names import SpokenNames, texts
from lab.hotline import until

pytestmark = pytest.mark.integration


def network(**labels: str) -> Network:
    """One number with these labels."""
    hotline = Hotline(number="60000101", labels=labels, flow="hotline")
    return Network(version=1, hotlines={hotline.number: hotline})


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "prompts")


async def until_said(library: Library, *, other_than: bytes = b"") -> bytes:
    """The sound of the name, once it is there and is another one."""
    made = library.out / "lv/name/60000101"

    async def holds() -> bool:
        there = library.resolve("name/60000101", "lv") == made
        return there and made.with_suffix(".wav").read_bytes() != other_than

    await until(holds, "not rendered")
    return made.with_suffix(".wav").read_bytes()


def test_names_are_labels_in_languages_that_can_be_spoken() -> None:
    """By number; an empty label, or one in a language without a voice, is no name."""
    assert texts(network(lv="Viesītes centrs", ru=" ", et="Viesīte")) == {
        "lv": {"name/60000101": "Viesītes centrs"}
    }


async def test_a_changed_name_is_rendered_while_the_service_runs(library: Library) -> None:
    """At the start and after a publication; one that changes no name costs nothing."""
    given = network(lv="Viesītes centrs")
    names = SpokenNames(library, library.out / "own")
    names.note(given)
    running = asyncio.create_task(names.run())
    try:
        before = await until_said(library)
        names.note(given)
        names.note(replace(network(lv="Aknīstes centrs"), version=2))
        await until_said(library, other_than=before)
    finally:
        running.cancel()
        await asyncio.wait([running])


async def test_a_name_that_cannot_be_rendered_stops_nothing(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is reported, and tried again with the next publication."""
    names = SpokenNames(library, library.out / "own")
    names.note(network(lv="Viesītes centrs"))
    with capture_logs() as logs, monkeypatch.context() as without:
        without.setenv("PATH", "")
        running = asyncio.create_task(names.run())

        async def reported() -> bool:
            return bool(logs)

        await until(reported, "nothing was reported")
    assert [entry["error"] for entry in logs] == ["PromptError"]
    try:
        names.note(replace(network(lv="Viesītes centrs"), version=2))
        await until_said(library)
    finally:
        running.cancel()
        await asyncio.wait([running])
