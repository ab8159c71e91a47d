"""A whole hotline on free ports of loopback: for tests, benchmarks and rehearsals of faults.

Asterisk and the service are processes of their own, so either may be killed under calls. Agents
are driven over the panel's own HTTP and WebSocket, with a plain SIP phone for a voice.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from sqlalchemy import Table, text

from contactcentre import paths
from contactcentre.features.agents.document import table_phone
from contactcentre.settings import Settings
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import Pbx, running
from lab import g711
from lab.agent import POLL_S, SEEN_WITHIN_S, Desk, DeskAgent
from lab.browser_phone import HOST
from lab.service_process import ServiceProcess
from lab.tape import overheard, recording
from lab.telephone import PhoneCall, Telephone, telephone
from lab.traces import Traces
from lab.wire import Wire, wire

if TYPE_CHECKING:
    from playwright.async_api import Page

READY_WITHIN_S: Final = 40.0

OFFERS: Final = """
    SELECT *,
        CASE WHEN answered_at IS NULL OR why = 'transferred' THEN why ELSE 'answered' END result
    FROM legs WHERE party = 'agent' AND (answered_at IS NOT NULL OR why IS NOT NULL)
    ORDER BY from_at
"""
"""Query: the legs of agents that were answered or came to nothing, with what became of each."""

SPEECH: Final = 0.02
"""Loudness (0..1, mean) that music on hold stays below and a prompt reaches."""

_PORTS: Final = ("port", "sip_port", "sip_websocket_port", "ami_port", "agi_port")

Row = dict[str, Any]


class Rehearsal:
    """The hotline: Asterisk, the service, its database and its sample people."""

    def __init__(self, settings: Settings, environment: Mapping[str, str], pbx: Pbx) -> None:
        self.settings = settings
        self.pbx = pbx
        self.environment = dict(environment)
        self.ami_port = settings.ami_port  # where the service finds the manager
        self._service: ServiceProcess | None = None
        self._phone_secrets: dict[str, str] = {}

    # --- the service -----------------------------------------------------------------------

    async def start_service(self) -> None:
        """Start it, and return when it can take calls."""
        log = self.settings.home / "service.log"
        self._service = await asyncio.to_thread(ServiceProcess, self.environment, log)
        await self.until_ready()

    async def until_ready(self, within_s: float = READY_WITHIN_S, *, ready: bool = True) -> None:
        """Wait until /readyz says so, or says not."""
        async with aiohttp.ClientSession() as client:

            async def holds() -> bool:
                return await self._is_ready(client) is ready

            await until(holds, "not ready" if ready else "still ready", within_s)

    async def _is_ready(self, client: aiohttp.ClientSession) -> bool:
        if self._service is not None and self._service.returncode is not None:
            raise AssertionError("the service ended:\n" + self.service_log()[-3000:])
        try:
            async with client.get(f"{self.settings.panel_origin}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def service_log(self) -> str:
        """What the service wrote."""
        log = self.settings.home / "service.log"
        return log.read_text() if log.exists() else ""

    async def kill_service(self) -> None:
        """As a crash would."""
        if self._service is not None and self._service.returncode is None:
            self._service.kill()
            await self._service.wait()

    async def replace_service(self) -> None:
        """As an upgrade does: the one ends when it is told, the next one starts."""
        if self._service is not None:
            self._service.terminate()
            await self._service.wait()
        await self.start_service()

    @asynccontextmanager
    async def wired(self, port: int) -> AsyncIterator[Wire]:
        """A line that can be cut between Asterisk's manager and a service started in the block."""
        async with wire(port, self.settings.ami_host, self.ami_port) as line:
            self.environment["CC_AMI_PORT"] = str(port)
            yield line

    # --- people ----------------------------------------------------------------------------

    @asynccontextmanager
    async def desk(self, username: str) -> AsyncIterator[Desk]:
        """An agent who has logged in and opened the desk; not ready yet."""
        async with self.client(username) as client:
            desk = Desk(client, self.settings.panel_origin)
            reading = asyncio.create_task(desk.run(), name=f"desk {username}")
            try:
                await desk.until_linked()
                yield desk
            finally:
                reading.cancel()
                await asyncio.wait([reading])

    @asynccontextmanager
    async def client(self, username: str) -> AsyncIterator[aiohttp.ClientSession]:
        """A browser's cookies for somebody of the sample data."""
        jar = aiohttp.CookieJar(unsafe=True)  # the host is an address
        async with aiohttp.ClientSession(cookie_jar=jar) as client:
            status = await self.log_in(client, username)
            if status != 200:
                raise AssertionError(f"{username} was not let in ({status})")
            yield client

    async def log_in(self, client: aiohttp.ClientSession, username: str) -> int:
        """Fill in the log-in page; the status of the page that follows."""
        origin = self.settings.panel_origin
        async with client.get(f"{origin}/login") as page:
            token = re.search(r'name="csrf" value="([^"]*)"', await page.text())
        form = {
            "username": username,
            "password": sample_passwords(self.settings)[username],
            "csrf": token[1] if token else "",
        }
        async with client.post(f"{origin}/login", data=form) as answer:
            return answer.status

    @asynccontextmanager
    async def agent(self, username: str, *, ready: bool = True) -> AsyncIterator[DeskAgent]:
        """An agent with a desk and a plain SIP phone, ready for calls unless said otherwise."""
        async with self.desk(username) as desk, self.telephone("127.0.0.1") as phone:
            agent = DeskAgent(desk, phone, *await self.phone_log_in(username))
            await agent.register()
            if ready:
                await agent.get_ready()
            yield agent

    async def phone_log_in(self, username: str) -> tuple[str, str]:
        """Endpoint and secret of a telephone on a table, as an administrator types them into it."""
        endpoint, directory = (
            await self._table(username),
            Directory(paths.directory(self.settings)),
        )
        if username not in self._phone_secrets:
            self._phone_secrets[username] = secret = secrets.token_urlsafe(24)
            await asyncio.to_thread(directory.enrol, endpoint, secret, kind="desk")
        return endpoint, self._phone_secrets[username]

    @asynccontextmanager
    async def telephone(self, host: str = HOST, *, rung: bool = False) -> AsyncIterator[Telephone]:
        """A SIP telephone; by default a citizen's, behind the carrier.

        `rung`: every call that the hotline makes to its carrier rings here.
        """
        pbx = (self.settings.sip_host, self.settings.sip_port)
        port = self.settings.sip_port if rung else 0  # beside ours, at an address of its own
        async with telephone(host, pbx, port) as phone:
            yield phone

    # --- what is known ---------------------------------------------------------------------

    async def sql(self, statement: str, **values: object) -> list[Row]:
        """Run one statement on the database; its rows."""
        url = self.settings.database
        async with database.opened(url) as storage, storage.begin() as connection:
            result = await connection.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    async def edit(self, table: Table, *keys: str, **fields: object) -> None:
        """Set fields of these documents, or of all in a table."""
        await edit(self.settings.database, table, *keys, **fields)

    async def _table(self, username: str) -> str:
        (row,) = await self.sql(
            """
            SELECT document ->> 'endpoint' AS endpoint FROM agents JOIN users USING (agent_id)
            WHERE username = :username
            """,
            username=username,
        )
        return table_phone(str(row["endpoint"]))

    async def agent_id(self, username: str) -> str:
        """The agent of a log-in."""
        (row,) = await self.sql("SELECT agent_id FROM users WHERE username = :name", name=username)
        return str(row["agent_id"])

    async def figures(self) -> dict[str, float]:
        """/metrics as it is now: `calls{phase="waiting"}` and so on, without the prefix."""
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"{self.settings.panel_origin}/metrics") as answer,
        ):
            lines = (await answer.text()).splitlines()
        pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name.removeprefix("contactcentre_"): float(value) for name, _, value in pairs}

    async def until_projected(self) -> None:
        """Return when the database has everything that has happened."""

        async def holds() -> bool:
            return (await self.figures())["journal_unsent_records"] == 0

        await until(holds, "the journal is not in the database")

    async def until_calls(self, within_s: float = SEEN_WITHIN_S, **phases: int) -> None:
        """Wait until so many calls are in each of these phases."""
        wanted = {f'calls{{phase="{phase}"}}': float(n) for phase, n in phases.items()}

        async def holds() -> bool:
            now = await self.figures()
            return all(now.get(name, 0.0) == number for name, number in wanted.items())

        await until(holds, f"calls are not {phases}", within_s)

    async def until_rows(
        self, statement: str, count: int, within_s: float = SEEN_WITHIN_S
    ) -> list[Row]:
        """The rows of a query, once there are so many."""
        found: list[Row] = []

        async def holds() -> bool:
            found[:] = await self.sql(statement)
            return len(found) >= count

        await until(holds, f"fewer than {count} rows", within_s)
        return found


