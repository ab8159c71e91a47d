"""`contactcentre synthetic`: one call that tries the hotline, as a timer makes it each minute."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3

from contactcentre import paths
from contactcentre.app import availability
from contactcentre.cli import console
from contactcentre.cli.command import program
from contactcentre.engine.clock import now
from contactcentre.settings import Settings
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.synthetic import ENDPOINT
from contactcentre.telephony.synthetic_caller import NotServed, ring

app = program("synthetic")


@app.default
@console.telling(NotServed)
async def synthetic(*, settings: Settings) -> None:
    """Ring the hotline, hear the greeting, hang up, and count it; no agent's phone rings."""
    heard_s = None
    try:
        heard_s = await _rung(settings)
    finally:
        await asyncio.to_thread(_count, settings, heard_s)
    console.say(f"the greeting is heard after {heard_s:.2f} s")


async def _rung(settings: Settings) -> float:
    """Its secret is good for this call only. Raises `NotServed`."""
    directory = Directory(paths.directory(settings))
    secret = secrets.token_urlsafe(24)
    try:
        await asyncio.to_thread(lambda: directory.enrol(ENDPOINT, secret, kind="desk"))
        try:
            return await ring(secret, (settings.sip_host, settings.sip_port))
        finally:
            await asyncio.to_thread(directory.withdraw, ENDPOINT)
    except sqlite3.Error:
        raise NotServed("the directory of phones cannot be written") from None


def _count(settings: Settings, heard_s: float | None) -> None:
    file = paths.availability(settings)
    availability.write(file, availability.read(file).after(now(), heard_s))
