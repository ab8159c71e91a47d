"""The desks of `screen_pop`, in a process of their own: each notes when it is told of an offer.

Prints a line when all are open and ready; then, asked by a line, the times of all offers so far, in
milliseconds from the offer's own time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import aiohttp
import uvloop
from full_day_pages import ALL_DAY_S, OPENING, browser
from parts import lines

from lab.agent import Desk, View


@dataclass(slots=True)
class Popped:
    """Milliseconds: until the view was there, and until what stands beside it was."""

    view_ms: list[float] = field(default_factory=list)
    beside_ms: list[float] = field(default_factory=list)


async def sit(
    origin: str, agent: str, opening: asyncio.Semaphore, opened: asyncio.Event, popped: Popped
) -> None:
    """An agent who takes calls, and saves what was done on each."""
    async with browser(agent) as client, asyncio.TaskGroup() as tasks:
        desk = Desk(client, origin)
        async with opening:
            csrf = await _csrf(client, origin)
            tasks.create_task(desk.run(), name=f"desk of {agent}")
            await desk.until_linked()
        await desk.command("ready")
        opened.set()
        while True:
            view = await desk.until_state("RESERVED", within_s=ALL_DAY_S)
            popped.view_ms.append(_since(view))
            await _beside(client, origin, csrf, view)
            popped.beside_ms.append(_since(view))
            view = await desk.until_state("WRAP_UP", "READY", "NOT_READY", within_s=ALL_DAY_S)
            if view["state"] == "WRAP_UP":
                record = {"kind": "consultation", "services": [], "outcome": "answered"}
                call_id = view["call"]["call_id"]
                await desk.command("save", call_id=call_id, **record, finish=True)
                await desk.until(lambda view: view["state"] != "WRAP_UP")


def _since(view: View) -> float:
    return 1000 * (time.time() - float(view["call"]["offered_at"]))


async def _csrf(client: aiohttp.ClientSession, origin: str) -> str:
    async with client.get(f"{origin}/desk", headers={"Accept": "text/html"}) as page:
        page.raise_for_status()
        config = (await page.text()).partition('id="config"')[2].partition(">")[2]
        return str(json.loads(config.partition("</script>")[0])["csrf"])


async def _beside(client: aiohttp.ClientSession, origin: str, csrf: str, view: View) -> None:
    """The cards that are suggested, the history and the open cases of the number."""
    call = view["call"]
    async with asyncio.TaskGroup() as asked:
        for path in ("history", "cases"):
            asked.create_task(_read(client.get(f"{origin}/desk/{path}/{call['call_id']}")))
        body, headers = {"codes": call["suggested"]}, {"X-CSRF": csrf, "Origin": origin}
        asked.create_task(_read(client.post(f"{origin}/desk/cards", json=body, headers=headers)))


async def _read(request: aiohttp.client._RequestContextManager) -> None:
    async with request as answer:
        answer.raise_for_status()
        await answer.read()


async def play(origin: str, agents: list[str]) -> None:
    """Open everything; then tell the times whenever a line is read."""
    popped, opening = Popped(), asyncio.Semaphore(OPENING)
    async with asyncio.TaskGroup() as tasks:
        opened = [asyncio.Event() for _ in agents]
        jobs = [
            tasks.create_task(sit(origin, agent, opening, flag, popped))
            for agent, flag in zip(agents, opened, strict=True)
        ]
        for flag in opened:
            await flag.wait()
        print(json.dumps({"open": len(opened)}), flush=True)
        async for _ in lines():
            told = {"view_ms": popped.view_ms, "beside_ms": popped.beside_ms}
            print(json.dumps(told), flush=True)
        for job in jobs:
            job.cancel()


def main() -> None:
    """See `play`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origin", required=True)
    parser.add_argument("--agents", required=True, help="with commas between")
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(play(asked.origin, asked.agents.split(",")))


if __name__ == "__main__":
    main()