HotlineFor = Callable[..., AbstractAsyncContextManager[tuple[Rehearsal, Telephone]]]
"""Makes one by a name and its desk phones, with its carrier's telephone."""


async def edit(url: str, table: Table, *keys: str, **fields: object) -> None:
    """Set fields of these documents of a database, or of all in a table."""
    async with database.opened(url) as storage, storage.begin() as connection:
        name = documents.key_of(table)
        everything = [one[name] for one in await documents.read(connection, table)]
        for key in keys or everything:
            await documents.change(connection, table, key, **fields)


async def until(
    holds: Callable[[], Awaitable[bool]], otherwise: str, within_s: float = SEEN_WITHIN_S
) -> None:
    """Ask again and again; `AssertionError` with these words when it never holds."""
    try:
        async with asyncio.timeout(within_s):
            while not await holds():  # noqa: ASYNC110 - another process tells no events
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        raise AssertionError(f"{otherwise} after {within_s} s") from None


FLOWS = """async (packets) => {
  const { inbound, outbound } = await document.querySelector("#phone").stats();
  return outbound.packets > packets && inbound.packets > packets && inbound.energy > 0;
}"""


async def sound_flows(page: Page, packets: int = 50, within_s: float = SEEN_WITHIN_S) -> None:
    """Return when the browser's phone has sent and heard so many packets, and not only silence.

    Playwright's `wait_for_function` takes the promise of an async function for its answer.
    """
    await until(lambda: page.evaluate(FLOWS, packets), "no sound both ways", within_s)


