"""An agent of a rehearsal: the desk, without its page, and a plain SIP phone for a voice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import aiohttp

from lab.telephone import PhoneCall, Telephone

SEEN_WITHIN_S: Final = 25.0
POLL_S: Final = 0.02

View = dict[str, Any]


class Desk:
    """One agent's page, without the page: the live link, what it shows, and coming back to it."""

    def __init__(self, client: aiohttp.ClientSession, origin: str) -> None:
        self.view: View = {}
        self.phone: View = {}
        self._client = client
        self._origin = origin
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._changed = asyncio.Condition()
        self._acks: dict[int, asyncio.Future[View]] = {}
        self._number = 0
        self._csrf = ""

    async def run(self) -> None:
        """Keep the link, as the page does; while it is down there is nothing to see."""
        while True:
            with suppress(aiohttp.ClientError, ConnectionError):
                url = f"{self._origin}/desk/live"
                async with self._client.ws_connect(url, headers={"Origin": self._origin}) as link:
                    self._socket = link
                    await self._read(link)
            self._socket, self.view, self.phone = None, {}, {}
            await asyncio.sleep(POLL_S)

    async def _read(self, link: aiohttp.ClientWebSocketResponse) -> None:
        async for message in link:
            said = message.json()
            async with self._changed:
                match said["type"]:
                    case "csrf":
                        self._csrf = said["csrf"]
                    case "view":
                        self.view = said["view"]
                    case "phone":
                        self.phone = said["phone"]
                    case "ack" if said["id"] in self._acks:
                        self._acks.pop(said["id"]).set_result(said)
                self._changed.notify_all()

    async def until(self, holds: Callable[[View], object], within_s: float = SEEN_WITHIN_S) -> View:
        """The first view for which it holds."""
        try:
            async with asyncio.timeout(within_s), self._changed:
                await self._changed.wait_for(lambda: self.view and holds(self.view))
        except TimeoutError:
            raise AssertionError(f"not seen in {within_s} s; the desk is {self.view}") from None
        return self.view

    async def until_state(self, *states: str, within_s: float = SEEN_WITHIN_S) -> View:
        """The first view in one of these states."""
        return await self.until(lambda view: view["state"] in states, within_s)

    async def until_linked(self, within_s: float = SEEN_WITHIN_S) -> View:
        """The first view of a link whose phone's log-in has come too, if it has one."""
        return await self.until(lambda view: self.phone or view["device"] != "browser", within_s)

    async def command(self, name: str, **arguments: Any) -> bool:
        """Send a command; whether it was taken."""
        await self.until_linked()
        assert self._socket is not None  # noqa: S101 - there is a view
        self._number += 1
        answer: asyncio.Future[View] = asyncio.get_running_loop().create_future()
        self._acks[self._number] = answer
        order = {"type": "command", "id": self._number, "name": name, "args": arguments}
        await self._socket.send_json(order)
        async with asyncio.timeout(10.0):
            return bool((await answer)["ok"])

    async def end_other_sessions(self, password: str) -> None:
        """Log out everywhere else."""
        url = f"{self._origin}/account/sessions/end-others"
        form = {"csrf": self._csrf, "password": password}
        async with self._client.post(url, data=form) as answer:
            answer.raise_for_status()

    async def log_out(self) -> None:
        """Leave for the day."""
        url = f"{self._origin}/logout"
        async with self._client.post(url, data={"csrf": self._csrf}) as answer:
            answer.raise_for_status()


class DeskAgent:
    """A desk and the phone on it, whose log-in is `endpoint` and `secret`."""

    def __init__(self, desk: Desk, phone: Telephone, endpoint: str, secret: str) -> None:
        self.desk = desk
        self.phone = phone
        self._endpoint = endpoint
        self._secret = secret

    async def register(self, phone: Telephone | None = None) -> None:
        """Log the phone (or another) in."""
        await self.desk.until_linked()
        await (phone or self.phone).register(self._endpoint, self._secret)
        await self.desk.until(lambda view: view["phone"])

    async def unregister(self) -> None:
        """Log the phone out, as a desk phone that is switched off does."""
        await self.phone.register(self._endpoint, self._secret, expires_s=0)

    async def get_ready(self) -> None:
        """Ask for calls."""
        await self.desk.command("microphone", granted=True)
        await self.desk.command("ready")
        await self.desk.until(lambda view: view["wanted"] == "READY")

    async def answer(self, within_s: float = SEEN_WITHIN_S) -> PhoneCall:
        """Lift the receiver when it rings, and return when the desk shows the talk."""
        await self.desk.until_state("RESERVED", within_s=within_s)
        try:
            async with asyncio.timeout(within_s):
                while (ringing := await self.phone.ringing.get()).cancelled.is_set():
                    pass  # it rang in vain before
                talk = await ringing.answer()
        except TimeoutError:
            raise AssertionError("the desk shows a call, but the phone does not ring") from None
        await self.desk.until_state("TALKING", within_s=within_s)
        return talk

    async def answer_by_page(self) -> PhoneCall:
        """Answer with the receiver on its hook; return when the desk shows the talk."""
        view = await self.desk.until(lambda view: view["call"] and view["call"]["ring_until"])
        await self.phone.ringing.get()
        async with asyncio.timeout(SEEN_WITHIN_S):
            while not await self.desk.command("answer", offer_id=view["call"]["offer_id"]):
                pass  # that it rings is not known yet
            talk = await self.phone.lifted.get()
        await self.desk.until_state("TALKING")
        return talk

    async def save(self) -> None:
        """Record what was done, which ends the wrap-up."""
        view = await self.desk.until_state("WRAP_UP")
        record = {"kind": "consultation", "services": [], "outcome": "answered", "finish": True}
        await self.desk.command("save", call_id=view["call"]["call_id"], **record)
