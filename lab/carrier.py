"""The demonstration's carrier: a second Asterisk at an address of its own, and who rings there."""

from __future__ import annotations

import asyncio
import secrets
import signal
from pathlib import Path

import structlog

from contactcentre import paths
from contactcentre.core.config.trunk import Trunk
from contactcentre.features.prompts.rendering import render
from contactcentre.settings import Settings
from contactcentre.telephony.ami import AmiSettings
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import Pbx, PbxFailed, PbxSettings, running
from lab import LAB, browser_phone
from lab.browser_phone import HOST
from lab.citizens import LINE, Citizens
from lab.habits import Habits

log = structlog.get_logger(__name__)

RTP_PORTS = 4000


class Stopped(Exception):
    """Somebody asked the demonstration to end; it is how the TaskGroup is told."""


async def run_carrier(settings: Settings, rate: float) -> None:
    """Run carrier and citizens, `rate` calls an hour, until SIGTERM or SIGINT.

    Raises `PbxFailed`, alone or in a group, when the carrier's Asterisk does not start or ends by
    itself. The browser telephone's log-in goes with an orderly end only: after a crash the carrier
    is started again, and the service still knows the old one.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    # First of all: the service looks for it when it starts.
    login = await asyncio.to_thread(browser_phone.prepared, settings)
    habits = await asyncio.to_thread(Habits.load, LAB / "citizens.yaml")
    await render(habits.texts, lines(settings), rates=(8000,))
    here = carrier_pbx(settings)
    await asyncio.to_thread(_provision, Directory(here.directory), settings, login.password)
    async with running(here) as pbx:
        citizens = Citizens(
            habits, carrier=manager_of(pbx.settings), hotline=paths.ami_settings(settings)
        )
        log.info("carrier_ready", action="carrier_ready", pid=pbx.pid, rate_per_hour=rate)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(citizens.run(rate), name="citizens")
                tasks.create_task(_ends(pbx), name="carrier ended")
                await told.wait()
                raise Stopped
        except* Stopped:
            paths.demo_phone(settings).unlink(missing_ok=True)


def _provision(directory: Directory, settings: Settings, secret: str) -> None:
    directory.create()
    directory.enrol(browser_phone.NAME, secret, kind="browser")
    directory.lay([line_to(settings.sip_host, settings.sip_port)])


def line_to(host: str, port: int) -> Trunk:
    """The carrier's side of its line to a hotline that is there."""
    return Trunk(trunk_id=LINE, peers=(host,), server=f"{host}:{port}", codecs=("alaw",))


async def _ends(pbx: Pbx) -> None:
    await pbx.wait()
    raise PbxFailed("the carrier's Asterisk has ended")


def lines(settings: Settings) -> Path:
    """What citizens say, spoken; it can be made again."""
    return settings.cache / "citizens"


def carrier_pbx(settings: Settings) -> PbxSettings:
    """The carrier's Asterisk: where the trunk of the sample data leads, its other ports above."""
    home = settings.home / "carrier"
    return PbxSettings(
        home=home,
        templates=settings.config / "asterisk",
        overlay=LAB / "asterisk",
        prompts=lines(settings),
        music=home / "music",
        directory=home / "directory.sqlite",
        ami_secret=secrets.token_hex(32),
        sip_host=HOST,
        http_host=HOST,
        sip_port=settings.sip_port,
        http_port=browser_phone.websocket_port(settings),
        ami_port=settings.ami_port + 100,
        rtp_first=settings.rtp_last + 1,
        rtp_last=settings.rtp_last + RTP_PORTS,
    )


def manager_of(pbx: PbxSettings) -> AmiSettings:
    """How to log in to the manager port of that Asterisk."""
    return AmiSettings(
        host=pbx.ami_host, port=pbx.ami_port, username=pbx.ami_user, secret=pbx.ami_secret
    )
