"""The panel, given values that nobody means well with: no request, no message is a fault of ours.

`--fuzz=100000` gives each surface so many; `test_hostile.py` has those that were found once.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from itertools import islice
from urllib.parse import quote

import pytest
from aiohttp import ClientConnectionError, WSMsgType, web
from rubbish import Rubbish, cases
from structlog.testing import capture_logs

from agents_ui.shell import headers
from agents_ui.shell.live import LinkPace
from agents_ui.shell.server import PanelRunner
from contactcentre.core.commands import COMMANDS
from lab.pages.people import PASSWORD
from lab.pages.stage import ORIGIN

pytestmark = [pytest.mark.web, pytest.mark.timeout(7200)]

FIELDS = (
    "csrf", "username", "password", "language", "back", "plan", "hours", "why", "q", "codes",
    "call_id", "service", "type", "id", "name", "args", "text", "base", "level", "kind", "services",
    "outcome", "finish", "offer_id", "seconds", "queue", "reason", "granted", "page", "again",
)  # fmt: skip
HEADERS = (
    "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Encoding", "Cookie",
    "Expect", "Forwarded", "If-Modified-Since", "If-None-Match", "If-Range", "Origin", "Range",
    "Referer", "Sec-Fetch-Site", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key", "Upgrade",
    "Sec-WebSocket-Protocol", "Sec-WebSocket-Version", "Transfer-Encoding", "X-CSRF",
    "X-Forwarded-For", "Content-Type", "Content-Length", "Host", "Connection",
)  # fmt: skip
MEANT = (
    "text/html", "gzip", "websocket", "13", "bytes=0-", "chunked", "100-continue", ORIGIN, "close",
    "cc=x", "application/json", "lang=lv; device=x", "same-origin", 'W/"x"', "127.0.0.1, ::1",
)  # fmt: skip
COOKIES = ("cc", "lang", "device", "login", "__Host-cc")
WHO = (None, "talking", "board", "listening", "admin")

LEFT_S = 10.0
ENOUGH_S = 1.0
AT_ONCE = 16
GO_ON = b"HTTP/1.1 100 "


@pytest.fixture
def pace():
    """As many messages as a test likes."""
    return LinkPace(messages_per_s=10_000_000)


@asynccontextmanager
async def served(app):
    """The panel at a port of loopback."""
    runner = PanelRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def faults(lines):
    """What is logged of faults of ours."""
    return [one for one in lines if one["event"] == "request failed"]


def routes(app):
    """Method and pattern of each."""
    return sorted(
        {(one.method, one.resource.canonical) for one in app.router.routes() if one.resource}
    )


def body(dice: Rubbish) -> tuple[str, bytes]:
    """A content type, and what is of that type, more or less."""
    charset = dice.choice(("", "", "", f"; charset={dice.ascii()[:20]}"))
    match dice.randrange(4):
        case 0:
            return "application/json" + charset, dice.json(FIELDS, depth=4)
        case 1:
            pairs = [
                f"{dice.choice(FIELDS)}={quote(dice.text()[:500], errors='surrogatepass')}"
                for _ in range(dice.randrange(6))
            ]
            form = "&".join(pairs).encode()
            kind = "application/x-www-form-urlencoded" + charset
            return kind, dice.mutated(form) if dice.random() < 0.2 else form
        case 2:
            parts = [
                f'--b\r\nContent-Disposition: form-data; name="{dice.choice(FIELDS)}"\r\n'
                f"{dice.choice(('', '', f'Content-Type: {dice.ascii()}', dice.ascii()))}\r\n\r\n"
                f"{dice.ascii()}\r\n"
                for _ in range(dice.randrange(4))
            ]
            form = ("".join(parts) + "--b--\r\n").encode()
            kind = "multipart/form-data; boundary=b" + charset
            return kind, dice.mutated(form) if dice.random() < 0.3 else form
        case _:
            return dice.ascii() + charset, dice.text().encode("utf-8", "surrogatepass")


def request(dice: Rubbish, method: str, pattern: str, cookie: str, csrf: str) -> bytes:
    """One request to a route."""
    path = "/".join(
        quote(dice.text()[:1000], safe="%", errors="surrogatepass") or "x"
        if part.startswith("{")
        else part
        for part in pattern.split("/")
    )
    query = "&".join(
        f"{dice.choice(FIELDS)}={quote(dice.text()[:500], safe='%=&', errors='surrogatepass')}"
        for _ in range(dice.randrange(3))
    )
    kind, data = body(dice)
    given = {"Host": "panel.test", "Cookie": cookie, "Origin": ORIGIN}
    given |= {"X-CSRF": csrf} if dice.random() < 0.8 else {}
    given |= {"Content-Type": kind, "Content-Length": str(len(data))}
    for name in dice.sample(HEADERS, dice.choice((0, 0, 1, 1, 2))):
        given[name] = dice.choice((dice.choice(MEANT), dice.ascii()))
    if dice.random() < 0.1:
        given["Cookie"] += f"; {dice.choice(COOKIES)}={dice.ascii()}"
    if given.get("Transfer-Encoding") == "chunked":
        del given["Content-Length"]
        data = f"{len(data):x}\r\n".encode() + data + b"\r\n0\r\n\r\n"
    lines = [f"{method} {path}?{query} HTTP/1.1", *(f"{k}: {v}" for k, v in given.items())]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + data


async def answer(port: int, asked: bytes) -> bytes:
    """The head of the answer, and the beginning of what follows; b"" where there is none."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    try:
        writer.write(asked)
        async with asyncio.timeout(ENOUGH_S):
            while (head := await reader.readuntil(b"\r\n\r\n")).startswith(GO_ON):
                pass
            return head
    except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
        return b""  # the rest of it is waited for, or it was none
    finally:
        writer.transport.abort()


