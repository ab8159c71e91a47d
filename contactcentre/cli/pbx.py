"""`contactcentre pbx`: Asterisk with its rendered configuration."""

from __future__ import annotations

from contactcentre.app.systemd import Unit
from contactcentre.cli.command import program
from contactcentre.cli.console import telling
from contactcentre.paths import pbx_settings
from contactcentre.settings import Settings
from contactcentre.telephony.binary import PbxFailed
from contactcentre.telephony.pbx import main_pbx

app = program("pbx")


@app.default
@telling(PbxFailed)
async def pbx(*, settings: Settings) -> None:
    """Keep one Asterisk running until SIGTERM or SIGINT."""
    unit = Unit.ours()
    await main_pbx(pbx_settings(settings), ready=lambda: unit.tell("READY=1"))
