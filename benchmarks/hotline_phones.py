"""The telephones of `hotline`, in a process of their own: hundreds of agents, and citizens.

Light ones: one socket for all agents and one for all citizens, sound in one packet a second, which
is enough for Asterisk to take them for alive. Times are taken here, by one clock.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Never

import uvloop

from lab.media import FRAME_S, KEY_ENDS, KEY_FRAMES, Media
from lab.telephone import CallRefused, PhoneCall, Ringing, Telephone

FIRST = 1000  # the phones are b-1000, b-1001, ...
BARE = "6888"  # dialled before a phone's number, that phone is rung by Asterisk alone
REGISTER_S = 60.0
AT_ONCE = 20  # so many phones register at a time
LIFT_S = (0.2, 1.0)
PACKET_S = 1.0
KEY = "1"
PATIENCE_S = 60.0
"""A caller whom nobody has answered for so long, while agents are free, was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Calls: at a steady rate, and a burst that begins after a third of the time."""

    seconds: float
    per_hour: float
    burst_per_s: float
    burst_s: float
    talk_s: float
    key_after_s: float = 0.3  # the caller knows the menu: the key comes over its first words

    def arrivals(self, dice: random.Random) -> Iterator[float]:
        """Seconds from the beginning: Poisson in quiet times, an even beat in the burst."""
        begins, ends = self.seconds / 3, self.seconds / 3 + self.burst_s
        at = dice.expovariate(self.per_hour / 3600)
        while at < self.seconds:
            yield at
            if begins <= at < ends:
                at += 1 / self.burst_per_s
                continue
            quiet = at + dice.expovariate(self.per_hour / 3600)
            at = begins if at < begins <= quiet else quiet


class LightMedia(Media):
    """What is heard is counted, what is said is a packet a second."""

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Called by the event loop with one packet."""
        self.packets += 1

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self.beat()
            await asyncio.sleep(PACKET_S)

    async def key(self, key: str, let_go: Callable[[], None]) -> None:
        """Press a key; `let_go` is called as its end is sent."""
        self.press(key)
        for sent in range(KEY_FRAMES + KEY_ENDS):
            if sent == KEY_FRAMES:
                let_go()
            self.beat()
            await asyncio.sleep(FRAME_S)


class LightTelephone(Telephone):
    """Many telephones on one socket."""

    async def _media(self) -> Media:
        loop = asyncio.get_running_loop()
        _, media = await loop.create_datagram_endpoint(LightMedia, local_addr=(self.host, 0))
        return media