async def hears_speech(talk: PhoneCall, within_s: float = SEEN_WITHIN_S) -> None:
    """Return when a prompt is heard, as opposed to silence and soft music."""
    try:
        async with asyncio.timeout(within_s):
            while g711.loudness(talk.media.heard(0.2)) < SPEECH:
                await talk.media.hears(5)
    except TimeoutError:
        over = ", and the call is over" if talk.ended.is_set() else ""
        raise AssertionError(f"no prompt was heard in {within_s} s{over}") from None


def sample_passwords(settings: Settings) -> dict[str, str]:
    """User names and passwords of the sample data."""
    lines = paths.sample_logins(settings).read_text().splitlines()
    pairs = (line.split() for line in lines if line and not line.startswith("#"))
    return {pair[0]: pair[1] for pair in pairs if len(pair) >= 2}


@asynccontextmanager
async def rehearsal(
    home: Path,
    free_port: Callable[[], int],
    *,
    desk_phones: Sequence[str] = (),
    traces: Traces | None = None,
    **changed: str,
) -> AsyncIterator[Rehearsal]:
    """A hotline with sample data and a running Asterisk; its service is not started yet.

    `desk_phones`: the user names whose phone is a plain SIP one, without a browser. `traces`: what
    it leaves behind is kept there. `changed`: settings by their lower-case names.
    """
    from contactcentre.cli.launcher import prepare

    first = 10_000 + free_port() % 90 * 100
    given = {
        "home": str(home),
        "sample": "1",
        **{name: str(free_port()) for name in _PORTS},
        "rtp_first": str(first),
        "rtp_last": str(first + 99),
        **changed,
    }
    ours = {f"CC_{name.upper()}": value for name, value in given.items()}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CC_")} | ours
    settings = Settings.model_validate(given)
    await prepare(settings)
    given_pbx = paths.pbx_settings(settings)
    async with AsyncExitStack() as stack:
        if traces is not None:
            stack.push_async_callback(_keep, settings, traces)
            given_pbx = overheard(given_pbx)
        pbx = await stack.enter_async_context(running(given_pbx))
        hotline = Rehearsal(settings, environment, pbx)
        if traces is not None:
            hotline.ami_port = free_port()
            await stack.enter_async_context(recording(pbx, hotline.ami_port, traces))
            hotline.environment["CC_AMI_PORT"] = str(hotline.ami_port)
        await hotline.edit(models.trunks, server=f"{HOST}:{settings.sip_port}")
        if desk_phones:
            users = await hotline.sql("SELECT username, agent_id FROM users")
            agents = {str(one["username"]): str(one["agent_id"]) for one in users}
            chosen = [agents[username] for username in desk_phones]
            await hotline.edit(models.agents, *chosen, device="desk")
        stack.push_async_callback(hotline.kill_service)
        yield hotline


async def _keep(settings: Settings, traces: Traces) -> None:
    """What a hotline that is over leaves behind, and what it has known."""
    traces.hide("secret", *sample_passwords(settings).values())
    traces.hide("name", *(name for name in sample_passwords(settings) if "." in name))
    traces.hide("secret", paths.ami_secret(settings), paths.agi_secret(settings))
    async with database.opened(settings.database) as storage:
        await traces.hide_known(storage)
    await asyncio.to_thread(traces.keep_home, settings.home)
