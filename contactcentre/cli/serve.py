"""`contactcentre serve`: the service itself."""

from __future__ import annotations

from contactcentre.app import service
from contactcentre.cli.command import program
from contactcentre.cli.console import telling
from contactcentre.settings import Settings
from contactcentre.storage.spool import SpoolFailed
from contactcentre.telephony.free_ports import PortTaken

app = program("serve")


@app.default
@telling(PortTaken, SpoolFailed)
async def serve(*, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    await service.serve(settings)
