"""Everything that has to do with Asterisk: callers on the leash, the manager link, the phones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from itertools import chain

from contactcentre import paths
from contactcentre.app.area import Gauges, Runs
from contactcentre.core import effects
from contactcentre.core.agent.orders import registers
from contactcentre.core.agent.state import State
from contactcentre.core.config.network import Network
from contactcentre.core.world import World
from contactcentre.engine.alarms import Alarm, standing
from contactcentre.engine.inbox import Inbox
from contactcentre.features.agents.document import table_phone
from contactcentre.settings import Settings
from contactcentre.telephony import heartbeat
from contactcentre.telephony.agi import AgiLimits, AgiServer, AgiSession
from contactcentre.telephony.asterisk import Asterisk, Order, StopPlayback
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.fallback_log import FallbackLog, FallbackReader
from contactcentre.telephony.leash import Leash, Prompts
from contactcentre.telephony.leg_leash import SCRIPT, LegLeash
from contactcentre.telephony.message_files import MessageFiles
from contactcentre.telephony.phones import Phones
from contactcentre.telephony.pressed_keys import PressedKeys
from contactcentre.telephony.synthetic import greet, is_synthetic
from contactcentre.telephony.trunks import Trunks


@dataclass(frozen=True, slots=True)
class Telephony:
    """`orders` are what Asterisk is asked for; `listening` is set once FastAGI takes calls."""

    directory: Directory
    leash: Leash
    legs: LegLeash
    agi: AgiServer
    asterisk: Asterisk
    phones: Phones
    trunks: Trunks
    messages: MessageFiles
    orders: asyncio.Queue[Order]
    address: tuple[str, int]  # FastAGI's
    listening: asyncio.Event = field(default_factory=asyncio.Event)

    def perform(self, effect: effects.Effect) -> None:
        """Hand an order to the part that carries it out; other parts' orders are none of ours."""
        match effect:
            case effects.CallEffect():
                self.leash.order(effect)
            case effects.LegEffect():
                self.legs.order(effect)
            case effects.Recall() | effects.Park() | effects.HangUpLeg() | effects.RingBack():
                self.orders.put_nowait(effect)
            case effects.RingListener() | effects.MuteRecording() | effects.StopRecording():
                self.orders.put_nowait(effect)
            case effects.TryPhone() | effects.MuteLeg() | effects.PressKey():
                self.orders.put_nowait(effect)
            case effects.AnswerLeg():
                self.orders.put_nowait(effect)
            case effects.SetMember() | effects.WithdrawPhone():
                self.phones.order(effect)

    def runs(self) -> Runs:
        """See `Area`."""
        return {
            "agi": self._serve,
            "asterisk": self._link,
            "phones": self.phones.run,
            "trunks": self.trunks.run,
        }

    def note(self, network: Network) -> None:
        """Told after every event."""
        self.phones.note(network)
        self.trunks.note(network)

    async def _serve(self) -> None:
        await self.agi.serve(*self.address, ready=lambda _port: self.listening.set())

    async def _link(self) -> None:
        """Callers whom the first snapshot sends back must find the leash open."""
        await self.listening.wait()
        await self.asterisk.run()

    def gauges(self) -> Gauges:
        """See `Area`."""
        return {
            "leashed_calls": len(self.leash),
            "leashed_legs": len(self.legs),
            "asterisk_up": float(self.asterisk.up),
            "trunks_down": len(self.trunks.down),
            "agi_requests": self.agi.counts.requests,
            "agi_strangers": self.agi.counts.strangers,
            "ami_forged": self.asterisk.ami.counts.forged,
            "agi_malformed": self.agi.counts.malformed,
            "agi_turned_away": self.agi.counts.turned_away,
        }

    def alarms(self) -> Iterator[Alarm]:
        """See `Area`."""
        yield from standing("exchange-away", not self.asterisk.up)
        if self.asterisk.up:
            yield from self.trunks.alarms()


