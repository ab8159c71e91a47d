"""A telephone on a table that rings answers by itself: asked for on the desk's page.

A NOTIFY with `Event: talk` in the dialog that rings asks a telephone to answer (BroadSoft's remote
control: Yealink, Snom, Poly, Grandstream and Cisco know it). One that knows it says so in its
answers (`Allow-Events: talk`); to another it is never sent, for a refusal with 481 ends the call
(RFC 3261, 12.2.1.2). Asterisk sends it by its command line, also in a dialog that is early (tried:
22.10), and by an action of the manager for which an account needs rights that amount to a shell. So
the service asks by an event of the manager's, and Asterisk's keeper gives the order
(docs/decisions/0050).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, Never

from contactcentre.telephony.ami import Ami, AmiMessage, AmiSettings
from contactcentre.telephony.binary import AsteriskBinary
from contactcentre.telephony.genuine import is_whole
from contactcentre.telephony.pbx_command import command
from contactcentre.telephony.pbx_config import PbxSettings

ANSWER: Final = "CCAnswer"

MOST: Final = 64
"""So many wait at most; whoever asks in vain lifts the receiver."""

_LEG = re.compile(r"PJSIP/([A-Za-z0-9_.-]+)-[0-9a-f]{8}")


def known_by(leg: str) -> str:
    """The global variable that is 1 where that telephone knows it (context cc-remote)."""
    match = _LEG.fullmatch(leg)
    return f"CC_REMOTE_{match[1]}" if match is not None else ""


def asked(leg: str) -> Mapping[str, str]:
    """The event, as the service orders it."""
    return {"UserEvent": ANSWER, "Channel": leg}


def leg_in(message: AmiMessage) -> str | None:
    """The leg that is to answer; None where that is not what is told. Nothing but a channel's name
    comes through: it becomes part of a command."""
    leg = message.get("Channel", "")
    told = message.get("UserEvent") == ANSWER and is_whole(message)
    return leg if told and _LEG.fullmatch(leg) else None


async def attend(settings: PbxSettings, binary: AsteriskBinary) -> Never:
    """Have telephones answer, until cancelled."""
    legs: asyncio.Queue[str] = asyncio.Queue(MOST)

    def on_event(message: AmiMessage) -> None:
        leg = leg_in(message)
        if leg is not None and not legs.full():
            legs.put_nowait(leg)

    ami = Ami(_account(settings), on_event=on_event, on_link=lambda _: None)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(ami.run(), name="pbx ami")
        while True:
            leg = await legs.get()
            with suppress(OSError):  # no process could be started: the receiver is lifted by hand
                await command(settings, binary, f"pjsip send notify talk channel {leg}")


def _account(settings: PbxSettings) -> AmiSettings:
    return AmiSettings(
        host=settings.ami_host,
        port=settings.ami_port,
        username=settings.ami_user,
        secret=settings.ami_secret,
        events="user",
        ping_interval_s=5.0,
        ping_deadline_s=15.0,
        boot_wait_s=0.0,  # what would be waited for is none of these events
    )
