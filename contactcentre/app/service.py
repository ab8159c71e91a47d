"""The composition root: every part is made here, handed what it needs, and run in one TaskGroup."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiohttp import web

from agents_ui import app as panel
from contactcentre import paths
from contactcentre.app.control import Control
from contactcentre.app.health import readings, troubles
from contactcentre.app.metrics import Metrics
from contactcentre.app.panel import panel_ports
from contactcentre.app.parts import House
from contactcentre.core import effects, events
from contactcentre.core.agent.state import State
from contactcentre.core.decisions import Observer
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarms
from contactcentre.engine.clock import Clock, now, shift
from contactcentre.engine.consumer import Changes, Engine
from contactcentre.engine.figures import Figures
from contactcentre.engine.live import BOARD, Live
from contactcentre.engine.watchdog import Watchdog
from contactcentre.features.callbacks.overdue import Overdue
from contactcentre.features.crisis.control import Switchboard
from contactcentre.features.crisis.service import LiveCrisisRoom
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.features.prompts.library import Library
from contactcentre.features.prompts.spoken_names import Names
from contactcentre.features.publication.service import Publication
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage.journal import Projector
from contactcentre.storage.spool import Spool
from contactcentre.telephony.agi import AgiServer
from contactcentre.telephony.asterisk import Asterisk, StopPlayback
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.free_ports import require_free
from contactcentre.telephony.leash import Leash
from contactcentre.telephony.phones import Phones

log = structlog.get_logger(__name__)


class Stopped(Exception):
    """Somebody asked the service to end; it is how the TaskGroup is told."""


async def serve(settings: Settings) -> None:
    """Run the service until SIGTERM or SIGINT. Raises `PortTaken` where another one runs."""
    require_free("CC_PORT", settings.host, settings.port, socket.SOCK_STREAM)
    require_free("CC_AGI_PORT", settings.agi_host, settings.agi_port, socket.SOCK_STREAM)
    async with running(settings):
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        spare_the_collector()
        log.info("serving", action="serving", panel=settings.panel_origin)
        await stop.wait()


def spare_the_collector() -> None:
    """What is there at the start stays: the garbage collector need not walk it again and again.

    It would stop the service for some 50 ms each time, mostly for modules that never go away.
    """
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[House]:
    """A whole service, ended when the block is left; a part that fails ends it too."""
    house = await _build(settings)
    try:
        async with asyncio.TaskGroup() as tasks:
            for name, part in _parts(house).items():
                tasks.create_task(part, name=name)
            house.engine.post(events.ServiceStarted(at=now()))
            async with _site(house):
                yield house
            raise Stopped
    except* Stopped:
        pass
    finally:
        house.clock.stop()
        await house.spool.close()
        await house.storage.dispose()


def _parts(house: House) -> Mapping[str, Coroutine[Any, Any, Any]]:
    return {
        "spool": house.spool.run(),
        "engine": house.engine.run(),
        "agi": house.agi.serve(
            house.settings.agi_host,
            house.settings.agi_port,
            ready=lambda _port: house.listening.set(),
        ),
        "asterisk": _after(house.listening, house.asterisk.run),
        "phones": house.phones.run(),
        "projector": house.projector.run(),
        "publication": house.publication.run(),
        "decisions": house.decisions.run(),
        "live": house.live.run(),
        "control": house.control.run(),
        "alarms": house.alarms.run(),
        "watchdog": house.watchdog.run(),
        "names": house.names.run(),
    }


async def _after(ready: asyncio.Event, run: Callable[[], Awaitable[None]]) -> None:
    """Callers whom the first snapshot sends back must find the leash open."""
    await ready.wait()
    await run()


@asynccontextmanager
async def _site(house: House) -> AsyncIterator[None]:
    runner = web.AppRunner(house.panel, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, house.settings.host, house.settings.port)
        await site.start()
        yield
    finally:
        await runner.cleanup()


# --- building --------------------------------------------------------------------------------


async def _build(settings: Settings) -> House:
    shift(settings.clock_shift_s)
    if settings.clock_shift_s:
        log.warning("clock_shifted", action="clock_shifted", seconds=settings.clock_shift_s)
    settings.home.mkdir(parents=True, exist_ok=True)
    paths.recordings(settings).mkdir(exist_ok=True)
    storage = database.engine(settings.database)
    spool = Spool(paths.spool(settings), clock=now)
    restored = await spool.open()
    library = Library(paths.prompts(settings))
    publication = Publication(
        storage,
        paths.good_network(settings),
        post=lambda event: engine.post(event),
        fresh=library.reload,
    )
    network = await publication.begin(restored.calls)
    world = World(network)
    world.restore(restored.calls, restored.agents, restored.crisis, restored.callers)
    watchdog, overdue = Watchdog(world), Overdue(world)
    figures, live = Figures(), Live()
    figures.restore(restored.calls, network, now())
    directory = Directory(paths.directory(settings))
    await asyncio.to_thread(directory.create)

    performer = _Performer()
    watchers = _Watchers()
    engine = Engine(
        world,
        perform=performer,
        journal=spool,
        publish=watchers,
        last_seq=restored.last_seq,
    )
    clock = Clock(engine.post)
    leash = Leash(
        engine.post,
        library,
        paths.recordings(settings),
        interrupt=lambda channel: asterisk.order(StopPlayback(channel)),
    )
    asterisk = Asterisk(
        paths.ami_settings(settings),
        post=engine.post,
        endpoints=lambda: _endpoints(world),
        recalling=leash.recalling,
    )
    phones = Phones(directory)
    performer.to(clock=clock, leash=leash, asterisk=asterisk, phones=phones)
    crisis = LiveCrisisRoom(engine, live, storage)
    projector = Projector(spool, storage, clock=now)
    decisions = DecisionLog(Observer(world, world.calls.values()), storage)
    metrics = Metrics(engine, lambda: readings(house))
    names = Names(library, network, paths.own_recordings(settings))
    watchers.to(
        live.publish,
        metrics.note,
        lambda changes: _count(figures, world, changes),
        lambda _: names.note(world.network),
        decisions.note,
    )
    house = House(
        settings=settings,
        storage=storage,
        spool=spool,
        world=world,
        engine=engine,
        clock=clock,
        leash=leash,
        agi=AgiServer(leash.handle),
        asterisk=asterisk,
        phones=phones,
        projector=projector,
        publication=publication,
        decisions=decisions,
        live=live,
        watchdog=watchdog,
        overdue=overdue,
        alarms=Alarms(
            [lambda: troubles(house), publication.alarms, watchdog.alarms, overdue.alarms],
            changed=lambda: live.nudge(BOARD),
        ),
        figures=figures,
        metrics=metrics,
        names=names,
        panel=web.Application(),
        crisis=crisis,
        control=_control(settings, crisis),
        listening=asyncio.Event(),
    )
    house.panel = panel.build(await panel_ports(house, directory))
    return house


def _control(settings: Settings, crisis: LiveCrisisRoom) -> Control:
    """What the command line may ask of the running service."""
    switch = Switchboard(crisis)
    doings = {
        "crisis-on": switch.on,
        "crisis-off": switch.off,
        "crisis-status": switch.status,
    }
    return Control(paths.control(settings), doings)


def _endpoints(world: World) -> tuple[str, ...]:
    agents = world.agents.values()
    here = (one for one in agents if one.state is not State.LOGGED_OUT and not one.mobile)
    return tuple(agent.endpoint for agent in here)


def _count(figures: Figures, world: World, changes: Changes) -> None:
    for call in changes.calls:
        figures.note(call, world.network)


class _Performer:
    """Hands each order to the part that carries it out."""

    def to(self, *, clock: Clock, leash: Leash, asterisk: Asterisk, phones: Phones) -> None:
        self._clock, self._leash, self._asterisk, self._phones = clock, leash, asterisk, phones

    def __call__(self, effect: effects.Effect) -> None:
        match effect:
            case effects.CallEffect():
                self._leash.order(effect)
            case effects.StartTimer():
                self._clock.start(effect)
            case effects.CancelTimer():
                self._clock.cancel(effect)
            case effects.Recall() | effects.HangUpLeg() | effects.RingBack():
                self._asterisk.order(effect)
            case effects.SetMember() | effects.WithdrawPhone():
                self._phones.order(effect)


class _Watchers:
    """Tells everybody who counts or shows what has changed."""

    def to(self, *watchers: Callable[[Changes], None]) -> None:
        self._watchers = watchers

    def __call__(self, changes: Changes) -> None:
        for watcher in self._watchers:
            watcher(changes)


__all__ = ["House", "running", "serve"]
