"""The telephones of `assignment_latency`, in a process of their own: one agent, many callers.

Times are taken here, by one clock: from the agent's BYE as it goes out to the next INVITE as it
comes in. It knows nothing of who distributes the calls.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Never

import uvloop

from lab.telephone import Telephone, telephone

REGISTER_S = 45.0
TALK_S = (0.1, 0.4)  # at random, so that no beat of the other side is met by design
QUIET_S = 1.0
HEARD_WITHIN_S = 5.0
PACKETS = 5  # a tenth of a second of sound: both sides are connected


async def measure(
    pbx: tuple[str, int],
    number: str,
    *,
    phone: str,
    samples: int,
    callers: tuple[str, ...],
    secret: str,
) -> list[float]:
    """So many times, in seconds, from one agent's end of a talk to the next ring."""
    async with telephone("127.0.0.2", pbx) as street, telephone("127.0.0.1", pbx) as desk:
        async with waiting(street, number, callers):
            await desk.register(phone, secret)
            staying = asyncio.create_task(
                _stay_registered(desk, phone, secret), name="registration"
            )
            times = await serve(desk, samples)
            staying.cancel()
        # Nobody rings any more when the phone goes: whoever distributes has no reason to worry.
        await asyncio.sleep(QUIET_S)
        await desk.register(phone, secret, expires_s=0)
        return times


async def _stay_registered(desk: Telephone, phone: str, secret: str) -> Never:
    """As a telephone does: a slow distributor may need longer than one registration lasts."""
    while True:
        await asyncio.sleep(REGISTER_S)
        await desk.register(phone, secret)


async def serve(desk: Telephone, samples: int) -> list[float]:
    """Answer, talk and hang up until there are enough samples; the last ring is not answered."""
    dice = random.Random(1)  # noqa: S311 - the same talks for both
    times: list[float] = []
    freed: float | None = None
    while True:
        ringing = await desk.ringing.get()
        rang = time.perf_counter()
        if freed is not None:
            times.append(rang - freed)
        if len(times) == samples:
            return times
        talk = await ringing.answer()
        async with asyncio.timeout(HEARD_WITHIN_S):
            await talk.media.hears(PACKETS)
        await asyncio.sleep(dice.uniform(*TALK_S))
        freed = time.perf_counter()
        await talk.hang_up()


@asynccontextmanager
async def waiting(street: Telephone, number: str, callers: tuple[str, ...]) -> AsyncIterator[None]:
    """All these callers in the line all the time; whoever was served rings again."""
    lined_up, over = asyncio.Semaphore(0), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for caller in callers:
            tasks.create_task(_ring(street, number, caller, lined_up, over), name="a caller")
        for _ in callers:
            await lined_up.acquire()
        yield
        over.set()
        await street.put_down()


async def _ring(
    street: Telephone, number: str, caller: str, lined_up: asyncio.Semaphore, over: asyncio.Event
) -> None:
    """Ring until all is over; one whose ring is answered after that hangs up at once."""
    while not over.is_set():
        talk = await street.call(number, caller)
        lined_up.release()
        if over.is_set():
            await talk.hang_up()
        await talk.ended.wait()


def main() -> None:
    """Prints the samples as one JSON list."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--number", required=True)
    parser.add_argument("--samples", type=int, required=True)
    parser.add_argument("--callers", required=True, help="their numbers, with commas between")
    parser.add_argument("--secret", required=True)
    parser.add_argument("--phone", required=True)
    options = parser.parse_args()
    work = measure(
        ("127.0.0.1", options.port),
        options.number,
        phone=options.phone,
        samples=options.samples,
        callers=tuple(options.callers.split(",")),
        secret=options.secret,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(work)))


if __name__ == "__main__":
    main()
