"""The composition root: every part is made here in order, handed what it needs, and run.

An area whose making fails has nothing running yet, and the stack closes what was opened before it;
a part that fails later ends all others, in one TaskGroup, but for those that calls can do without:
they begin anew.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import structlog

from agents_ui.app import Ports
from agents_ui.crisis.port import CrisisRoom
from contactcentre import paths
from contactcentre.app.alerting import build_alerting
from contactcentre.app.area import Area, Runs
from contactcentre.app.availability import Measured
from contactcentre.app.collector import Collector
from contactcentre.app.content import begin_content
from contactcentre.app.control import Control
from contactcentre.app.health import HealthService
from contactcentre.app.lasting import lasting
from contactcentre.app.metrics import Metrics
from contactcentre.app.panel import panel_ports, served
from contactcentre.app.post import build_post
from contactcentre.app.privacy import Privacy, begin_abuse_list, build_privacy
from contactcentre.app.quality import build_quality
from contactcentre.app.reporting import build_reporting
from contactcentre.app.storage import Storage, open_storage
from contactcentre.app.systemd import Unit
from contactcentre.app.telephony import Telephony, build_telephony
from contactcentre.app.tracing import build_tracing
from contactcentre.app.upkeep import build_upkeep, written
from contactcentre.app.views import build_views
from contactcentre.core import effects, events
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarms, Cause
from contactcentre.engine.clock import Clock, now, shift, since
from contactcentre.engine.consumer import Engine
from contactcentre.engine.faults import Faults
from contactcentre.engine.inbox import Inbox
from contactcentre.engine.live import BOARD
from contactcentre.features.accounts.attendance import Attendance
from contactcentre.features.accounts.changes import CHANGED
from contactcentre.features.accounts.leaked import LeakedPasswords
from contactcentre.features.accounts.passwords import Passwords
from contactcentre.features.accounts.samples import SampleAccounts
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.accounts.vault import Vault
from contactcentre.features.board.service import BoardService
from contactcentre.features.crisis.confirmation import CrisisConfirmation
from contactcentre.features.crisis.control import CrisisCommands
from contactcentre.features.desk.phone_secret import PhoneSecrets
from contactcentre.features.desk.unrecorded import Unrecorded
from contactcentre.features.messages.folder import MessageFolder
from contactcentre.features.recordings.keeper import RecordingKeeper
from contactcentre.features.surveys.scores import SurveyScores
from contactcentre.settings import Settings
from contactcentre.telephony.free_ports import require_free
from contactcentre.telephony.talk_files import TalkFiles

log = structlog.get_logger(__name__)


CALLS = frozenset({"engine", "spool", "agi", "asterisk", "phones"})
"""The parts without which no call can be taken: a service that loses one is to be started again."""


@dataclass(frozen=True, slots=True)
class Running:
    """What may be reached of a running service from outside."""

    world: World  # to be read
    inbox: Inbox
    ports: Ports


async def serve(settings: Settings) -> None:
    """Run the service until SIGTERM or SIGINT. Raises as `running`."""
    gc.disable()  # what is made now stays: on a full day it would be walked for half a second
    unit = Unit.ours()
    async with running(settings) as service, asyncio.TaskGroup() as tasks:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        spare_the_collector()
        log.info("serving", action="serving", panel=settings.panel_origin)
        reporting = tasks.create_task(unit.report(service.ports.health.ready), name="systemd")
        await stop.wait()
        reporting.cancel()
        unit.tell("STOPPING=1")


def spare_the_collector() -> None:
    """What is there at the start stays: the garbage collector need not walk it again and again.

    It would stop the service for some 50 ms each time, mostly for modules that never go away.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Running]:
    """A whole service, ended when the block is left; a part that fails ends it too.

    Raises `PortTaken` where another one runs, `SpoolFailed` where its journal can't be had, and
    what `begin_content` raises; whatever it raises, nothing is left behind.
    """
    require_free("CC_PORT", settings.host, settings.port, socket.SOCK_STREAM)
    require_free("CC_AGI_PORT", settings.agi_host, settings.agi_port, socket.SOCK_STREAM)
    _set_clock(settings.clock_shift_s)
    async with AsyncExitStack() as stack:
        service, runs, faults = await _build(settings, stack)
        await stack.enter_async_context(_run(runs, faults))
        service.inbox.post(events.ServiceStarted(at=now()))
        await stack.enter_async_context(served(service.ports, settings.host, settings.port))
        yield service


