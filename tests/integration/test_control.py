"""The command line and the running service, over the socket file."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from contactcentre import paths
from contactcentre.app.control import Control, NotRunning, ask
from contactcentre.cli.crisis import crisis
from contactcentre.features.crisis.control import CrisisCommands
from contactcentre.features.crisis.service import CrisisService
from contactcentre.settings import Settings
from lab.pages.sample import Prepared, prepare
from lab.pages.stage import staged

pytestmark = pytest.mark.integration


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home of its own."""
    return Settings.model_validate({"home": tmp_path})


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The database of every test, to be copied."""
    return asyncio.run(prepare(tmp_path_factory.mktemp("prepared")))


@pytest.fixture
async def room(prepared: Prepared, tmp_path: Path) -> AsyncIterator[CrisisService]:
    """The switch, off."""
    (tmp_path / "stage").mkdir()
    async with staged(prepared, tmp_path / "stage") as stage:
        yield stage.crisis


@pytest.fixture
async def service(settings: Settings, room: CrisisService) -> AsyncIterator[Path]:
    """A service that answers; where its socket file is."""
    path = paths.control(settings)
    path.touch()  # left by one that was killed
    switch = CrisisCommands(room)
    doings = {"crisis-on": switch.on, "crisis-off": switch.off, "crisis-status": switch.status}
    running = asyncio.create_task(Control(path, doings).run())
    async with asyncio.timeout(10):
        while not path.is_socket():  # noqa: ASYNC110 - the file is all that tells
            await asyncio.sleep(0.01)
    yield path
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def command(settings: Settings, act: str, **given: object) -> int:
    """`contactcentre crisis ...`"""
    words = {"plan": "storm", "hours": 2.0, "reason": "vētra", **given}
    return await crisis(act, **words, settings=settings)  # type: ignore[arg-type]


async def test_on_status_off(
    settings: Settings, service: Path, room: CrisisService, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command is done in the running service, and says how things stand."""
    assert await command(settings, "on") == 0
    on = room.current()
    assert on is not None
    assert (on.why, on.until - on.began_at) == ("vētra", 7200)
    assert await command(settings, "status") == 0
    assert capsys.readouterr().out.count("ON: Vētra") == 2
    assert await command(settings, "off") == 0
    assert room.current() is None
    assert "prepared plans:\n  emergency" in capsys.readouterr().out
    assert await command(settings, "off") == 1
    assert "is not on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"plan": "gone"}, "--plan must be one of: emergency, storm"),
        ({"plan": None}, "--plan must be one of"),
        ({"hours": None}, "--hours must be more than 0"),
        ({"hours": 9999.0}, "--hours must be more than 0 and at most 168"),
        ({"reason": None}, "--reason must say why"),
    ],
)
async def test_what_is_missing_is_said(
    settings: Settings,
    service: Path,
    room: CrisisService,
    capsys: pytest.CaptureFixture[str],
    given: dict[str, object],
    said: str,
) -> None:
    """Nothing is switched."""
    assert await command(settings, "on", **given) == 1
    assert said in capsys.readouterr().err
    assert room.current() is None


async def test_no_service(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Said in words, with what to look at."""
    assert await command(settings, "status") == 1
    assert "no service is running with this CC_HOME" in capsys.readouterr().err


async def test_only_the_owner_may_open_it(service: Path) -> None:
    """The file's mode is the whole protection."""
    assert stat.S_IMODE(service.stat().st_mode) == 0o600  # noqa: ASYNC240


async def test_nonsense_is_answered(service: Path) -> None:
    """And does no harm."""
    assert await ask(service, {"do": "nothing known"}) == {"error": "unknown request"}
    reader, writer = await asyncio.open_unix_connection(service)
    writer.write(b"\xff{\n")
    assert b"not understood" in await reader.readline()
    writer.close()
    await writer.wait_closed()
    with pytest.raises(NotRunning):
        await ask(service.with_name("nowhere"), {})
