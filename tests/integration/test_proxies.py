"""The panel behind the proxies whose configuration we ship, each the real program, by https."""

import asyncio
import re
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from agents_ui.app import build
from agents_ui.shell.port import PanelSettings
from agents_ui.shell.server import PanelRunner
from contactcentre.storage import tables as models
from lab.pages.people import PASSWORD
from lab.pages.sample import Prepared, prepare
from lab.pages.stage import StagedHistory, staged

pytestmark = pytest.mark.integration

HERE = "127.7.7.7"
"""The browser's address, which is none of the proxy's."""

NGINX = """daemon off; error_log stderr error; pid {home}/pid;
events {{}}
http {{
    client_body_temp_path {home}/a; proxy_temp_path {home}/b; fastcgi_temp_path {home}/c;
    uwsgi_temp_path {home}/d; scgi_temp_path {home}/e;
    include {home}/site;
}}
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The database of both."""
    return asyncio.run(prepare(tmp_path_factory.mktemp("prepared")))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate of this machine's name, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj"
    files = ["-keyout", f"{folder}/key.pem", "-out", f"{folder}/certificate.pem"]
    name = ["-addext", "subjectAltName=DNS:localhost"]
    made = [*words.split(), "/CN=localhost", *name, *files]
    subprocess.run(made, check=True, capture_output=True)  # noqa: S603 - words of this file
    return folder


@dataclass(frozen=True)
class Shipped:
    """A file of `deploy`, made to fit this test: other ports, and loopback alone."""

    text: str
    https: int
    http: int
    panel: int
    certificate: Path

    def fitted(self, *changes: tuple[str, str]) -> str:
        """Each pattern is found, or the test would not be of what is shipped."""
        text = self.text.replace("/etc/contactcentre/tls", str(self.certificate))
        text = text.replace("127.0.0.1:8080", f"127.0.0.1:{self.panel}")
        for pattern, new in changes:
            text, found = re.subn(pattern, new, text, flags=re.M)
            assert found, pattern
        return text


def nginx(shipped: Shipped, home: Path) -> list[str]:
    """How it is started."""
    site = shipped.fitted(
        (r"^ *listen \[::\].*\n", ""),
        ("listen 443", f"listen 127.0.0.1:{shipped.https}"),
        ("listen 80;", f"listen 127.0.0.1:{shipped.http};"),
        (r"hotline\.example\.lv", "localhost"),
    )
    (home / "site").write_text(site)
    (home / "nginx.conf").write_text(NGINX.format(home=home))
    return ["nginx", "-e", "stderr", "-p", str(home), "-c", str(home / "nginx.conf")]


def caddy(shipped: Shipped, home: Path) -> list[str]:
    """How it is started."""
    ports = f"admin off\n\tstorage file_system {home}\n\thttp_port {shipped.http}\n"
    site = shipped.fitted(
        (r"^{$", "{\n\t" + ports + f"\thttps_port {shipped.https}\n\tdefault_bind 127.0.0.1"),
        (r"^hotline\.example\.lv", "localhost"),
    )
    (home / "Caddyfile").write_text(site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(home / "Caddyfile")]


class Exchange:
    """Asterisk's WebSocket, which answers as it was asked."""

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One phone's socket."""
        socket = web.WebSocketResponse(protocols=("sip",))
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket


@asynccontextmanager
async def running(command: list[str], home: Path, port: int) -> AsyncIterator[None]:
    """The proxy, once it takes connections."""
    log = home / "log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdout=output,
            stderr=output,
            env={"PATH": "/usr/sbin:/usr/bin", "HOME": str(home)},
        )
    try:
        async with asyncio.timeout(20):
            while not await listens(port):
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.02)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def listens(port: int) -> bool:
    """Whether somebody does."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@pytest.fixture(params=[nginx, caddy])
async def proxied(
    request: pytest.FixtureRequest,
    prepared: Prepared,
    certificate: Path,
    root: Path,
    tmp_path: Path,
    free_port: Callable[[], int],
) -> AsyncIterator[tuple[StagedHistory, aiohttp.ClientSession, int]]:
    """The pages, a browser outside, and the port of plain http."""
    file = {nginx: "nginx/contactcentre.conf", caddy: "caddy/Caddyfile"}[request.param]
    text = (root / "deploy" / file).read_text()
    shipped = Shipped(text, free_port(), free_port(), free_port(), certificate)
    origin = f"https://localhost:{shipped.https}"
    app = web.Application()
    app.router.add_get("/ws", Exchange().serve)
    async with staged(prepared, tmp_path) as stage, TestServer(app) as exchange:
        settings = PanelSettings(
            origin=origin,
            secure=True,
            exchange=f"ws://127.0.0.1:{exchange.port}/ws",
            trusted_proxies=("127.0.0.1/32",),
        )
        runner = PanelRunner(build(stage.ports(settings)), shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", shipped.panel).start()
            trust = ssl.create_default_context(cafile=str(certificate / "certificate.pem"))
            way = aiohttp.TCPConnector(local_addr=(HERE, 0), ssl=trust, family=2)
            async with (
                running(request.param(shipped, tmp_path), tmp_path, shipped.https),
                aiohttp.ClientSession(origin, connector=way) as browser,
            ):
                yield stage, browser, shipped.http
        finally:
            await runner.cleanup()


async def test_through_the_proxy(
    proxied: tuple[StagedHistory, aiohttp.ClientSession, int],
) -> None:
    """A log-in from where the browser is and not from where it says it is, by https alone, and both
    WebSockets; figures stay within."""
    stage, browser, http = proxied
    invented = {"X-Forwarded-For": "198.51.100.9", "Accept": "text/html"}
    page = await browser.get("/login", headers=invented)
    assert page.headers.getall("Strict-Transport-Security")[0].startswith("max-age=63072000")
    token = re.search(r'name="csrf" value="([^"]+)"', await page.text())
    assert token is not None
    form = {"csrf": token[1], "username": "idle", "password": PASSWORD}
    answer = await browser.post("/login", data=form, headers=invented, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/desk")
    async with stage.accounts.records.open() as connection:
        rows = await connection.execute(select(models.sessions.c.network))
        assert [network.rpartition(".")[0] for network in rows.scalars()] == ["127.7.7"]
    origin = {"Origin": str(browser._base_url).rstrip("/")}
    async with asyncio.timeout(20):
        async with browser.ws_connect("/desk/live", headers=origin) as live:
            assert (await live.receive_json())["type"]
        async with browser.ws_connect("/desk/sip", protocols=("sip",), headers=origin) as phone:
            await phone.send_str("REGISTER sip:x SIP/2.0\r\n\r\n")
            assert (await phone.receive_str()).startswith("REGISTER")
    assert (await browser.get("/metrics")).status == 403
    plain = await browser.get(f"http://localhost:{http}/desk", allow_redirects=False)
    assert plain.status in (301, 308)
    assert plain.headers["Location"].startswith("https://localhost")
