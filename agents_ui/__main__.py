"""`python -m agents_ui`: look at every page in every state, with nothing behind it but fakes."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Sequence

from aiohttp import web

from agents_ui.app import build
from agents_ui.preview import samples
from agents_ui.preview.fakes import PASSWORD, Fakes, fakes
from agents_ui.shell import assets
from agents_ui.shell.port import PanelSettings, PhoneLogin, SampleLogin


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the preview until Ctrl-C; a log-in per scene stands on the log-in page."""
    parser = argparse.ArgumentParser(prog="python -m agents_ui", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    options = parser.parse_args(arguments)
    origin = f"http://{options.host}:{options.port}"
    app = preview(fakes(settings(origin)))
    web.run_app(app, host=options.host, port=options.port, access_log=None)


def settings(origin: str) -> PanelSettings:
    """A demonstration's settings: sample log-ins on the log-in page, and the citizen's phone."""
    names = [*samples.AGENTS, "board", "admin"]
    return PanelSettings(
        origin=origin,
        secure=False,
        demo_phone=PhoneLogin(
            uri="sip:citizen@127.0.0.1",
            password=PASSWORD,
            websocket="ws://127.0.0.1:18999/ws",
            display_name="Citizen",
        ),
        phone_origins=("ws://127.0.0.1:18999",),
        samples=tuple(SampleLogin(username=name, password=PASSWORD, label=name) for name in names),
    )


def preview(world: Fakes) -> web.Application:
    """The panel over fakes; edited styles and scripts show at the next reload."""
    app = build(world.ports, read_assets=assets.watched())

    async def keep_moving(_: web.Application) -> AsyncIterator[None]:
        moving = asyncio.create_task(_move(world))
        yield
        moving.cancel()
        await asyncio.wait([moving])

    app.cleanup_ctx.append(keep_moving)
    return app


async def _move(world: Fakes) -> None:
    while True:
        await asyncio.sleep(1)
        world.board.changed.tell()


if __name__ == "__main__":
    main()
