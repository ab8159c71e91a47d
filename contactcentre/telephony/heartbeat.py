"""The heartbeat: a global variable of Asterisk by which the dialplan knows that a service lives.

The kernel goes on accepting connections for a process that is frozen, and a caller who waits on one
is lost to everybody else. So the dialplan passes over a service whose heart has stopped; one of
which it has never heard is asked.
"""

from __future__ import annotations

import re
from typing import Final

from contactcentre.telephony.ami import Ami

BEAT_S: Final = 1.0

STOPPED_S: Final = 4
"""After so many seconds without a beat the dialplan asks elsewhere."""


def variable(address: str) -> str:
    """The global of the service at that `host:port`."""
    return "CC_ALIVE_" + re.sub(r"\W", "_", address)


async def beat(ami: Ami, name: str) -> None:
    """Write the time into that global, by Asterisk's own clock. Raises AmiError."""
    await ami.action("Setvar", {"Variable": name, "Value": await ami.value("EPOCH")})
