"""What passes between the service and Asterisk's manager, and each variable that is set, on record.

The service's manager port is one of ours, which hands everything on; for the variables there is an
account of its own, whose Asterisk tells of them (`lab/asterisk_overheard`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Final, Never

from contactcentre.telephony.ami_message import AmiMessage
from contactcentre.telephony.pbx import Pbx
from contactcentre.telephony.pbx_config import PbxSettings
from lab import LAB
from lab.overheard import ASKED, TOLD, VARIABLES, line_of
from lab.traces import Traces
from lab.wire import wire

OVERLAY: Final = LAB / "asterisk_overheard"
USER: Final = "overheard"
AGAIN_S: Final = 0.1
END: Final = b"\r\n\r\n"


def overheard(pbx: PbxSettings) -> PbxSettings:
    """The same Asterisk, which tells of variables as well."""
    return replace(pbx, overlay=OVERLAY)


@asynccontextmanager
async def recording(pbx: Pbx, port: int, traces: Traces) -> AsyncIterator[None]:
    """While the block runs the manager of `pbx` is at `port` too, and all that is said there, and
    every variable, becomes a trace."""
    settings = pbx.settings

    def heard(connection: int, way: str, data: bytes) -> None:
        traces.keep(f"ami/{connection}{ASKED if way == 'there' else TOLD}", data)

    listening = asyncio.create_task(_listen(settings, traces), name="variables")
    try:
        async with wire(port, settings.ami_host, settings.ami_port, heard=heard):
            yield
    finally:
        listening.cancel()
        await asyncio.wait([listening])


async def _listen(settings: PbxSettings, traces: Traces) -> Never:
    """An Asterisk that has gone is waited for."""
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            await _hear(settings, traces)
        await asyncio.sleep(AGAIN_S)


async def _hear(settings: PbxSettings, traces: Traces) -> None:
    reader, writer = await asyncio.open_connection(settings.ami_host, settings.ami_port)
    try:
        login = f"Action: Login\r\nUsername: {USER}\r\nSecret: {settings.ami_secret}"
        writer.write(login.encode() + END)
        while True:
            block = await reader.readuntil(END)
            message = AmiMessage.read(block.decode("utf-8", "replace").strip("\r\n"))
            if message is not None and message.event == "VarSet":
                names = ("Channel", "Variable", "Value")
                line = line_of(*(message.get(name, "") for name in names))
                traces.keep(f"channels{VARIABLES}", line.encode())
    finally:
        writer.close()
