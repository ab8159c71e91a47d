"""All parts of a running service, by name."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.app.control import Control
from contactcentre.app.metrics import Metrics
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarms
from contactcentre.engine.clock import Clock
from contactcentre.engine.consumer import Engine
from contactcentre.engine.figures import Figures
from contactcentre.engine.live import Live
from contactcentre.engine.watchdog import Watchdog
from contactcentre.features.callbacks.overdue import Overdue
from contactcentre.features.crisis.service import LiveCrisisRoom
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.features.prompts.spoken_names import Names
from contactcentre.features.publication.service import Publication
from contactcentre.settings import Settings
from contactcentre.storage.journal import Projector
from contactcentre.storage.spool import Spool
from contactcentre.telephony.agi import AgiServer
from contactcentre.telephony.asterisk import Asterisk
from contactcentre.telephony.leash import Leash
from contactcentre.telephony.phones import Phones


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