async def build_telephony(
    settings: Settings,
    world: World,
    prompts: Prompts,
    inbox: Inbox,
    *,
    listed: Callable[[str | None], bool],
    scored: Callable[[str, int], None],
    able: Callable[[], bool],
) -> Telephony:
    """Made, and the directory's file is there. `listed`: whose calls are not taken; `scored`:
    counts what callers think; `able`: whether the other parts could take any."""
    directory = Directory(paths.directory(settings))
    await asyncio.to_thread(directory.create)
    fallback_log = FallbackLog(paths.fallback_log(settings))
    await asyncio.to_thread(fallback_log.create)
    orders: asyncio.Queue[Order] = asyncio.Queue()
    keys = PressedKeys()
    messages = MessageFiles(paths.recordings(settings), most_bytes=settings.message_mb * 1_000_000)
    trunks = Trunks(directory, orders.put_nowait)
    leash = Leash(
        inbox.post,
        prompts,
        messages,
        interrupt=lambda words: orders.put_nowait(StopPlayback(words)),
        ways_out=trunks.ways_out,
        keys=keys,
        listed=listed,
        scored=scored,
        wake=orders.put_nowait,
    )
    legs = LegLeash(inbox.post, ways_out=trunks.ways_out)

    def present(at: float, channel_ids: Set[str]) -> None:
        leash.present(at, channel_ids)
        legs.present(at, channel_ids)

    def parking(call_id: str, leg_id: str) -> None:
        leash.parking(call_id)
        legs.parking(leg_id)

    asterisk = Asterisk(
        await asyncio.to_thread(paths.ami_settings, settings),
        post=inbox.post,
        crowded=lambda: inbox.crowded,
        orders=orders,
        endpoints=lambda: _endpoints(world),
        holding=lambda: _holding(world),
        recalling=leash.recalling,
        parking=parking,
        dialled=leash.dialled,
        present=present,
        fallback=FallbackReader(fallback_log, inbox.post),
        keys=keys,
        heartbeat=heartbeat.variable(f"{settings.agi_host}:{settings.agi_port}"),
        trunks=trunks,
    )
    access = await asyncio.to_thread(paths.agi_access, settings)

    async def handle(session: AgiSession) -> None:
        """Who has the secret, and not the channel, is no caller."""
        if not await asterisk.knows(session.env["agi_channel"], session.env["agi_uniqueid"]):
            agi.counts.strangers += 1
        elif is_synthetic(session):
            await greet(session, prompts, able=able)
        else:
            leg = session.env["agi_network_script"] == SCRIPT
            await (legs if leg else leash).handle(session)

    agi = AgiServer(
        handle,
        limits=AgiLimits(sessions=settings.max_calls),
        access=access,
        crowded=lambda: inbox.crowded,
    )
    phones = Phones(directory, (settings.sip_host, settings.sip_port))
    await phones.begin(_logged_out(world))
    made = Telephony(
        directory=directory,
        leash=leash,
        legs=legs,
        agi=agi,
        asterisk=asterisk,
        phones=phones,
        trunks=trunks,
        messages=messages,
        orders=orders,
        address=(settings.agi_host, settings.agi_port),
    )
    made.note(world.network)
    return made


def _logged_out(world: World) -> Iterator[str]:
    """The browsers' phones, which have a secret for as long as a log-in lasts, and no log-in. (Of
    those on tables, which was typed into them, only where there is none any more.)"""
    for profile in world.network.agents.values():
        if not registers(world.agents[profile.agent_id]):
            yield profile.endpoint
        if not profile.table:
            yield table_phone(profile.endpoint)


def _endpoints(world: World) -> tuple[str, ...]:
    """The phones of those at work, and all on tables: these register before their agents come."""
    agents = ((world.agents[key], one) for key, one in world.network.agents.items())
    known = (
        (one.endpoint if agent.state is not State.LOGGED_OUT else "", one.table)
        for agent, one in agents
    )
    return tuple(filter(None, chain.from_iterable(known)))


def _holding(world: World) -> dict[str, str]:
    """Of the legs whose telephone holds by its own key, as far as we know: their channels."""
    legs = (leg for call in world.calls.values() for leg in call.legs)
    held = (leg for leg in legs if leg.phone_holds and leg.ended_at is None)
    return {leg.name: leg.channel for leg in held if leg.channel}