async def _build(
    settings: Settings, stack: AsyncExitStack
) -> tuple[Running, Sequence[Runs], Faults]:
    """Every part, in the order in which they need each other; nothing runs yet."""
    inbox = Inbox()
    storage = await stack.enter_async_context(open_storage(settings))
    content = await begin_content(settings, storage, inbox.post)
    world = _restored(content.network, storage)
    abuse = await begin_abuse_list(settings, storage)
    scores = SurveyScores(storage.database)
    telephony = await build_telephony(
        settings,
        world,
        content.playable,
        inbox,
        listed=abuse.listed,
        scored=scores.count,
        able=lambda: storage.writes,
    )
    views = build_views(world, storage)
    privacy = build_privacy(settings, storage, inbox, telephony.messages)
    messages = MessageFolder(
        world,
        telephony.messages,
        storage.database,
        inbox.post,
        days=privacy.message_days,
        held=privacy.holds.keep,
    )
    recordings = RecordingKeeper(
        world,
        TalkFiles(paths.talks(settings)),
        privacy.talks,
        storage.database,
        days=privacy.recording_days,
        held=privacy.holds.keep,
        most_bytes=settings.recording_mb * 1_000_000,
    )
    measured = Measured(paths.availability(settings))
    reporting = build_reporting(settings, storage)
    post = build_post(settings, storage)
    tracing = build_tracing(settings)
    unrecorded = Unrecorded(
        storage.spool.unsaved,
        storage.spool.records,
        inbox.post,
        days=privacy.draft_days,
        note=privacy.note,
    )
    board = BoardService(
        world,
        views.figures,
        views.live,
        views.decisions,
        submit=inbox.submit,
        give_up=unrecorded.give_up,
        note=privacy.note,
        alarms=lambda: alarms(),  # made last, of what all areas say
        checked=reporting.checked,
    )
    upkeep = build_upkeep(
        storage.database,
        world,
        inbox.submit,
        content.catalogue,
        write=written(settings.mail_language, settings.panel_origin),
        mails=post.mail is not None,
    )
    quality = build_quality(
        storage.database,
        world,
        usual=settings.config / "starter" / "quality.yaml",
        stands_for=privacy.pseudonyms.of,
    )
    alerting = build_alerting(
        settings, world, storage, views, board, post, enquiries_late=lambda: upkeep.watch.late
    )
    areas: tuple[Area, ...] = (
        *(storage, content, telephony, views, messages, recordings, scores),
        *(privacy, measured, reporting, post, upkeep, quality, alerting, tracing),
    )
    faults = Faults()
    metrics = Metrics(world, inbox, areas, faults)
    causes: list[Cause] = [area.alarms for area in areas]
    confirmation = CrisisConfirmation(world, storage.database)
    await confirmation.look()  # before the first alarms
    causes += [faults.alarms, confirmation.alarms]
    alarms = Alarms(causes, changed=lambda: views.live.nudge(BOARD))
    inbox.post(since(storage.restored.clock, storage.restored.latest_at))  # before all other facts
    clock = Clock(inbox.post)
    stack.callback(clock.stop)
    engine = Engine(
        world,
        inbox,
        perform=_Performer(clock, telephony),
        journal=storage.spool,
        publish=(
            *views.watchers(),
            *tracing.watchers(),
            metrics.note,
            lambda _: telephony.note(world.network),
        ),
        faults=faults,
        last_seq=storage.restored.last_seq,
    )
    accounts = AccountService(
        storage.database,
        device_secret=paths.device_secret(settings),
        passwords=Passwords(leaked=LeakedPasswords(*paths.leaked_passwords(settings))),
        vault=Vault(partial(paths.account_keys, settings)),
        second_factor=frozenset(settings.second_factor),
    )
    samples = SampleAccounts(accounts, wanted=settings.sample)
    await samples.look()
    secrets = PhoneSecrets(world, telephony.directory, views.live, end=telephony.phones.end)
    attendance = Attendance(world, inbox, accounts, renew=secrets.renew)
    given = await panel_ports(
        settings,
        world,
        inbox,
        accounts=accounts,
        sessions_ended=attendance.look,
        storage=storage,
        content=content,
        telephony=telephony,
        views=views,
        phone_secrets=secrets,
        confirmation=confirmation,
        privacy=privacy,
        abuse=abuse,
        board=board,
        alerts=alerting.service,
        upkeep=upkeep,
        quality=quality,
        forecast=reporting.forecast,
        health=HealthService(telephony, storage, metrics),
    )
    control = _control(settings, given.crisis, attendance, privacy)
    own: Runs = {
        "engine": engine.run,
        "clock": clock.run,
        "alarms": alarms.run,
        "control": control.run,
        "attendance": attendance.run,
        "account_changes": partial(accounts.changes.run, storage.lookout.watch(CHANGED)),
        "crisis_confirmation": confirmation.run,
        "abuse": abuse.run,
        "unrecorded": unrecorded.run,
        "samples": samples.run,
        "collector": Collector(lambda: not len(telephony.leash)).run,
    }
    return Running(world, inbox, given), (own, *(area.runs() for area in areas)), faults


def _set_clock(shift_s: float) -> None:
    shift(shift_s)
    if shift_s:
        log.warning("clock_shifted", action="clock_shifted", seconds=shift_s)


def _restored(network: Network, storage: Storage) -> World:
    """As it was when the last process ended."""
    world = World(network)
    restored = storage.restored
    world.restore(
        restored.calls,
        restored.agents,
        restored.crisis,
        restored.callers,
        restored.last_crisis,
    )
    return world


def _control(
    settings: Settings, crisis: CrisisRoom, attendance: Attendance, privacy: Privacy
) -> Control:
    """What the command line may ask of the running service."""
    switch = CrisisCommands(crisis)
    doings = {
        "crisis-on": switch.on,
        "crisis-off": switch.off,
        "crisis-status": switch.status,
        "sessions-ended": attendance.sessions_ended,
        "person-erase": privacy.commands.erase,
    }
    return Control(paths.control(settings), doings)


@asynccontextmanager
async def _run(parts: Iterable[Runs], faults: Faults) -> AsyncIterator[None]:
    """They run while the block does; the failure of one of `CALLS` ends the others and it."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(run() if name in CALLS else lasting(name, run, faults), name=name)
            for runs in parts
            for name, run in runs.items()
        ]
        yield
        for task in tasks:
            task.cancel()


class _Performer:
    """Hands each order to whoever carries it out."""

    def __init__(self, clock: Clock, telephony: Telephony) -> None:
        self._clock = clock
        self._telephony = telephony

    def __call__(self, effect: effects.Effect) -> None:
        match effect:
            case effects.StartTimer():
                self._clock.start(effect)
            case effects.CancelTimer():
                self._clock.cancel(effect)
            case _:
                self._telephony.perform(effect)
