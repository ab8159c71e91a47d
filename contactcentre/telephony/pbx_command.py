"""Asterisk's command line, as its keeper uses it: for the few orders that no account of the manager
may give, because those who may could as well run programs."""

from __future__ import annotations

import asyncio
import os
from typing import Final

from contactcentre.telephony.binary import AsteriskBinary
from contactcentre.telephony.pbx_config import PbxSettings

WITHIN_S: Final = 10.0


async def command(settings: PbxSettings, binary: AsteriskBinary, line: str) -> bool:
    """Whether Asterisk has taken the order. Raises `OSError` where no process could be started."""
    process = await asyncio.create_subprocess_exec(
        *binary.argv,
        *("-C", str(settings.etc / "asterisk.conf"), "-rx", line),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, **binary.environment},
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            return await process.wait() == 0
    except TimeoutError:
        return False
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
