"""The agents of `nine_o_clock`, in a process of their own: each logs in and registers a telephone.

As a browser does: the log-in page, its form with user name and password, the desk's page and its
live link, which tells the telephone's password; with that it registers at Asterisk. The time goes
from sending the form to Asterisk's word that the telephone is registered (by SIP over UDP; over a
WebSocket Asterisk looks up the same). Desks stay open.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import aiohttp
import uvloop
from crowd import agent_ids
from hotline_phones import light

from lab.telephone import CallRefused, Telephone

FORM = re.compile(r'name="csrf" value="([^"]*)"')
PASSWORD = "bitite matos, bitite matos"  # noqa: S105 - lives as long as the run


class Morning:
    """What became of all of them; milliseconds would be too fine, it is in seconds."""

    def __init__(self, origin: str, phones: Telephone) -> None:
        self._origin = origin
        self._phones = phones
        self.registered_s: list[float] = []
        self.refused: list[str] = []

    async def agent(self, user: str, done: asyncio.Event) -> None:
        """Come to work; the desk stays open until all is over."""
        jar = aiohttp.CookieJar(unsafe=True)  # the host is an address
        try:
            async with aiohttp.ClientSession(self._origin, cookie_jar=jar) as client:
                async with client.get("/login") as page:
                    form = FORM.search(await page.text())
                began = time.perf_counter()
                await self._log_in(client, user, form[1] if form else "")
                url, headers = f"/desk/live?page={uuid.uuid4()}", {"Origin": self._origin}
                async with client.ws_connect(url, headers=headers) as link:
                    await self._register(link, user)
                    self.registered_s.append(time.perf_counter() - began)
                    done.set()
                    async for _ in link:
                        pass
        except (aiohttp.ClientError, CallRefused, LookupError) as fault:
            self.refused.append(f"{type(fault).__name__} {getattr(fault, 'status', '')}".rstrip())
        finally:
            done.set()

    async def _log_in(self, client: aiohttp.ClientSession, user: str, csrf: str) -> None:
        form = {"username": user, "password": PASSWORD, "csrf": csrf}
        async with client.post("/login", data=form, headers={"Accept": "text/html"}) as desk:
            desk.raise_for_status()
            if desk.url.path != "/desk":
                raise LookupError("no desk")
            await desk.read()

    async def _register(self, link: aiohttp.ClientWebSocketResponse, user: str) -> None:
        async for message in link:
            said = message.json()
            if said["type"] == "phone":
                phone = user.replace("b", "b-", 1)
                await self._phones.register(phone, said["phone"]["password"])
                return
        raise LookupError("no telephone")


async def play(origin: str, pbx: tuple[str, int], users: tuple[str, ...], seconds: float) -> None:
    """Everybody comes at an even pace; then it is told how long each of them took."""
    async with light("127.0.0.1", pbx) as phones, asyncio.TaskGroup() as tasks:
        morning, began = Morning(origin, phones), time.perf_counter()
        done = [asyncio.Event() for _ in users]
        jobs = []
        for number, (user, flag) in enumerate(zip(users, done, strict=True)):
            at = began + number * seconds / len(users)
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            jobs.append(tasks.create_task(morning.agent(user, flag), name=user))
        for flag in done:
            await flag.wait()
        told = {"registered_s": morning.registered_s, "refused": morning.refused}
        print(json.dumps(told | {"seconds": time.perf_counter() - began}), flush=True)
        for job in jobs:
            job.cancel()


def main() -> None:
    """See `play`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origin", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--agents", type=int, required=True, help="of all, the last ...")
    parser.add_argument("--coming", type=int, required=True, help="... so many come now")
    parser.add_argument("--seconds", type=float, required=True)
    asked = parser.parse_args()
    users = agent_ids(asked.agents)[-asked.coming :]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(play(asked.origin, ("127.0.0.1", asked.port), users, asked.seconds))


if __name__ == "__main__":
    main()
