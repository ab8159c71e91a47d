"""Sound by the relay and no other way: a real coturn, set up by the lines of the handbook."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page
from talk import answered

from contactcentre.features.desk.turn import Turn
from lab.certificates import Authority
from lab.hotline import Rehearsal, rehearsal, sound_flows, until

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.timeout(180)]

SECRET = "of the tests"
AWAY = "127.0.0.9"
"""Where nothing of ours is."""

NOTE = "Paliek arī citā tīklā"

CONNECTIONS = """() => {
  window.connections = [];
  const Real = RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...given) {
      super(...given);
      window.connections.push(this);
    }
  };
}"""

WAYS = """async () => {
  const ways = [];
  for (const connection of window.connections) {
    const report = await connection.getStats();
    const parts = [...report.values()];
    for (const { localCandidateId } of parts.filter((part) => part.nominated))
      ways.push(report.get(localCandidateId).candidateType);
  }
  return ways;
}"""


@dataclass(slots=True)
class Relay:
    """A coturn: its address, its configuration, and what it has said."""

    port: int
    config: Path
    log: Path
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """As browsers are told of it: by TCP, for firewalls that let no UDP out."""
        return f"turn:127.0.0.1:{self.port}?transport=tcp"

    async def start(self) -> None:
        """Return when it can be reached."""
        with self.log.open("ab") as said:
            self.process = await asyncio.create_subprocess_exec(
                "turnserver", "-c", str(self.config), stdout=said, stderr=said
            )
        await until(lambda: _listens(self.port), "coturn does not begin")

    async def stop(self) -> None:
        """Whatever it has carried is lost."""
        if self.process is not None:
            self.process.terminate()
            await self.process.wait()


@pytest.fixture
async def relay(root: Path, tmp_path: Path, free_port: Callable[[], int]) -> AsyncIterator[Relay]:
    """With other ports, files and addresses than the handbook's, on this machine."""
    issued = Authority(tmp_path).issue("127.0.0.1")
    port, first = free_port(), 30_000 + free_port() % 90 * 100
    changed: dict[str, object] = {
        "listening-port": port,
        "tls-listening-port": free_port(),
        "cert": issued.certificate,
        "pkey": issued.key,
        "static-auth-secret": SECRET,
        "allowed-peer-ip": _own_address(),
    }
    found = re.findall("^    ([a-z-]+)(?:=(.*))?$", _page(root), re.M)
    assert changed.keys() <= {name for name, _ in found}
    lines = [_line(name, changed.get(name, value)) for name, value in found]
    here = {"listening-ip": "127.0.0.1", "relay-ip": _own_address()}
    here |= {"min-port": str(first), "max-port": str(first + 99), "log-file": "stdout"}
    here |= {"pidfile": str(tmp_path / "pid"), "userdb": str(tmp_path / "users"), "verbose": ""}
    config, log = tmp_path / "turnserver.conf", tmp_path / "turnserver.log"
    config.write_text("\n".join((*lines, *(_line(*one) for one in here.items()))) + "\n")
    running = Relay(port, config, log)
    try:
        await running.start()
        yield running
    finally:
        await running.stop()


def _own_address() -> str:
    """Of this machine in its network, by which Asterisk's sound goes; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(("198.51.100.1", 9))
        return str(asking.getsockname()[0])


def _page(root: Path) -> str:
    """The first block of lines of the handbook's page."""
    text = (root / "docs/handbook/turn.md").read_text()
    return text[: text.index("/etc/contactcentre/service.env")]


def _line(name: str, value: object) -> str:
    return f"{name}={value}" if value else name


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return False
    writer.close()
    return True


@pytest.fixture
async def hotline(
    sample_home: Path, tmp_path: Path, free_port: Callable[[], int], relay: Relay
) -> AsyncIterator[Rehearsal]:
    """A hotline whose browsers must go by the relay."""
    home = tmp_path / "home"
    await asyncio.to_thread(shutil.copytree, sample_home, home)
    turn = {"turn_urls": relay.url, "turn_secret": SECRET, "turn_only": "1"}
    async with rehearsal(home, free_port, **turn) as ready:
        await ready.start_service()
        yield ready
        await ready.pbx.kill()


async def test_a_call_by_the_relay(
    hotline: Rehearsal, ready_agent: Callable[[str], Awaitable[Page]], citizen_ear: Any
) -> None:
    """Both are heard, and all of it went through coturn."""
    page = await ready_agent("anna.berzina")
    await page.evaluate(CONNECTIONS)
    async with hotline.telephone() as citizen, asyncio.timeout(120):
        talk = await answered(page, citizen, "+37120000004")
        talk.media.say(bytes(range(256)) * 40, again=True)
        await sound_flows(page, packets=100)
        citizen_ear.loudest, before = 0.0, citizen_ear.packets
        await citizen_ear.until(packets=before + 100)
        assert citizen_ear.loudest > 0.01, "the citizen does not hear the agent"
        ways = await page.evaluate(WAYS)
        assert set(ways) == {"relay"}
        await talk.hang_up()


async def test_the_network_is_another_one_in_mid_call(
    hotline: Rehearsal, relay: Relay, ready_agent: Callable[[str], Awaitable[Page]]
) -> None:
    """No packet of the talk finds its way any more: the citizen hears music, is not dropped, and
    has the same agent again, by a way that is found anew."""
    page = await ready_agent("anna.berzina")
    async with hotline.telephone() as citizen, asyncio.timeout(150):
        talk = await answered(page, citizen, "+37120000004")
        await sound_flows(page)
        await page.fill("#note", NOTE)
        await relay.stop()
        await asyncio.sleep(1)
        await relay.start()
        await hotline.until_calls(60, rejoining=1)
        await page.wait_for_selector('[data-mode="talking"]:not([hidden])', timeout=30_000)
        await sound_flows(page)
        assert not talk.ended.is_set()
        assert await page.input_value("#note") == NOTE
        await talk.hang_up()
        await page.wait_for_selector('[data-mode="wrap_up"]:not([hidden])')


async def test_who_may_be_relayed_and_where(relay: Relay) -> None:
    """Whoever has a page's name and password, until they are over, to Asterisk and nowhere else."""
    turn, at = Turn((relay.url,), SECRET), time.time()
    given, past = turn.of("a-1", at), turn.of("a-1", at - 25 * 3600)
    theirs, here = (given.username, given.credential), _own_address()
    assert "success" in await asked(relay, *theirs, here)
    assert "403 (Forbidden IP)" in await asked(relay, *theirs, AWAY)
    assert "Cannot complete" in await asked(relay, past.username, past.credential, here)
    another = given.username.replace("a-1", "a-2")
    assert "Cannot complete" in await asked(relay, another, given.credential, here)


async def asked(relay: Relay, name: str, word: str, peer: str) -> str:
    """What coturn's own client is told of a way to that address."""
    words = ("-t", "-v", "-c", "-n", "1", "-m", "1", "-p", str(relay.port))
    process = await asyncio.create_subprocess_exec(
        "turnutils_uclient",
        *(*words, "-u", name, "-w", word, "-e", peer, "127.0.0.1"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(20):
            async for line in process.stdout:
                if re.search(r"success: 0x|error \d+|Cannot complete", said := line.decode()):
                    return said
        raise AssertionError("coturn's client says nothing")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
