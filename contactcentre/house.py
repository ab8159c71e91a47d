"""All parts of a running service, by name."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.alarms import Alarms
from contactcentre.clock import Clock
from contactcentre.control import Control
from contactcentre.core.world import World
from contactcentre.crisis_room import LiveCrisisRoom
from contactcentre.decisions import DecisionLog
from contactcentre.engine import Engine
from contactcentre.figures import Figures
from contactcentre.live import Live
from contactcentre.metrics import Metrics
from contactcentre.names import Names
from contactcentre.promises import Overdue
from contactcentre.publication import Publication
from contactcentre.settings import Settings
from contactcentre.storage.journal import Projector
from contactcentre.storage.spool import Spool
from contactcentre.telephony.agi import AgiServer
from contactcentre.telephony.asterisk import Asterisk
from contactcentre.telephony.leash import Leash
from contactcentre.telephony.phones import Phones
from contactcentre.watchdog import Watchdog


@dataclass(slots=True)
class House:
    """All parts of a running service."""

    settings: Settings
    storage: AsyncEngine
    spool: Spool
    world: World
    engine: Engine
    clock: Clock
    leash: Leash
    agi: AgiServer
    asterisk: Asterisk
    phones: Phones
    projector: Projector
    publication: Publication
    decisions: DecisionLog
    live: Live
    alarms: Alarms
    watchdog: Watchdog
    overdue: Overdue
    figures: Figures
    metrics: Metrics
    names: Names
    panel: web.Application
    crisis: LiveCrisisRoom
    control: Control
    listening: asyncio.Event  # FastAGI takes calls
