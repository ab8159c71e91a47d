"""The composition root: every part is made here, handed what it needs, and run in one TaskGroup."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui import app as panel
from agents_ui import ports
from contactcentre import places
from contactcentre.accounts import Accounts
from contactcentre.alarms import BEHIND_S, Alarms, standing
from contactcentre.board import LiveBoard
from contactcentre.catalogue import Catalogue
from contactcentre.citizens import History
from contactcentre.clock import Clock, now, shift
from contactcentre.core import effects, events
from contactcentre.core.agent import State
from contactcentre.core.call import Call
from contactcentre.core.decisions import Observer
from contactcentre.core.world import World
from contactcentre.decisions import DecisionLog
from contactcentre.desks import LiveDesks
from contactcentre.engine import Changes, Engine
from contactcentre.figures import Figures
from contactcentre.live import BOARD, Live
from contactcentre.metrics import Metrics
from contactcentre.names import Names
from contactcentre.prompts import Library
from contactcentre.publication import Publication
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage.journal import Projector
from contactcentre.storage.spool import Spool
from contactcentre.telephony.agi import AgiServer
from contactcentre.telephony.asterisk import Asterisk, StopPlayback
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.leash import Leash
from contactcentre.telephony.phones import Phones

log = structlog.get_logger(__name__)

LOOPBACK = ("127.0.0.0/8", "::1/128")


class Stopped(Exception):
    """Somebody asked the service to end; it is how the TaskGroup is told."""


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
    figures: Figures
    metrics: Metrics
    names: Names
    panel: web.Application
    listening: asyncio.Event  # FastAGI takes calls


async def serve(settings: Settings) -> None:
    """Run the service until SIGTERM or SIGINT."""
    async with running(settings):
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        log.info("serving", action="serving", panel=settings.panel_origin)
        await stop.wait()


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
        "alarms": house.alarms.run(),
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
    places.recordings(settings).mkdir(exist_ok=True)
    storage = database.engine(settings.database)
    spool = Spool(places.spool(settings), clock=now)
    restored = await spool.open()
    library = Library(places.prompts(settings))
    publication = Publication(
        storage,
        places.good_network(settings),
        post=lambda event: engine.post(event),
        fresh=library.reload,
    )
    network = await publication.begin(restored.calls)
    world = World(network)
    world.restore(restored.calls, restored.agents)
    figures, live = Figures(), Live()
    figures.restore(restored.calls, network, now())
    directory = Directory(places.directory(settings))
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
        places.recordings(settings),
        interrupt=lambda channel: asterisk.order(StopPlayback(channel)),
    )
    asterisk = Asterisk(
        places.ami_settings(settings),
        post=engine.post,
        endpoints=lambda: _endpoints(world),
        recalling=leash.recalling,
    )
    phones = Phones(directory)
    performer.to(clock=clock, leash=leash, asterisk=asterisk, phones=phones)
    projector = Projector(spool, storage, clock=now)
    decisions = DecisionLog(Observer(world, world.calls.values()), storage)
    metrics = Metrics(engine, lambda: _readings(house))
    names = Names(library, network, places.own_recordings(settings))
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
        alarms=Alarms(
            [lambda: _troubles(house), publication.alarms], changed=lambda: live.nudge(BOARD)
        ),
        figures=figures,
        metrics=metrics,
        names=names,
        panel=web.Application(),
        listening=asyncio.Event(),
    )
    house.panel = panel.build(await _ports(house, directory))
    return house


async def _ports(house: House, directory: Directory) -> ports.Ports:
    settings = house.settings
    desks = LiveDesks(
        house.engine,
        house.figures,
        house.live,
        directory,
        sip_domain=settings.sip_host,
        websocket=settings.websocket_url,
    )
    return ports.Ports(
        settings=await asyncio.to_thread(_panel_settings, settings),
        accounts=Accounts(house.storage),
        desks=desks,
        history=History(house.storage, call_of=lambda agent, call: _call_of(house, agent, call)),
        catalogue=await Catalogue.load(house.storage),
        board=LiveBoard(
            house.world, house.figures, house.live, house.decisions, alarms=house.alarms
        ),
        health=_Health(house),
    )


def _panel_settings(settings: Settings) -> ports.PanelSettings:
    demo = _demo_phone(settings)
    sockets = [settings.websocket_url, *([demo.websocket] if demo else [])]
    return ports.PanelSettings(
        origin=settings.panel_origin,
        secure=settings.panel_origin.startswith("https://"),
        demo_phone=demo,
        phone_origins=tuple(_origin(url) for url in sockets),
        metrics_from=("0.0.0.0/0", "::/0") if settings.metrics_open else LOOPBACK,
        behind_proxy=bool(settings.origin),
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _demo_phone(settings: Settings) -> ports.PhoneLogin | None:
    path = places.demo_phone(settings)
    if not settings.sample or not path.exists():
        return None
    return ports.PhoneLogin(**json.loads(path.read_text()))


def _call_of(house: House, agent_id: str, call_id: str) -> Call | None:
    """The call, if it is this agent's business."""
    call = house.world.calls.get(call_id)
    offer = call.offer if call is not None else None
    theirs = call is not None and agent_id in (call.agent_id, offer.agent_id if offer else None)
    return call if theirs else None


def _endpoints(world: World) -> tuple[str, ...]:
    here = (agent for agent in world.agents.values() if agent.state is not State.LOGGED_OUT)
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


# --- health ----------------------------------------------------------------------------------


def _readings(house: House) -> Mapping[str, float]:
    records, seconds = house.projector.lag()
    refusal = house.publication.refusal
    return {
        "configuration_version": house.world.network.version,
        "configuration_problems": len(refusal.problems) if refusal is not None else 0,
        "leashed_calls": len(house.leash),
        "inbox_backlog": house.engine.backlog,
        "asterisk_up": float(house.asterisk.up),
        "journal_unsent_records": records,
        "journal_lag_seconds": seconds,
        "agi_requests": house.agi.counts.requests,
        "agi_malformed": house.agi.counts.malformed,
        "decisions_unsent": house.decisions.backlog,
        "decisions_dropped": house.decisions.dropped,
    }


def _troubles(house: House) -> Iterator[ports.Alarm]:
    """What is wrong with the service's own parts."""
    _, behind_s = house.projector.lag()
    yield from standing("exchange-away", not house.asterisk.up)
    yield from standing("journal-stuck", house.spool.trouble is not None)
    yield from standing("database-behind", behind_s >= BEHIND_S, since=now() - behind_s)


class _Health:
    """Keeps `agents_ui.ports.Health`."""

    def __init__(self, house: House) -> None:
        self._house = house

    def ready(self) -> tuple[bool, Mapping[str, str]]:
        """Calls need the leash, the link to Asterisk and a journal that takes entries."""
        house = self._house
        _, behind_s = house.projector.lag()
        needed = {
            "leash": house.listening.is_set(),
            "asterisk": house.asterisk.up,
            "journal": house.spool.trouble is None,
        }
        words = {name: "ok" if good else "down" for name, good in needed.items()}
        words["database"] = "ok" if behind_s < BEHIND_S else "behind"
        return all(needed.values()), words

    def metrics(self) -> bytes:
        """See `Health`."""
        return self._house.metrics.text()


__all__ = ["House", "running", "serve"]
