"""The command `check` where there is nothing yet: every part is tried, and told in a line."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from contactcentre import paths
from contactcentre.cli.check import PARTS, check
from contactcentre.settings import Settings
from contactcentre.telephony.directory import Directory

pytestmark = pytest.mark.integration


async def test_a_machine_where_nothing_runs(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    free_port: Callable[[], int],
) -> None:
    """No part keeps the others from being tried, and each that fails says what to do."""
    for name in ("PORT", "AMI_PORT", "AGI_PORT", "SIP_WEBSOCKET_PORT"):
        monkeypatch.setenv(f"CC_{name}", str(free_port()))
    monkeypatch.setenv("CC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CC_CACHE", str(tmp_path / "cache"))
    failed = await check(settings=Settings.load())
    told = capsys.readouterr().out
    lines = [line for line in told.splitlines() if line.startswith(("ok", "FAIL", "lacks"))]
    assert [line[6:24].rstrip() for line in lines] == [part.name for part in PARTS]
    assert "prompt missing" not in told  # it is counted, not told one by one
    assert told.count("FAIL") == failed >= 6
    assert told.count("->") == failed + told.count("lacks ")
    assert "run: contactcentre migrate" in told
    assert "run: contactcentre prompts" in told
    assert "start the service: contactcentre serve" in told


async def test_a_clock_that_nobody_sets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not well, and has not failed: it is told with what to do."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace(adjtimex=lambda _: 5))
    (clock,) = [part for part in PARTS if part.name == "clock"]
    monkeypatch.setattr("contactcentre.cli.check.PARTS", [clock])
    assert await check(settings=Settings.model_validate({"home": tmp_path, "sample": True})) == 0
    told = capsys.readouterr().out
    assert told.startswith("lacks clock")
    assert "-> install chrony" in told


async def test_an_exchange_that_asks_before_it_answers(tmp_path: Path) -> None:
    """A phone that registers anew is asked for its options first; its answer is waited for."""

    async def exchange(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("sip",))
        await socket.prepare(request)
        await socket.receive_str()
        for first in ("OPTIONS sip:check@check.invalid SIP/2.0", "SIP/2.0 200 OK"):
            await socket.send_str(f"{first}\r\nCall-ID: x\r\nCSeq: 1 x\r\n\r\n")
        await socket.receive()
        return socket

    app = web.Application()
    app.router.add_get("/ws", exchange)
    (phone,) = [part for part in PARTS if part.name == "browser phone"]
    async with TestServer(app) as server:
        made = {"home": tmp_path, "sip_websocket_port": server.port}
        settings = Settings.model_validate(made)
        Directory(paths.directory(settings)).create()
        assert (await phone.examine(settings)).startswith("registered")