@pytest.fixture
async def people(world):
    """Who asks: a cookie and a form's token."""
    found = []
    for name in WHO:
        if name is None:
            found.append(("", ""))
        else:
            session = await world.accounts.log_in(name, PASSWORD, address="127.0.0.1")
            found.append((f"cc={session.token}", session.csrf))
    return found


async def test_requests(fuzz, app, people):
    """Every route: no fault of ours, all headers, no trace, and an answer to all that is HTTP."""
    known, answered = routes(app), 0
    dice_of_all = cases(fuzz, "http")
    async with served(app) as port:
        while some := list(islice(dice_of_all, AT_ONCE)):
            asked = [any_request(dice, known, people) for dice in some]
            with capture_logs() as lines:
                said = await asyncio.gather(*(answer(port, one) for one in asked))
            assert not (found := faults(lines)), f"{found}\n{asked}"
            for one, head in zip(asked, said, strict=True):
                answered += head != b""
                assert head == b"" or is_calm(head), (one[:2000], head)
    assert answered > 0.9 * fuzz


def any_request(
    dice: Rubbish, known: list[tuple[str, str]], people: list[tuple[str, str]]
) -> bytes:
    """By anybody, to any route."""
    method, pattern = dice.choice(known)
    if method == "*" or dice.random() < 0.1:
        method = dice.choice(("GET", "POST", "PUT", "OPTIONS", "X"))
    return request(dice, method, pattern, *dice.choice(people))


def is_calm(head: bytes) -> bool:
    """Whether that is an answer of ours: no fault, no version, and the headers of them all."""
    status = int(head.split(b" ", 2)[1])
    if status == 101:
        return True
    headers_given = all(f"{k}: {v}".encode() in head for k, v in headers.CALM.items())
    return (status < 500 or status == 503) and b"aiohttp" not in head.lower() and headers_given


def message(dice: Rubbish, calls: list[str]) -> str:
    """What a page might send."""
    if dice.random() < 0.2:
        return dice.json(FIELDS).decode("utf-8", "replace")
    args = dice.value(FIELDS)
    if not isinstance(args, dict) or dice.random() < 0.5:
        fields = dice.sample(("text", "base", "level", "kind", "services", "seconds", "queue"), 3)
        args = {field: dice.scalar() for field in fields}
    args |= {"call_id": dice.choice(calls)} if dice.random() < 0.6 else {}
    args |= {"offer_id": f"{dice.choice(calls)}-1"} if dice.random() < 0.4 else {}
    name = dice.choice([*COMMANDS, *COMMANDS, dice.text()])
    number = dice.choice((dice.randrange(10**6), dice.scalar()))
    return json.dumps({"type": "command", "id": number, "name": name, "args": args})


async def test_messages_of_a_desk(fuzz, enter, world):
    """Each gets its answer, or ends the link as the protocol says; and the next link is as good."""
    browser = await enter("talking")
    calls = [*world.world.calls, "x"]
    link = None
    for dice in cases(fuzz, "desk"):
        if link is None or link.closed:
            link = await browser.ws_connect("/desk/live", origin=ORIGIN)
        text = message(dice, calls)
        with capture_logs() as lines:
            await acknowledged(link, text)
        assert not faults(lines), (text[:500], lines)


async def acknowledged(link, text):
    """Its answer has come, unless it greets or the link ended."""
    try:
        await link.send_str(text)
        async with asyncio.timeout(LEFT_S):
            while True:
                heard = await link.receive()
                if heard.type is not WSMsgType.TEXT:
                    assert link.close_code in (None, 1000, 1003, 1007, 1008, 1009), heard
                    return
                kind = json.loads(heard.data)["type"]
                if kind == "ack" or (kind == "view" and '"hello"' in text):
                    return
    except ClientConnectionError:
        return


async def test_messages_of_a_board(fuzz, enter):
    """It asks for nothing: whatever it sends is passed over, or ends the link."""
    browser = await enter("board")
    link = reading = None
    with capture_logs() as lines:
        for dice in cases(fuzz, "board"):
            if link is None or reading.done():
                link = await browser.ws_connect("/board/live", origin=ORIGIN)
                reading = asyncio.create_task(drained(link))
            with suppress(ClientConnectionError):
                await link.send_str(message(dice, ["x"]))
            await asyncio.sleep(0)
        await link.close()
        await reading
        assert not faults(lines), lines


async def drained(link):
    """Until it ends."""
    async for _ in link:
        pass
