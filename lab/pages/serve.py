"""`python -m lab pages`: every page in every state, to be looked at; the log-in page names them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web

from agents_ui.app import build
from agents_ui.shell import assets
from agents_ui.shell.port import PanelSettings, PhoneLogin, SampleLogin
from agents_ui.shell.server import PanelRunner
from contactcentre.engine.clock import now
from contactcentre.storage import database
from lab.pages import asked, assessed, foreseen, reported, sample, throng
from lab.pages.people import AGENTS, PASSWORD
from lab.pages.stage import WEBSOCKET, staged


def settings(origin: str) -> PanelSettings:
    """A demonstration's settings: sample log-ins on the log-in page, and the citizen's phone."""
    names = [*AGENTS, "board"]
    return PanelSettings(
        origin=origin,
        secure=False,
        demo_phone=PhoneLogin(
            uri="sip:citizen@127.0.0.1",
            password=PASSWORD,
            websocket=WEBSOCKET,
            display_name="Citizen",
        ),
        phone_origins=(WEBSOCKET.removesuffix("/ws"),),
        samples=tuple(SampleLogin(username=name, password=PASSWORD, label=name) for name in names),
    )


@asynccontextmanager
async def pages(
    prepared: sample.Prepared, given: PanelSettings, *, crowded: bool = False
) -> AsyncIterator[web.Application]:
    """The panel over a hotline of its own, `crowded` with hundreds at work; edited styles and
    scripts show at the next reload."""
    if crowded:
        prepared = replace(prepared, network=throng.network(prepared.network))
    with TemporaryDirectory(prefix="cc-pages-") as home:
        async with staged(prepared, Path(home)) as stage:
            if crowded:
                stage.clock_steps(now() - stage.at)
                throng.Throng(stage).come()
            yield build(stage.ports(given), read_assets=assets.watched())


async def prepare(home: Path) -> sample.Prepared:
    """Everything that stands behind a page, in one database."""
    prepared = await reported.prepare(home)
    async with database.opened(f"sqlite:///{prepared.path}") as engine:
        await foreseen.lay(engine)
        await asked.lay(engine)
        await assessed.lay(engine, prepared.network)
    return prepared


async def serve(host: str, port: int) -> None:
    """Serve until cancelled."""
    with TemporaryDirectory(prefix="cc-pages-") as home:
        prepared = await prepare(Path(home))
        async with pages(prepared, settings(f"http://{host}:{port}")) as app:
            runner = PanelRunner(app, shutdown_timeout=1)
            await runner.setup()
            try:
                await web.TCPSite(runner, host, port).start()
                await asyncio.Event().wait()
            finally:
                await runner.cleanup()
