"""Every route and every live link, given what no page sends: never a fault of ours."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Iterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import pytest
from aiohttp import WSMsgType, web
from structlog.testing import capture_logs

from agents_ui.shell import headers
from agents_ui.shell.live import LinkPace
from agents_ui.shell.server import PanelRunner
from contactcentre.core.commands import COMMANDS
from lab.pages.people import PASSWORD
from lab.pages.stage import ORIGIN

pytestmark = [pytest.mark.web, pytest.mark.timeout(600)]  # each route many times

SEED = 20261128
ROLES = (None, "talking", "board", "admin")
DEEP = b"[" * 30_000


def part(header: bytes, body: bytes = b"x") -> bytes:
    """A form of one field, with one header more."""
    return PARTS.removesuffix(b"\r\n") + header + b"\r\n\r\n" + body + b"\r\n--b--\r\n"


PARTS = b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n'
TEXTS = (
    "", "\0", "\ud800", "\udcff", "٣", "１２", "²", "x" * 5000, "9" * 5000, "-1", "1e999", "NaN",
    "../../etc/passwd", "..%2f", "%00", "%ff", "{{7*7}}", "' OR 1=1 --", "\r\nX: y", "\u202e",
    "<script>", "null", "true", "[]",
)  # fmt: skip
KINDS = (
    "application/json", "application/json; charset=klingon", "text/html; charset=\xff", "",
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=base64", "multipart/form-data", "/", ";;;",
    "multipart/form-data; boundary=", "multipart/form-data; boundary=b", "text/plain; charset=idna",
    "multipart/form-data; boundary=" + "b" * 80, "multipart/mixed; boundary=b",
)  # fmt: skip
BODIES = (
    b"", b"\xff\xfe", b"\0", DEEP, b'{"a":' * 9000, b'"\\ud800"', b'"\\u0000"', b"NaN", b"[1e999]",
    b'{"id":' + b"9" * 4000 + b"}", b'{"id":1e308,"name":"note","args":{"text":"\\u0000"}}',
    b"csrf=%ff&username=%00&password=%f0%28", b"csrf=%zz&&&=&=x", b"plan=%00&hours=%D9%A3&why=a",
    b"username=a&password=" + b"x" * 300, PARTS, PARTS + b"x\r\n--b--", b"--b\r\n\r\n\r\n--b--",
    part(b"Content-Type: text/plain; charset=klingon", b"\xff"), part(b"Content-Encoding: gzip"),
    part(b"Content-Transfer-Encoding: klingon"), part(b"Content-Transfer-Encoding: base64", b"%"),
    b'--b\r\nContent-Disposition: form-data; name="a"; filename="x"\r\n\r\nx\r\n--b--\r\n',
    b'--b\r\nContent-Disposition: form-data; name="_charset_"\r\n\r\nklingon\r\n' + PARTS,
    b"--b\r\nno header at all\r\n\r\n", b"x" * 70_000,
)  # fmt: skip
HEADERS = (
    ("Accept", "text/html"), ("Accept", "\xff"), ("Accept-Encoding", "gzip"), ("Range", "bytes=x-"),
    ("Content-Encoding", "gzip"), ("Content-Encoding", "klingon"), ("Cookie", "lang=\xff"),
    ("Cookie", "login=\xff\xfe; device=\xff~~.."), ("Cookie", "cc=\xff"), ("Cookie", "=;=;;\x01"),
    ("Origin", "null"), ("Origin", "\xff"), ("Sec-Fetch-Site", "cross-site"), ("X-CSRF", "\xff"),
    ("X-Forwarded-For", "\xff, ٣.1.1.1"), ("Forwarded", "for=\xff"), ("Expect", "klingon"),
    ("If-Modified-Since", "yesterday"), ("If-None-Match", "\xff"), ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "٣"), ("Content-Length", "٣"), ("Transfer-Encoding", "chunked"),
    ("Host", "\xff"), ("Host", "[::"), ("Connection", "upgrade"), ("X-Long", "x" * 9000),
)  # fmt: skip


async def ask(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes as they are on a connection of their own: status, headers and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    try:
        async with asyncio.timeout(10):
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            found = dict(line.split(": ", 1) for line in head[1:] if line)
            length = int(found.get("Content-Length", "0"))
            body = b"" if request.startswith(b"HEAD") else await reader.readexactly(length)
    finally:
        writer.transport.abort()
    return int(head[0].split(" ")[1]), found, body


@pytest.fixture
def pace():
    """As many messages as a test likes."""
    return LinkPace(messages_per_s=100_000)


@pytest.fixture
async def port(app):
    """The panel as it is served."""
    runner = PanelRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.fixture
def silence(caplog):
    """Asserts that nobody wrote a trace, or of a fault of ours, while the block ran."""

    @asynccontextmanager
    async def watch():
        caplog.set_level(logging.DEBUG)
        with capture_logs() as lines:
            yield
        assert [
            line for line in lines if line.get("trace") or line["event"] == "request failed"
        ] == []
        assert [one.getMessage() for one in caplog.records if one.exc_info] == []

    return watch


def routes(app: web.Application) -> list[tuple[str, str]]:
    """Method and pattern of each, and of one that is not there."""
    known = {
        (route.method, route.resource.canonical) for route in app.router.routes() if route.resource
    }
    return [*sorted(known), ("POST", "/nowhere"), ("KLINGON", "/login"), ("DELETE", "/desk")]


def requests(
    dice: random.Random, method: str, pattern: str, cookie: str, csrf: str, count: int
) -> Iterator[bytes]:
    """What this route is sent."""
    for _ in range(count):
        path = "/".join(
            quote(dice.choice(TEXTS)[:2000], safe="%", errors="surrogatepass") or "x"
            if part.startswith("{")
            else part
            for part in pattern.split("/")
        )
        query = quote(dice.choice(TEXTS)[:1000], safe="%=&", errors="surrogatepass")
        body = dice.choice(BODIES)
        extra = dict(dice.sample(HEADERS, dice.randrange(3)))
        given = {
            "Host": "panel.test",
            "Cookie": cookie,
            "X-CSRF": csrf if dice.random() < 0.7 else "",
            "Content-Type": dice.choice(KINDS),
            "Content-Length": str(len(body)),
            **extra,
        }
        if "Transfer-Encoding" in extra:
            del given["Content-Length"]
            body = b"zz\r\n" + body
        lines = [f"{method} {path}?page={query} HTTP/1.1", *(f"{k}: {v}" for k, v in given.items())]
        yield "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


@pytest.mark.parametrize("role", ROLES)
async def test_no_request_is_a_fault_of_ours(app, port, world, silence, role, fuzz):
    """Many requests to each route, the same at each run: no 500, trace or version, all headers."""
    dice, asked = random.Random(f"{SEED} {role}"), 0  # noqa: S311
    async with silence():
        for number, (method, pattern) in enumerate(routes(app)):
            cookie = csrf = ""
            if role is not None:
                # From elsewhere: one's own page counts what is sent to it as guesses from here.
                session = await world.accounts.log_in(role, PASSWORD, address=f"192.0.2.{number}")
                cookie, csrf = f"cc={session.token}", session.csrf
            for request in requests(dice, method, pattern, cookie, csrf, fuzz // 20):
                status, found, body = await ask(port, request)
                asked += 1
                case = (status, request[:300])
                assert status < 500, case
                assert headers.CALM.items() <= found.items(), case
                assert found["Content-Security-Policy"].startswith("default-src 'none'"), case
                assert b"Traceback" not in body, case
                assert b"aiohttp" not in body, case
    assert asked > 1000


RUBBISH = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n\r\n\0\0", b"\0" * 100 + b"\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"GET http://[::/ HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
    b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "GET / HTTP/1.1\r\nContent-Length: ٣\r\n\r\n".encode(),
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
)  # fmt: skip


@pytest.mark.parametrize("rubbish", RUBBISH, ids=range(len(RUBBISH)))
async def test_no_request_at_all(port, silence, rubbish):
    """What the parser refuses is answered by the panel: its headers, no version, not a word of
    what came, and no trace with an address in the log."""
    async with silence():
        status, found, body = await ask(port, rubbish)
    assert 300 <= status < 500
    assert headers.CALM.items() <= found.items()
    assert found["Content-Security-Policy"].startswith("default-src 'none'")
    assert found["Cache-Control"] == "no-store"
    assert b"xxx" not in body
    assert b"aiohttp" not in body.lower()


def messages(dice: random.Random) -> Iterator[str]:
    """What a live link is sent: rubbish, and every command with something else in its fields."""
    yield from ("", "\0", "null", "[]", "{}", '"\\ud800"', "NaN", '{"id":-1}', '{"id":1e999}')
    yield from (
        DEEP.decode(),
        '{"args":' * 7000,
        json.dumps({"id": 10**400}),
        '{"id":18446744073709551616}',
    )
    values = (*TEXTS[3:], None, True, [], {}, [[["x"]]] * 30, -1, 10**30, 1e308, {"a": {"b": "\0"}})
    for name in [*COMMANDS, "", "klingon", "\0"]:
        for _ in range(20):
            fields = ("call_id", "offer_id", "text", "base", "level", "kind", "services", "seconds")
            args = {field: dice.choice(values) for field in dice.sample(fields, 3)}
            yield json.dumps(
                {"type": "command", "id": dice.randrange(99), "name": name, "args": args}
            )


async def test_no_message_is_a_fault_of_ours(enter, silence):
    """Hundreds of messages on a desk's link: each gets its answer, and the link stays."""
    browser, dice = await enter("talking"), random.Random(SEED)  # noqa: S311
    async with silence(), browser.ws_connect("/desk/live", origin=ORIGIN) as link:
        for number, text in enumerate(messages(dice)):
            await link.send_str(text)
            async with asyncio.timeout(5):
                while True:
                    heard = await link.receive()
                    assert heard.type is WSMsgType.TEXT, (number, text[:200], heard)
                    if json.loads(heard.data)["type"] == "ack":
                        break


@pytest.mark.parametrize("page", ["desk", "board"])
async def test_bytes_that_are_no_text(enter, silence, page):
    """They end the link with the code that is meant for it, and nothing else."""
    browser = await enter("talking" if page == "desk" else "board")
    async with silence():
        link = await browser.ws_connect(f"/{page}/live", origin=ORIGIN)
        await link._writer.send_frame(b"\xff\xfe", WSMsgType.TEXT)
        async with asyncio.timeout(5):
            async for _ in link:
                pass
    assert link.close_code == 1007
