"""The call that tries the hotline: what it is told apart by, and how the service answers it.

It comes in as a caller's does, by SIP, the dialplan, FastAGI and the manager's link, and hears the
greeting. It has a context and a request of its own, so it is no call of World's: no queue, no agent
and no figure ever sees it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from contactcentre.telephony.agi import AgiError, AgiSession
from contactcentre.telephony.dialling import REPLY_S
from contactcentre.telephony.leash import Prompts

ENDPOINT: Final = "synthetic-call"
"""Its phone in the directory; the context belongs to it alone."""

CONTEXT: Final = "cc-synthetic"

SCRIPT: Final = "synthetic"
"""The path of its request."""

GREETING: Final = "greeting"
GREETING_S: Final = 15.0


def is_synthetic(session: AgiSession) -> bool:
    """Whether this is that call, and nobody's."""
    return session.env.get("agi_network_script") == SCRIPT


async def greet(session: AgiSession, prompts: Prompts, *, able: Callable[[], bool]) -> None:
    """Say the greeting, if a citizen's call could be taken, and end it."""
    with suppress(AgiError):  # it hangs up as soon as it has heard enough
        if able():
            file = str(prompts.resolve(GREETING, "lv"))
            await session.command("STREAM FILE", file, "", timeout_s=GREETING_S)
        await session.command("HANGUP", timeout_s=REPLY_S)
