"""The strangers of `siege`, in a process of their own; what became of them is told at a line."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Annotated

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cyclopts import Parameter
from parts import lines

from contactcentre.cli import command
from contactcentre.features.accounts.hashing import step_back
from contactcentre.settings import Settings
from contactcentre.telephony import open_files
from lab.strangers import Siege, besieging

HERE_WITHIN_S = 60.0

NICE = 19
"""Strangers bring processors of their own; here they get what the others leave of this machine's,
the hashing of passwords included. How many log-ins and calls they came to is told."""

app = command.program("siege_strangers")

Count = Annotated[int, Parameter(help="so many")]


@app.default
async def run(
    *, idle: Count, slow: Count, log_ins: Count, invites: Count, settings: Settings
) -> None:
    """Besiege the hotline of these settings."""
    os.setsid()
    step_back(NICE)
    open_files.raise_to(open_files.SPARE + 5 * idle + slow)
    siege = Siege(
        settings=settings,
        idle=idle,
        slow=slow,
        log_ins_per_s=log_ins,
        invites_per_s=invites,
        names=("admin", "b1000", "b1001", "b1002", "s0", "root"),
    )
    async with besieging(siege) as strangers:
        async with asyncio.timeout(HERE_WITHIN_S):
            await strangers.there.wait()
        print("there", flush=True)
        async for _ in lines():
            print(json.dumps(strangers.told), flush=True)


if __name__ == "__main__":
    sys.exit(command.run(app))
