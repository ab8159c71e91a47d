"""A panel that runs over the real services, and a browser's window on it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import (
    BrowserContext,
    Page,
    WebSocketRoute,
    expect,
)

from agents_ui.shell import assets, texts
from agents_ui.shell.port import Grant
from contactcentre.core import events
from lab.pages.people import PASSWORD
from lab.pages.stage import StagedHistory
from lab.traces import Traces

READ_ASSETS, LANGUAGES = assets.unchanging(), texts.read()
AXE = Path("node_modules/axe-core/axe.min.js").read_text()
PHONE = re.compile(r"^ws://127\.0\.0\.1:\d+/ws$")
DESKS = [
    *("start", "idle", "ringing", "callback", "calling", "message", "listening"),
    *("talking", "held", "two", "recorded", "consulting", "offered"),
    *("rejoining", "wrapup", "unsaved", "lost", "silent", "gone", "promised", "family"),
    *("resting", "closed", "table", "mobile", "moved"),
]
ELSEWHERE = ("table", "mobile", "moved")
"""Whose telephone is not in the page."""


SIZES = [(640, 400), (683, 384), (1366, 768), (1920, 1080)]
"""The first two are windows of 1280x800 and of 1366x768 at 200 %."""

OVERLAPS = """() => {
  const clips = (style) => style.overflowX !== "visible" || style.overflowY !== "visible";
  const seen = (element, { left, top, right, bottom }) => {
    for (let around = element.parentElement; around; around = around.parentElement) {
      if (around === document.body || !clips(getComputedStyle(around))) continue;
      const box = around.getBoundingClientRect();
      [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
      [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
    }
    return { element, left, top, right, bottom };
  };
  const controls = "button, summary, a[href], input, select, textarea, audio";
  const reached = document.querySelector("dialog:modal") ?? document; // nothing beneath it
  const boxes = [...reached.querySelectorAll(controls)]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .flatMap((one) => [...one.getClientRects()].map((line) => seen(one, line)))
    .filter((box) => box.right - box.left > 1 && box.bottom - box.top > 1);
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const name = ({ element }) => element.id || element.textContent.trim();
  const cut = (element) => { // the feet of its letters, as of ņ
    const style = getComputedStyle(element);
    if (!["hidden", "clip"].includes(style.overflowY)) return false;
    if (style.webkitLineClamp !== "none" || element.matches(".spoken")) return false;
    const text = document.createRange();
    return [...element.childNodes].some((node) => {
      if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) return false;
      text.selectNodeContents(node);
      const { bottom, height } = text.getBoundingClientRect();
      return height > 0 && bottom > element.getBoundingClientRect().bottom + 0.5;
    });
  };
  return boxes.flatMap((a, at) => boxes.slice(at + 1)
    .filter((b) => !a.element.contains(b.element) && over(a, b))
    .map((b) => `${innerWidth}: ${name(a)} / ${name(b)}`))
    .concat([...reached.querySelectorAll("body *")].filter(cut)
      .map((element) => `${innerWidth}: cut: ${name({ element })}`));
}"""
LONE = """() => [...document.querySelectorAll("dl > dt, dl > dd")]
  .filter((one) => one.checkVisibility())
  .filter((one) => { // terms that share a value stand before it, values of a term behind it
    const is_term = one.tagName === "DT";
    let beside = one;
    while (beside?.tagName === one.tagName)
      beside = is_term ? beside.nextElementSibling : beside.previousElementSibling;
    return !beside?.checkVisibility();
  })
  .map((one) => one.textContent.trim())"""
"""Terms without their values, and values without their terms: what follows would stand beside what
it does not belong to."""

PLACES = """() => Object.fromEntries(
  ["state", "line", "health", "person-menu", "note", "kinds", "outcomes", "level", "search"].map(
    (id) => [id, JSON.stringify(document.getElementById(id).getBoundingClientRect())]))"""


@dataclass
class Exchange:
    """A telephone exchange that registers the page's phone, and rings it."""

    socket: WebSocketRoute | None = None
    received: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def accept(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.on_message(partial(self._hear, socket))

    def ring(self, sdp: str, *headers: str) -> None:
        """Send an INVITE with this offer."""
        assert self.socket is not None
        contact = re.search(r"^Contact: <?([^>;\s]+)", self._first("REGISTER"), re.MULTILINE)
        assert contact is not None
        lines = [
            f"INVITE {contact[1]} SIP/2.0",
            "Via: SIP/2.0/WS exchange.invalid;branch=z9hG4bK1",
            "Max-Forwards: 70",
            "From: <sip:hotline@127.0.0.1>;tag=exchange",
            f"To: <{contact[1]}>",
            "Call-ID: ring-1",
            "CSeq: 1 INVITE",
            "Contact: <sip:hotline@127.0.0.1>",
            *headers,
            "Content-Type: application/sdp",
            f"Content-Length: {len(sdp)}",
        ]
        self.socket.send("\r\n".join([*lines, "", sdp]))

    def acknowledge(self) -> None:
        """Send the ACK for the phone's answer."""
        self._tell("ACK", 1)

    def hang_up(self) -> None:
        """Send BYE, as for a caller who hangs up."""
        self._tell("BYE", 2)

    def _tell(self, method: str, number: int) -> None:
        assert self.socket is not None
        answer = next(text for text in self.received if text.startswith("SIP/2.0 200"))
        lines = dict(line.split(": ", 1) for line in answer.split("\r\n")[1:] if ": " in line)
        message = [
            f"{method} {lines['Contact'].strip('<>').split('>')[0]} SIP/2.0",
            f"Via: SIP/2.0/WS exchange.invalid;branch=z9hG4bK-{method}",
            "Max-Forwards: 70",
            f"From: {lines['From']}",
            f"To: {lines['To']}",
            f"Call-ID: {lines['Call-ID']}",
            f"CSeq: {number} {method}",
            "Content-Length: 0",
        ]
        self.socket.send("\r\n".join([*message, "", ""]))

    async def until(self, wanted: Callable[[str], bool]) -> str:
        """The first message that fits, as soon as it is there."""
        async with asyncio.timeout(10):
            while True:
                for text in self.received:
                    if wanted(text):
                        return text
                self.changed.clear()
                await self.changed.wait()

    async def until_registered(self) -> None:
        await self.until(lambda text: text.startswith("REGISTER"))

    async def until_answered(self) -> str:
        return await self.until(lambda text: text.startswith("SIP/2.0 200") and "INVITE" in text)

    def _first(self, method: str) -> str:
        return next(text for text in self.received if text.startswith(method))

    def _hear(self, socket: WebSocketRoute, message: str | bytes) -> None:
        text = message if isinstance(message, str) else message.decode()
        self.received.append(text)
        self.changed.set()
        if text.startswith("REGISTER"):
            self._agree(socket, text)

    @staticmethod
    def _agree(socket: WebSocketRoute, request: str) -> None:
        """On the line of whoever has asked: two pages may be open."""
        kept = re.findall(r"^(?:Via|From|Call-ID|CSeq|Contact): .*$", request, re.MULTILINE)
        to = re.findall(r"^To: .*$", request, re.MULTILINE)[0].strip()
        lines = ["SIP/2.0 200 OK", *(line.strip() for line in kept), f"{to};tag=exchange"]
        socket.send("\r\n".join([*lines, "Expires: 90", "Content-Length: 0", "", ""]))


@dataclass
class Line:
    """The network between page and panel, which can be cut and mended."""

    mended: bool = True
    socket: WebSocketRoute | None = None

    async def accept(self, socket: WebSocketRoute) -> None:
        if self.mended:
            self.socket = socket
            socket.connect_to_server()
        else:
            await socket.close(code=1013)

    async def cut(self) -> None:
        assert self.socket is not None
        self.mended = False
        await self.socket.close(code=1011)


@dataclass
class World:
    """A panel that runs, what is behind it, and a browser's window on it."""

    origin: str
    stage: StagedHistory
    context: BrowserContext
    exchange: Exchange
    traces: Traces

    async def page(self) -> Page:
        page = await self.context.new_page()
        await page.route_web_socket(PHONE, self.exchange.accept)
        return page

    async def has_roles(self, grants: set[Grant]) -> None:
        """Whoever is logged in has these, and no other."""
        (cookie,) = [one for one in await self.context.cookies() if one["name"] == "cc"]
        session = await self.stage.accounts.session(cookie["value"])
        assert session is not None
        await self.stage.accounts.set_grants(session.person.user_id, grants, by="test")

    async def open(self, user: str) -> Page:
        """Log in and wait until the page is alive."""
        first = await self.enter(user)
        page = await self.page()
        await page.goto(self.origin + first)
        await self._is_alive(page, user)
        return page

    async def enter(self, user: str) -> str:
        """Log in without a page, before there is any that may change cookies meanwhile. The path to
        which whoever has logged in is led."""
        browser, address = self.context.request, f"{self.origin}/login"
        token = re.search(r'name="csrf" value="([^"]*)"', await (await browser.get(address)).text())
        assert token is not None
        form = {"username": user, "password": PASSWORD, "csrf": token[1]}
        answer = await browser.post(address, form=form, max_redirects=0)
        assert answer.status == 303, (answer.status, await answer.text())
        return answer.headers["location"]

    async def visit(self, user: str, path: str) -> Page:
        """Log in, and go there at once."""
        await self.enter(user)
        page = await self.page()
        await page.goto(self.origin + path)
        return page

    async def log_in(self, page: Page, user: str) -> None:
        await page.goto(f"{self.origin}/login")
        await page.fill("#username", user)
        await page.fill("#password", PASSWORD)
        await page.click("#enter")
        await self._is_alive(page, user)

    async def _is_alive(self, page: Page, user: str) -> None:
        if user in ("board", "admin"):
            await expect(page.locator("#age")).to_have_class(re.compile("ready"))
        elif user in ELSEWHERE:
            await expect(page.locator("#health")).to_have_class(re.compile("ready"))
        else:
            await expect(page.locator("body")).to_have_attribute("data-phone", "registered")

    async def until(self, kind: type[events.Event], count: int = 1) -> Any:
        """What the page has asked for, as soon as it has done so that many times."""
        async with asyncio.timeout(10):
            while len(self.stage.heard(kind)) < count:  # noqa: ASYNC110 - a condition
                await asyncio.sleep(0.01)
        return self.stage.heard(kind)[count - 1]

    async def log_out(self) -> None:
        """The sessions of this browser end."""
        for cookie in await self.context.cookies():
            if cookie["name"] == "cc":
                await self.stage.accounts.log_out(cookie["value"])


COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe-core that look at colours, which are all that a dark page changes."""


async def faults(page: Page, *rules: str) -> list[str]:
    """What axe-core, by these rules or by all, and the content security policy complain of, once
    the page has settled."""
    await page.wait_for_load_state("networkidle")
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    asked = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    result = await page.evaluate("(asked) => axe.run(document, asked)", asked)
    found = [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in result["violations"]]
    return found + await page.evaluate("window.violations")


async def faults_light_and_dark(page: Page) -> list[str]:
    """The same of the page in either colour; it is dark afterwards."""
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = await faults(page)
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return found + await faults(page, *COLOURS)


async def an_offer(page: Page) -> str:
    """What an exchange would offer: the SDP of a peer connection in the same page."""
    offer = """async () => {
      const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
      const peer = (window.peer = new RTCPeerConnection());
      peer.addTrack(sound.getTracks()[0], sound);
      await peer.setLocalDescription(await peer.createOffer());
      while (peer.iceGatheringState !== "complete")
        await new Promise((resolve) => (peer.onicegatheringstatechange = resolve));
      return peer.localDescription.sdp;
    }"""
    sdp: str = await page.evaluate(offer)
    return sdp


async def connect(page: Page, exchange: Exchange) -> None:
    """Let the sound flow between the phone, which has answered, and the peer of `an_offer`."""
    answer = (await exchange.until_answered()).split("\r\n\r\n", 1)[1]
    exchange.acknowledge()
    await page.evaluate("(sdp) => peer.setRemoteDescription({ type: 'answer', sdp })", answer)


async def overlaps(page: Page) -> list[str]:
    """Controls that lie over others, in each of the sizes."""
    found: list[str] = []
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        found += await page.evaluate(OVERLAPS)
    await page.set_viewport_size({"width": 1366, "height": 768})
    return found


async def expect_fits(page: Page) -> None:
    """With every vowel doubled no button, chip, pill or heading cuts its words off, or covers; and
    every term has its value."""
    assert await page.evaluate(LONE) == []
    assert await overlaps(page) == []
    await page.evaluate("""() => {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) {
        const node = walk.currentNode;
        if (!node.parentElement.closest("script, kbd, time, textarea"))
          node.data = node.data.replace(/[aeiouāēīū]/gi, "$&$&");
      }
    }""")
    clipped = await page.evaluate("""() =>
      [...document.querySelectorAll("button, .chip, .pill, summary, h1, h2, label, dd, .tile b")]
        .filter((one) => one.offsetParent && !one.matches(".spoken"))
        .filter((one) => one.scrollWidth > one.clientWidth + 1)
        .map((one) => one.textContent.trim())""")
    assert clipped == []
    assert await overlaps(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
