"""The pages of `full_day`, in a process of their own: desks and boards of people who are logged in.

Each asks for its page and opens its live link, with its cookie, as a browser does. Desks of agents
with a telephone ask for calls and save the record of each; the others and the boards only watch.
Lines on standard output tell how far it is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import uuid
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import aiohttp
import uvloop
from crowd import agent_ids, supervisor_ids, token
from parts import lines

from lab.agent import Desk

OPENING: Final = 40
"""So many pages are opened at the same time."""

ALL_DAY_S: Final = 24 * 3600.0


class Pages:
    """All of them, and what they were sent."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._opening = asyncio.Semaphore(OPENING)
        self.messages = 0
        self.bytes = 0

    async def watch(self, path: str, user: str, opened: asyncio.Event) -> None:
        """A page that somebody looks at: everything it is sent is read."""
        async with browser(user) as client:
            await self._opening.acquire()
            await self._page(client, path)
            url = f"{self._origin}{path}/live?page={uuid.uuid4()}"
            headers = {"Origin": self._origin}
            async with client.ws_connect(url, headers=headers, max_msg_size=2**24) as link:
                async for message in link:
                    if not opened.is_set():
                        opened.set()
                        self._opening.release()
                    self.messages += 1
                    self.bytes += len(message.data)
        raise SystemExit(f"{path} of {user} was closed ({link.close_code})")

    async def answer(self, agent: str, opened: asyncio.Event) -> None:
        """An agent who takes calls and saves what was done on each."""
        async with browser(agent) as client, asyncio.TaskGroup() as tasks:
            async with self._opening:
                await self._page(client, "/desk")
                desk = Desk(client, self._origin)
                tasks.create_task(desk.run(), name=f"desk of {agent}")
                await desk.until_linked()
            opened.set()
            await desk.command("ready")
            while True:
                view = await desk.until_state("WRAP_UP", within_s=ALL_DAY_S)
                call_id = view["call"]["call_id"]
                record = {"kind": "consultation", "services": [], "outcome": "answered"}
                await desk.command("save", call_id=call_id, **record, finish=True)
                await desk.until(lambda view: view["state"] != "WRAP_UP")

    async def _page(self, client: aiohttp.ClientSession, path: str) -> None:
        headers = {"Accept": "text/html"}
        async with client.get(f"{self._origin}{path}", headers=headers) as page:
            page.raise_for_status()
            await page.read()


def browser(user: str) -> aiohttp.ClientSession:
    """Somebody's, who is logged in."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), headers={"Cookie": f"cc={token(user)}"}
    )


async def play(origin: str, agents: int, answering: int, boards: int) -> None:
    """Open everything; then tell what was sent whenever a line is read."""
    pages, everybody = Pages(origin), agent_ids(agents)
    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        opened = [asyncio.Event() for _ in range(agents + boards)]
        flags = iter(opened)
        running = [
            *(pages.answer(agent, next(flags)) for agent in everybody[:answering]),
            *(pages.watch("/desk", agent, next(flags)) for agent in everybody[answering:]),
            *(pages.watch("/board", user, next(flags)) for user in supervisor_ids(boards)),
        ]
        jobs = [tasks.create_task(one) for one in running]
        for flag in opened:
            await flag.wait()
        print(json.dumps({"open_s": round(time.perf_counter() - began, 2)}), flush=True)
        async for _ in lines():
            told = {"messages": pages.messages, "mb": round(pages.bytes / 1e6, 1)}
            print(json.dumps(told), flush=True)
        for job in jobs:
            job.cancel()


def main() -> None:
    """See `play`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origin", required=True)
    parser.add_argument("--agents", type=int, required=True)
    parser.add_argument("--answering", type=int, required=True)
    parser.add_argument("--boards", type=int, required=True)
    asked = parser.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(play(asked.origin, asked.agents, asked.answering, asked.boards))


if __name__ == "__main__":
    main()