@dataclass(slots=True, kw_only=True)
class Told:
    """What happened: milliseconds and calls."""

    offer_ms: list[float] = field(default_factory=list)
    calls: int = 0
    answered: int = 0
    lost: int = 0
    most_at_once: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Trial:
    """Citizens and agents of one run. `bare`: citizens dial a free agent's phone themselves."""

    street: Telephone
    desks: Telephone
    number: str
    agents: int
    load: Load
    told: Told = field(default_factory=Told)
    waiting: dict[str, float] = field(default_factory=dict)
    met: dict[str, asyncio.Event] = field(default_factory=dict)
    freed: dict[str, float] = field(default_factory=dict)
    free: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    at_once: int = 0

    @property
    def bare(self) -> bool:
        """Whether Asterisk is alone."""
        return self.number == BARE

    async def run(self) -> Told:
        """All calls of the load, to their ends."""
        for phone in range(FIRST, FIRST + self.agents):
            self.free.put_nowait(phone)
        began = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(self.serve(tasks), name="agents")
            async with asyncio.TaskGroup() as citizens:
                dice = random.Random(7)  # noqa: S311 - the same arrivals for both
                for number, at in enumerate(self.load.arrivals(dice)):
                    await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
                    citizens.create_task(self.citizen(f"+3712{number:07}"), name="citizen")
            serving.cancel()
        self.told.seconds = time.perf_counter() - began
        return self.told

    async def citizen(self, caller: str) -> None:
        """Rings, is answered by an agent, talks until the agent hangs up."""
        self.told.calls += 1
        self.at_once += 1
        self.told.most_at_once = max(self.told.most_at_once, self.at_once)
        met = self.met[caller] = asyncio.Event()
        phone = await self.free.get() if self.bare else None
        dialled = f"{BARE}{phone}" if self.bare else self.number
        try:
            async with asyncio.timeout(PATIENCE_S + 3 * self.load.talk_s):
                talk = await self.street.call(dialled, caller)
                if not self.bare:
                    await self.choose(talk, caller)
                # Asterisk may ring the agent before we have seen its answer.
                self.waiting.setdefault(caller, time.perf_counter())
                await talk.ended.wait()
        except (CallRefused, TimeoutError):
            met.clear()
        if not met.is_set():
            self.told.lost += 1
        self.at_once -= 1
        if phone is not None:
            self.free.put_nowait(phone)

    async def choose(self, talk: PhoneCall, caller: str) -> None:
        """Press the key of the menu, and wait in the line."""
        await asyncio.sleep(self.load.key_after_s)
        assert isinstance(talk.media, LightMedia)
        await talk.media.key(KEY, lambda: self.waiting.update({caller: time.perf_counter()}))

    async def serve(self, tasks: asyncio.TaskGroup) -> Never:
        """Every phone that rings is answered."""
        while True:
            ringing = await self.desks.ringing.get()
            tasks.create_task(self.answer(ringing, time.perf_counter()), name="agent")

    async def answer(self, ringing: Ringing, rang: float) -> None:
        """Lift, talk, hang up."""
        caller, phone = ringing.caller, ringing.dialled
        waited = self.waiting.setdefault(caller, rang)
        self.told.offer_ms.append(1000 * (rang - max(waited, self.freed.get(phone, 0.0))))
        dice = random.Random(caller)  # noqa: S311 - the same talk for both
        await asyncio.sleep(dice.uniform(*LIFT_S))
        if ringing.cancelled.is_set():
            return
        talk = await ringing.answer()
        self.told.answered += 1
        self.met[caller].set()
        await asyncio.sleep(dice.uniform(0.7, 1.3) * self.load.talk_s)
        self.freed[phone] = time.perf_counter()
        await talk.hang_up()


@asynccontextmanager
async def registered(desks: Telephone, agents: int, secret: str) -> AsyncIterator[None]:
    """All agents' phones, from the first registration to the last."""
    gate = asyncio.Semaphore(AT_ONCE)
    names = [f"b-{FIRST + number}-table" for number in range(agents)]

    async def register(name: str) -> None:
        async with gate:
            await desks.register(name, secret)

    async def everybody() -> None:
        async with asyncio.TaskGroup() as tasks:
            for name in names:
                tasks.create_task(register(name), name=f"registration of {name}")

    async def stay() -> Never:
        while True:
            await asyncio.sleep(REGISTER_S)
            await everybody()

    await everybody()
    async with asyncio.TaskGroup() as tasks:
        staying = tasks.create_task(stay(), name="registrations")
        yield
        staying.cancel()


@asynccontextmanager
async def light(bind: str, pbx: tuple[str, int]) -> AsyncIterator[Telephone]:
    """Light telephones at one address."""
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as tasks:
        transport, phone = await loop.create_datagram_endpoint(
            lambda: LightTelephone(tasks, pbx), local_addr=(bind, 0)
        )
        yield phone
        transport.close()


async def play(pbx: tuple[str, int], number: str, agents: int, secret: str, load: Load) -> Told:
    """One run; `ready` is printed once every phone is there, and the run begins with a line."""
    async with (
        light("127.0.0.2", pbx) as street,
        light("127.0.0.1", pbx) as desks,
        registered(desks, agents, secret),
    ):
        print("ready", flush=True)
        await asyncio.to_thread(input)
        return await Trial(street, desks, number, agents, load).run()


def main() -> None:
    """Prints what happened as one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--number", required=True)
    parser.add_argument("--agents", type=int, required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--load", required=True, help="JSON")
    options = parser.parse_args()
    load = Load(**json.loads(options.load))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        told = runner.run(
            play(
                ("127.0.0.1", options.port),
                options.number,
                options.agents,
                options.secret,
                load,
            )
        )
    print(json.dumps(asdict(told)))


if __name__ == "__main__":
    main()
