"""The pages over the real services, in Chromium: reach, keyboard, notes, broken links, looks."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    WebSocketRoute,
    async_playwright,
    expect,
)

from agents_ui.app import build
from agents_ui.shell import assets, texts
from agents_ui.shell.port import Grant, Person, WrongPassword
from contactcentre import paths
from contactcentre.core import commands, events
from contactcentre.core.agent.state import State
from contactcentre.engine.clock import now
from contactcentre.settings import Settings
from lab.hotline import sound_flows
from lab.pages.people import AGENTS, PASSWORD
from lab.pages.sample import Prepared, prepare
from lab.pages.serve import settings
from lab.pages.stage import StagedHistory, staged

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

READ_ASSETS, LANGUAGES = assets.unchanging(), texts.read()
AXE = Path("node_modules/axe-core/axe.min.js").read_text()
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""
PHONE = re.compile(r"^ws://127\.0\.0\.1:\d+/ws$")
DESKS = [
    *("start", "idle", "ringing", "callback", "calling", "message", "listening"),
    *("talking", "held", "consulting"),
    *("rejoining", "wrapup", "unsaved", "lost", "silent", "gone", "promised"),
]


SIZES = [(640, 400), (1366, 768), (1920, 1080)]
"""The first is a window of 1280x800 at 200 %."""

OVERLAPS = """() => {
  const clips = (style) => style.overflowX !== "visible" || style.overflowY !== "visible";
  const seen = (element) => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    for (let around = element.parentElement; around; around = around.parentElement) {
      if (around === document.body || !clips(getComputedStyle(around))) continue;
      const box = around.getBoundingClientRect();
      [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
      [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
    }
    return { element, left, top, right, bottom };
  };
  const controls = "button, summary, a[href], input, select, textarea, audio";
  const boxes = [...document.querySelectorAll(controls)]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .map(seen)
    .filter((box) => box.right - box.left > 1 && box.bottom - box.top > 1);
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const name = ({ element }) => element.id || element.textContent.trim();
  return boxes.flatMap((a, at) => boxes.slice(at + 1)
    .filter((b) => !a.element.contains(b.element) && over(a, b))
    .map((b) => `${innerWidth}: ${name(a)} / ${name(b)}`));
}"""
PLACES = """() => Object.fromEntries(
  ["state", "line", "health", "person-menu", "note", "kinds", "outcomes", "level", "search"].map(
    (id) => [id, JSON.stringify(document.getElementById(id).getBoundingClientRect())]))"""


# --- the world round the page --------------------------------------------------------------


@dataclass
class Exchange:
    """A telephone exchange that registers the page's phone, and rings it."""

    socket: WebSocketRoute | None = None
    received: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def accept(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.on_message(self._hear)

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

    def _hear(self, message: str | bytes) -> None:
        text = message if isinstance(message, str) else message.decode()
        self.received.append(text)
        self.changed.set()
        if text.startswith("REGISTER"):
            self._agree(text)

    def _agree(self, request: str) -> None:
        assert self.socket is not None
        kept = re.findall(r"^(?:Via|From|Call-ID|CSeq|Contact): .*$", request, re.MULTILINE)
        to = re.findall(r"^To: .*$", request, re.MULTILINE)[0].strip()
        lines = ["SIP/2.0 200 OK", *(line.strip() for line in kept), f"{to};tag=exchange"]
        self.socket.send("\r\n".join([*lines, "Expires: 90", "Content-Length: 0", "", ""]))


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
        page = await self.page()
        await self.log_in(page, user)
        return page

    async def log_in(self, page: Page, user: str) -> None:
        await page.goto(f"{self.origin}/login")
        await page.fill("#username", user)
        await page.fill("#password", PASSWORD)
        await page.click("#enter")
        if user in ("board", "admin"):
            await expect(page.locator("#age")).to_have_class(re.compile("ready"))
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


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return asyncio.run(prepare(tmp_path_factory.mktemp("prepared")))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def world(browser: Browser, prepared: Prepared, tmp_path: Path) -> AsyncIterator[World]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        context = await browser.new_context(
            viewport={"width": 1366, "height": 768},
            permissions=["microphone", "notifications"],
            locale="lv",
        )
        await context.add_init_script(WATCH)
        async with staged(prepared, tmp_path, board_s=0.1, line_s=0.1) as stage:
            given = replace(settings(origin), compiled=paths.templates(Settings()))
            app = build(stage.ports(given), read_assets=READ_ASSETS, languages=LANGUAGES)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
            await runner.setup()
            await web.SockSite(runner, listener).start()
            yield World(origin=origin, stage=stage, context=context, exchange=Exchange())
            await context.close()
            await runner.cleanup()


async def faults(page: Page) -> list[str]:
    """What axe-core and the content security policy complain of, once the page has settled."""
    await page.wait_for_load_state("networkidle")
    await page.evaluate(AXE)
    result = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    found = [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in result["violations"]]
    return found + await page.evaluate("window.violations")


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


# --- for everybody -------------------------------------------------------------------------


@pytest.mark.parametrize("user", [*DESKS, "board"])
async def test_every_state_is_accessible_and_fits(world: World, user: str) -> None:
    """No page in any state gives axe-core or the content security policy cause to complain, no
    control covers another in any size, and words twice as long are not cut off."""
    page = await world.open(user)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert await faults(page) == []
    await expect_fits(page)
    assert errors == []


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/demo/phone"])
async def test_pages_without_a_log_in_are_accessible(world: World, path: str) -> None:
    """The log-in page, an error and the demonstration's phone are clean too."""
    page = await world.page()
    await page.goto(world.origin + path)
    assert await faults(page) == []


async def overlaps(page: Page) -> list[str]:
    """Controls that lie over others, in each of the sizes."""
    found: list[str] = []
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        found += await page.evaluate(OVERLAPS)
    await page.set_viewport_size({"width": 1366, "height": 768})
    return found


@pytest.mark.parametrize("user", ["ringing", "callback", "listening", "talking", "wrapup"])
async def test_no_control_covers_another_in_english(world: World, user: str) -> None:
    """The boxes of all controls lie apart; in Latvian, and in longer words, see below."""
    cookie = {"name": "lang", "value": "en", "url": world.origin}
    await world.context.add_cookies([cookie])  # type: ignore[list-item]
    page = await world.open(user)
    assert await overlaps(page) == []


async def expect_fits(page: Page) -> None:
    """With every vowel doubled no button, chip, pill or heading cuts its words off, or covers."""
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


@pytest.mark.parametrize("user", ["talking", "ringing", "board"])
async def test_four_times_the_size_needs_no_sideways_scrolling(world: World, user: str) -> None:
    """At 400 % (a window 341 pixels wide) the page flows in one column."""
    page = await world.open(user)
    await page.set_viewport_size({"width": 341, "height": 700})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 341


async def test_the_panel_is_light() -> None:
    """All that a desk page loads is at most 350 kB on the wire."""
    files = assets.read().files
    loaded = [file for path, file in files.items() if not path.endswith(".txt")]
    assert sum(len(file.packed or file.body) for file in loaded) <= 350_000


async def test_a_caller_is_transferred_by_the_keyboard(world: World) -> None:
    """P opens the dialog with the recorded service and its queue; Esc stays, Enter passes on."""
    world.stage.act("idle")
    page = await world.open("talking")
    dialog = page.locator("#queue-transfer")
    await page.keyboard.press("p")
    await expect(page.locator("#queue-transfer-service")).to_have_value("VSAA-KOPS")
    await expect(dialog.locator("input:checked")).to_have_value("benefits")
    await expect(page.locator("#queue-transfer-now")).to_be_focused()
    await expect(page.locator("#queue-transfer-nobody")).to_be_hidden()
    await dialog.locator("input[value=eservices]").check()
    await expect(page.locator("#queue-transfer-nobody")).to_be_visible()
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await expect(page.locator("#queue-transfer-open")).to_be_focused()
    await page.keyboard.press("p")
    await expect(page.locator("#queue-transfer-now")).to_be_focused()
    await page.keyboard.press("Enter")
    passed = await world.until(commands.QueueTransferChosen)
    assert (passed.queue, passed.service) == ("benefits", "VSAA-KOPS")
    await expect(dialog).to_be_hidden()
    await expect(page.locator("body")).to_have_attribute("data-call", "idle")


async def test_slow_down_counts_and_then_lets_try(world: World) -> None:
    """After too many guesses the button waits as long as the page says, and no longer."""
    page = await world.page()
    await page.goto(f"{world.origin}/login")
    await page.fill("#username", "idle")
    await page.fill("#password", "wrong")
    for _ in range(3):
        with suppress(WrongPassword):
            await world.stage.accounts.log_in("idle", "wrong", address="127.0.0.1")
    await page.click("#enter")
    await expect(page.locator("#enter")).to_be_disabled()
    await expect(page.locator("#enter")).to_be_enabled()


# --- a call --------------------------------------------------------------------------------


async def test_shift_start_asks_for_everything_and_then_ready(world: World) -> None:
    """Start shift opens the microphone and the sound; only then Ready goes to the service."""
    await world.context.clear_permissions()
    await world.context.grant_permissions(["notifications"])
    page = await world.open("start")
    await expect(page.locator("[data-mode=start]")).to_be_visible()
    await world.context.grant_permissions(["microphone", "notifications"])
    await page.click("[data-do=start]")
    await expect(page.locator("[data-check=microphone]")).to_have_attribute("data-ok", "true")
    await expect(page.locator("[data-check=sound]")).to_have_attribute("data-ok", "true")
    await page.keyboard.press("r")
    await world.until(commands.ReadyChosen)
    await expect(page.locator("[data-mode=idle]")).to_be_visible()
    assert any(told.granted for told in world.stage.heard(commands.MicrophoneReported))


async def test_a_headset_that_comes_late_is_heard(world: World) -> None:
    """Without a microphone the desk says what to do, and hears one as soon as it is plugged in."""
    page = await world.page()
    await page.add_init_script("""
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wishes) => window.plugged
        ? real(wishes) : Promise.reject(new DOMException("none", "NotFoundError"));
    """)
    await world.log_in(page, "start")
    await page.click("[data-do=start]")
    await expect(page.locator("#not-yet")).to_contain_text("austiņas")
    await expect(page.locator("#go-ready")).to_be_disabled()
    await page.click("#try-microphone")
    await expect(page.locator("#try-microphone")).to_be_visible()
    await page.evaluate("""() => {
      window.plugged = true;
      navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
    }""")
    await expect(page.locator("#go-ready")).to_be_enabled()
    await expect(page.locator("#try-microphone")).to_be_hidden()


async def test_an_offer_is_noticed_and_its_end_too(world: World) -> None:
    """A ringing call rings, stands in the title and is announced once; its end silences all."""
    page = await world.open("idle")
    await page.click("#state")  # a gesture, which lets the page sound
    await page.keyboard.press("Escape")
    before = await page.title()
    story, number = world.stage, 900
    story.arrives(number, dialled=AGENTS["idle"].hotline)
    story.presses(number, "1")
    await expect(page.locator("body")).to_have_attribute("data-ringing", "true")
    await expect(page.locator("#announce")).not_to_be_empty()
    assert "☎" in await page.title()
    story.hangs_up(number)
    await expect(page.locator("body")).to_have_attribute("data-ringing", "false")
    await expect(page.locator("#announce")).to_be_empty()
    assert await page.title() == before


async def test_enter_answers(world: World) -> None:
    """Enter answers from anywhere outside text fields, with Opus."""
    page = await world.open("ringing")
    world.exchange.ring(await an_offer(page))
    await expect(page.locator("body")).to_have_attribute("data-session", "incoming")
    await page.keyboard.press("Enter")
    assert "opus" in await world.exchange.until_answered()


async def test_sound_flows_both_ways(world: World) -> None:
    """An answered call sends and hears Opus; mute, keypad and the caller's hang-up work."""
    page = await world.open("ringing")
    world.exchange.ring(await an_offer(page))
    await expect(page.locator("body")).to_have_attribute("data-session", "incoming")
    await page.keyboard.press("Enter")
    await connect(page, world.exchange)
    world.stage.answer("ringing")
    await sound_flows(page, packets=20)
    assert "opus" in await page.evaluate(
        "async () => (await document.querySelector('#phone').stats()).codec"
    )
    await page.keyboard.press("Escape")  # out of the note
    await page.keyboard.press("m")
    await expect(page.locator("#muted")).to_be_visible()
    await page.keyboard.press("k")
    await page.keyboard.press("5")
    await expect(page.locator("#pad-sent")).to_have_text("5")
    await page.keyboard.press("h")
    held = await world.exchange.until(lambda text: text.startswith("INVITE"))
    assert "a=sendonly" in held
    world.exchange.hang_up()
    await expect(page.locator("body")).to_have_attribute("data-session", "none")


async def test_enter_while_searching_does_not_answer_but_f2_does(world: World) -> None:
    """Who types does not answer by mistake; F2 is the key that works everywhere."""
    page = await world.open("ringing")
    world.exchange.ring(await an_offer(page))
    await expect(page.locator("body")).to_have_attribute("data-session", "incoming")
    await page.focus("#search")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer")).to_be_enabled()
    await page.keyboard.press("F2")
    await world.exchange.until_answered()


async def test_a_call_brought_back_is_answered_by_itself(world: World) -> None:
    """An INVITE with X-CC-Auto: 1 needs no key."""
    page = await world.open("talking")
    world.exchange.ring(await an_offer(page), "X-CC-Auto: 1")
    await world.exchange.until_answered()


async def test_a_reload_in_mid_call_takes_the_call_again(world: World) -> None:
    """The page says that it leaves, and comes back asking for the call."""
    page = await world.open("talking")
    await world.until(commands.AudioLost)
    await page.reload()
    left, back = await world.until(commands.AudioLost, 2), await world.until(commands.AudioLost, 3)
    assert left.call_id == back.call_id == world.stage.call_of("talking").call_id


async def test_escape_declines(world: World) -> None:
    """Escape tells the service that this offer can't be taken."""
    page = await world.open("ringing")
    offer = world.stage.call_of("ringing").offer
    await page.keyboard.press("Escape")
    assert (await world.until(commands.OfferRejected)).offer_id == offer.leg_id


async def test_a_callback_rings_when_the_agent_says_so(world: World) -> None:
    """Enter rings the citizen, once; whoever lifts there is connected without another key."""
    page = await world.open("callback")
    await expect(page.locator("#ring-back")).to_be_visible()
    await expect(page.locator('[data-call="attempt"]')).to_have_text("1. no 3")
    await page.keyboard.press("Enter")
    await world.until(commands.RingBackChosen)
    await expect(page.locator("#stop-ringing")).to_be_visible()
    await page.keyboard.press("Enter")
    world.exchange.ring(await an_offer(page), "X-CC-Auto: 1")
    await world.exchange.until_answered()
    assert len(world.stage.heard(commands.RingBackChosen)) == 1


@pytest.mark.parametrize("user", ["callback", "calling"])
async def test_a_callback_can_be_declined_and_broken_off(world: World, user: str) -> None:
    """Escape says no to the card, and stops the citizen's telephone."""
    page = await world.open(user)
    offer = world.stage.call_of(user).offer
    await page.keyboard.press("Escape")
    assert (await world.until(commands.OfferRejected)).offer_id == offer.leg_id


async def test_a_call_can_be_ended_on_a_small_screen(world: World) -> None:
    """With the keypad open at 1024x600 the button that ends the call is in sight."""
    page = await world.open("talking")
    await page.set_viewport_size({"width": 1024, "height": 600})
    await page.click("#keypad")
    await expect(page.locator("[data-mode=talking] [data-do=end]")).to_be_in_viewport(ratio=1)


async def test_control_e_ends(world: World) -> None:
    """Ctrl+E ends the call, also from within the note."""
    page = await world.open("talking")
    await page.focus("#note")
    await page.keyboard.press("Control+e")
    assert (await world.until(commands.EndAsked)).call_id == world.stage.call_of("talking").call_id
    await expect(page.locator("[data-mode=wrap_up]")).to_be_visible()


async def test_number_keys_choose_what_was_done_outside_the_note(world: World) -> None:
    """2 means application on the page, and is a digit in the note."""
    page = await world.open("talking")
    await page.focus("#note")
    await page.keyboard.press("2")
    assert (await page.input_value("#note")).endswith("2")
    await page.locator("#note").blur()
    await page.keyboard.press("2")
    saved = await world.until(commands.RecordSaved)
    assert (saved.kind, saved.finish) == ("application", False)


async def test_a_standard_call_ends_with_one_chord(world: World) -> None:
    """In the wrap-up Ctrl+Enter saves note and record and makes the agent ready."""
    page = await world.open("wrapup")
    await page.focus("#note")
    await page.keyboard.press("End")
    await page.keyboard.type(" Nosaukti termiņi.")
    await page.keyboard.press("Control+Enter")
    saved = await world.until(commands.RecordSaved)
    note = await world.until(commands.NoteWritten)
    assert saved.finish
    assert note.text.endswith("Nosaukti termiņi.")
    await expect(page.locator("[data-mode=idle]")).to_be_visible()


class Keys:
    """Presses keys, and counts them; what is typed into a field is no act."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    async def press(self, key: str) -> None:
        self.pressed += 1
        await self.page.keyboard.press(key)


async def rings(world: World) -> tuple[Page, Keys]:
    """A desk at which a call rings, in the service and on the phone."""
    page = await world.open("ringing")
    world.exchange.ring(await an_offer(page))
    await expect(page.locator("body")).to_have_attribute("data-session", "incoming")
    return page, Keys(page)


async def answered(world: World, keys: Keys) -> None:
    """One act: from here on the note has the keys."""
    await keys.press("Enter")
    await connect(keys.page, world.exchange)
    world.stage.answer("ringing")
    await expect(keys.page.locator("#note")).to_be_focused()


async def test_from_ring_to_ready_by_keyboard(world: World) -> None:
    """Answer, write, end, save: three acts, the focus is right, and nothing moves a pixel."""
    page, keys = await rings(world)
    places = await page.evaluate(PLACES)
    await answered(world, keys)
    assert await page.evaluate(PLACES) == places
    await page.keyboard.type("Jautā par pabalstu.")
    await keys.press("Control+e")
    await expect(page.locator("[data-mode=wrap_up]")).to_be_visible()
    assert await page.evaluate(PLACES) == places
    await keys.press("Control+Enter")
    await expect(page.locator("[data-mode=idle]")).to_be_visible()
    assert (await world.until(commands.NoteWritten)).text == "Jautā par pabalstu."
    assert keys.pressed <= 4


async def test_another_kind_outcome_and_service_by_keyboard(world: World) -> None:
    """All of it from within the note, in seven acts."""
    page, keys = await rings(world)
    await answered(world, keys)
    await keys.press("Alt+2")
    await keys.press("Alt+8")
    await keys.press("Alt+/")
    await page.keyboard.type("gimenes")
    await keys.press("Enter")
    await expect(page.locator("#services")).to_contain_text("Ģimenes")
    await keys.press("Control+e")
    await expect(page.locator("[data-mode=wrap_up]")).to_be_visible()
    await keys.press("Control+Enter")
    await expect(page.locator("[data-mode=idle]")).to_be_visible()
    saved = world.stage.heard(commands.RecordSaved)[-1]
    assert isinstance(saved, commands.RecordSaved)
    assert (saved.kind, saved.outcome, saved.services) == ("application", "callback", ("VSAA-GVP",))
    assert keys.pressed <= 7


async def test_a_visit_is_written_down_by_the_keyboard(world: World) -> None:
    """W begins it, the note has the focus; kind and outcome of one service are its own, and what
    should not stand in the note is named and taken out. Calls come all the while."""
    page = await world.open("idle")
    await page.keyboard.press("w")
    await expect(page.locator("#note")).to_be_focused()
    await page.keyboard.type("Kods 010180-12345.")
    await page.get_by_role("button", name="Noņemt").click()
    await page.keyboard.press("Alt+/")
    await page.keyboard.type("gimenes")
    await page.keyboard.press("Enter")
    await page.locator("#services").get_by_role("button", name="Ģimenes").first.click()
    await page.keyboard.press("2")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#record")).to_be_hidden()
    saved = world.stage.heard(commands.RecordSaved)[-1]
    assert isinstance(saved, commands.RecordSaved)
    assert (saved.kind, saved.services) == ("consultation", ("VSAA-GVP",))
    assert [(one.service, one.kind) for one in saved.apart] == [("VSAA-GVP", "application")]
    contact = next(call for call in world.stage.world.ended if call.call_id == saved.call_id)
    assert (contact.record.note.strip(), contact.came_by) == ("Kods .", "visit")
    assert world.stage.desk("idle").state == "READY"


async def test_every_control_has_its_key_while_one_writes(world: World) -> None:
    """Alt and a letter work from within the note, Esc leaves it, N comes back."""
    page, keys = await rings(world)
    await answered(world, keys)
    await keys.press("Alt+m")
    await expect(page.locator("#muted")).to_be_visible()
    await keys.press("Alt+i")
    await keys.press("1")
    assert (await world.until(commands.CallerIdentified)).level == 1
    await expect(page.locator("#note")).to_be_focused()
    await keys.press("Alt+k")
    await keys.press("5")
    await expect(page.locator("#pad-sent")).to_have_text("5")
    await keys.press("k")
    await keys.press("n")
    await expect(page.locator("#note")).to_be_focused()
    await expect(page.locator("#note")).to_have_value("")
    await keys.press("Escape")
    await expect(page.locator("#note")).not_to_be_focused()


async def test_the_last_callers_search_is_gone_with_the_call(world: World) -> None:
    """What was looked up for one caller can't be filed for the next."""
    page = await world.open("idle")
    await page.fill("#search", "pase")
    await expect(page.locator("#cards h2").first).to_contain_text("ase")
    story, number = world.stage, 900
    story.arrives(number, dialled=AGENTS["idle"].hotline)
    story.presses(number, "1")
    await expect(page.locator("body")).to_have_attribute("data-ringing", "true")
    await expect(page.locator("#search")).to_have_value("")
    await expect(page.locator("#cards h2").first).to_contain_text("pabalsts")


async def test_the_button_says_the_key_that_works(world: World) -> None:
    """Enter answers, but where letters are written F2 does, and the button says so."""
    page = await world.open("ringing")
    await expect(page.locator("#answer .at-rest")).to_be_visible()
    await page.focus("#search")
    await expect(page.locator("#answer .in-text")).to_be_visible()
    await expect(page.locator("#answer .at-rest")).to_be_hidden()


async def test_a_service_joins_the_call_from_the_search(world: World) -> None:
    """Slash, a few letters without diacritics and Enter put the service into the record."""
    page = await world.open("talking")
    await page.keyboard.press("/")
    await page.keyboard.type("gimenes")
    await expect(page.locator("#cards h2")).to_contain_text("imenes")
    await page.keyboard.press("Enter")
    saved = await world.until(commands.RecordSaved)
    assert saved.services == ("VSAA-KOPS", "VSAA-GVP")


async def test_the_past_opens_with_the_identification(world: World) -> None:
    """Notes of earlier contacts and the whole number show only from level 1 on."""
    page = await world.open("talking")
    await expect(page.locator("#contacts li")).to_have_count(3)
    await expect(page.locator("#contacts .said")).to_have_count(0)
    await expect(page.locator("#who")).to_have_text("+371 29 ··· ·54")
    await page.click("#level")
    await page.click("#identify [data-level='1']")
    assert (await world.until(commands.CallerIdentified)).method == "name_contact"
    await expect(page.locator("#contacts .said")).to_have_count(3)
    await expect(page.locator("#who")).to_have_text("+371 29 000 054")


async def test_an_earlier_record_can_still_be_saved(world: World) -> None:
    """A record that outlived its wrap-up waits in the left column."""
    page = await world.open("unsaved")
    call_id = world.stage.call_of("unsaved").call_id
    await page.click(f"[data-unsaved='{call_id}']")
    await page.click("[data-kind=application]")
    saved = await world.until(commands.RecordSaved)
    assert (saved.call_id, saved.kind) == (call_id, "application")


# --- what can break ------------------------------------------------------------------------


async def test_the_note_survives_a_reload(world: World) -> None:
    """What was typed is with the service within two seconds, and on the page after a reload."""
    page = await world.open("talking")
    await page.fill("#note", "Zvana par pabalstu. ")
    note = await world.until(commands.NoteWritten)
    assert note.base == 1
    await page.locator("#note").press_sequentially("Atzvanīt.")
    await page.reload()
    await expect(page.locator("#note")).to_have_value("Zvana par pabalstu. Atzvanīt.")


async def test_a_note_from_offline_writes_over_no_newer_one(world: World) -> None:
    """Both stand on the page that comes back, until the agent has chosen."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("talking")
    await expect(page.locator("body")).to_have_attribute("data-call", "talking")
    await line.cut()
    await page.route("**/desk/command", lambda route: route.abort())
    await page.fill("#note", "Bez saites.")
    call, now = world.stage.call_of("talking"), world.stage.at
    newer = commands.NoteWritten(
        at=now,
        agent_id=AGENTS["talking"].agent_id,
        call_id=call.call_id,
        text="No otra loga.",
        base=call.record.note_version,
    )
    world.stage.apply(newer)
    line.mended = True
    await expect(page.locator("#note-other-text")).to_have_text("No otra loga.", timeout=10_000)
    assert await faults(page) == []
    await page.click("#note-both")
    await expect(page.locator("#note-other")).to_be_hidden()
    await expect(page.locator("#note")).to_have_value("No otra loga.\nBez saites.")
    await page.reload()
    await expect(page.locator("#note")).to_have_value("No otra loga.\nBez saites.")


async def test_a_lost_link_is_said_and_mended(world: World) -> None:
    """Without the live link a banner says so; commands go by request; the link comes back."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("talking")
    await expect(page.locator("#banner")).to_be_hidden()
    await line.cut()
    await expect(page.locator("#banner")).to_be_visible(timeout=2000)
    await page.fill("#note", "Bez saites.")
    assert (await world.until(commands.NoteWritten)).text == "Bez saites."
    line.mended = True
    await expect(page.locator("#banner")).to_be_hidden(timeout=10_000)


async def test_a_lost_link_speaks_of_a_call_only_in_a_call(world: World) -> None:
    """Who waits for calls is not told that a call goes on."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("idle")
    await line.cut()
    await expect(page.locator("#banner-word")).to_contain_text("var ienākt")
    await expect(page.locator("#banner-word")).not_to_contain_text("Saruna turpinās")


async def test_an_order_that_fails_is_said(world: World) -> None:
    """When the service can't take an order the agent reads so, in words."""
    page = await world.open("idle")
    world.stage.inbox.full = True
    await page.keyboard.press("v")
    await expect(page.locator("#hint")).to_be_visible()


async def test_a_choice_made_without_the_link_is_kept(world: World) -> None:
    """A chip pressed while nothing reaches the service is sent when the link is back."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("talking")
    await line.cut()
    await page.route("**/desk/command", lambda route: route.abort())
    await page.click("[data-kind=application]")
    line.mended = True
    assert (await world.until(commands.RecordSaved)).kind == "application"
    await expect(page.locator("[data-kind=application]")).to_have_attribute("aria-pressed", "true")


async def test_a_session_that_ends_leaves_the_desk_standing(world: World) -> None:
    """Logged out in mid-call, the page stays, offers to log in, and goes on after it."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("talking")
    await world.log_out()
    await line.cut()
    line.mended = True
    await expect(page.locator("#banner-login")).to_be_visible()
    await expect(page.locator("[data-mode=talking]")).to_be_visible()
    again = await world.page()
    await again.goto(f"{world.origin}/login")
    await again.fill("#username", "talking")
    await again.fill("#password", PASSWORD)
    await again.click("#enter")
    await expect(page.locator("#banner")).to_be_hidden(timeout=15_000)
    await page.keyboard.press("/")
    await page.keyboard.type("gimenes")
    await expect(page.locator("#cards h2")).to_contain_text("imenes")


async def test_who_was_logged_out_for_absence_comes_back_by_a_click(world: World) -> None:
    """No phone for ten minutes: the page says so, and when it comes back it logs nobody in."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("idle")
    number, stage = AGENTS["idle"].number, world.stage
    stage.at = now()
    stage.phone(number, reachable=False)
    stage.pass_s(stage.world.network.offers.absent_s)
    stage.fires("absent", AGENTS["idle"].agent_id)
    out = page.locator("[data-mode=out]")
    await expect(out).to_be_visible()
    await expect(page.locator("#out-why")).to_contain_text("nebija sasniedzams")
    await line.cut()
    line.mended = True
    await expect(page.locator("#banner")).to_be_hidden(timeout=10_000)
    await expect(out).to_be_visible()
    assert stage.agent(number).state is State.LOGGED_OUT
    await page.click("[data-do=come-back]")
    await expect(page.locator("body")).to_have_attribute("data-phone", "registered")
    await expect(page.locator("#was-gone")).to_contain_text("nebija sasniedzams")
    assert stage.agent(number).state is State.NOT_READY


async def test_the_phone_alone_can_be_answered(world: World) -> None:
    """With the service away the exchange rings the phones by itself, and the desk answers."""
    line = Line()
    await world.context.route_web_socket(re.compile("/desk/live"), line.accept)
    page = await world.open("idle")
    await line.cut()
    await expect(page.locator("#banner")).to_be_visible()
    world.exchange.ring(await an_offer(page))
    await expect(page.locator("[data-mode=ringing]")).to_be_visible()
    await page.keyboard.press("Enter")
    await world.exchange.until_answered()


async def test_a_second_window_rests(world: World) -> None:
    """One window rings; another one says so, and can take over, and the first can again."""
    first = await world.open("idle")
    second = await world.page()
    await second.goto(f"{world.origin}/desk")
    await expect(second.locator("[data-mode=elsewhere]")).to_be_visible()
    await second.click("[data-do=use-here]")
    await expect(second.locator("[data-mode=idle]")).to_be_visible()
    await expect(first.locator("[data-mode=elsewhere]")).to_be_visible()
    await expect(second.locator("body")).to_have_attribute("data-phone", "registered")
    await expect(first.locator("body")).to_have_attribute("data-phone", "connecting")
    await first.click("[data-do=use-here]")
    await expect(first.locator("body")).to_have_attribute("data-phone", "registered")


# --- the board -----------------------------------------------------------------------------


async def test_the_board_names_exact_moments(world: World) -> None:
    """Arrived, queued, answered and ended stand in the page to the millisecond, in UTC."""
    page = await world.open("board")
    moment = await page.locator("#calls time[datetime]").first.get_attribute("datetime")
    assert moment is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", moment)


async def hidden_columns(page: Page) -> int:
    """How many pixels of the queues' table are out of sight."""
    hidden: int = await page.evaluate("""() => {
      document.querySelector("#queues td").textContent = "Dokumenti un dzīvesvieta";
      const frame = document.querySelector("#queues").closest(".scroll");
      return frame.scrollWidth - frame.clientWidth;
    }""")
    return hidden


async def test_the_queues_stand_whole_beside_the_agents(world: World) -> None:
    """At 1366 pixels, and at 1024, a long Latvian name pushes no column out of sight."""
    page = await world.open("board")
    for width in (1366, 1024):
        await page.set_viewport_size({"width": width, "height": 700})
        assert await hidden_columns(page) == 0


async def test_the_board_shows_promises_to_ring_back(world: World) -> None:
    """And voice messages: how much time is left of each, and which are broken; no number, no name
    of a citizen."""
    page = await world.open("board")
    rows = page.locator("#callbacks tr")
    await expect(rows).to_have_count(8)
    await expect(rows.first).to_contain_text("nokavēts")
    await expect(rows.nth(1)).to_contain_text("1:29")
    await expect(page.locator("#callbacks-count")).to_have_text("8")
    await expect(rows.filter(has_text="Darbinieks klausās")).to_have_count(1)


async def test_a_page_that_comes_back_reads_its_button(world: World) -> None:
    """The button that takes the call again wears the green button's own letters."""
    page = await world.open("rejoining")
    world.stage.phone(AGENTS["rejoining"].number, reachable=True)
    await expect(page.locator("#go-ready")).to_be_enabled()
    colours = await page.evaluate("""() => ["[data-do=take-again]", "#go-ready"].map(
      (one) => getComputedStyle(document.querySelector(one)).color)""")
    assert colours[0] == colours[1]


async def test_the_board_says_when_nobody_is_at_work(world: World) -> None:
    """An empty list of agents is not good news, as it is among the problems."""
    page = await world.open("admin")
    await expect(page.locator("#agents")).to_have_attribute("data-empty", "Neviens nav pieteicies.")
    world.stage.act("board")
    await page.reload()
    await expect(page.locator("#agents")).to_have_attribute("data-empty", "Nav par ko satraukties.")


async def test_the_board_shows_only_problems_on_demand(world: World) -> None:
    """One press leaves the queues and agents that need somebody."""
    page = await world.open("board")
    everyone = await page.locator("#agents tr").count()
    await page.click("[data-show=problems]")
    assert 0 < await page.locator("#agents tr").count() < everyone


async def test_crisis_mode_is_turned_on_and_off(world: World) -> None:
    """By a supervisor, who reads it accessibly at every step; the board and the record tell it."""
    page = await world.open("board")
    await page.get_by_role("link", name="Krīzes režīms").click()
    assert await faults(page) == []
    await page.get_by_label("Ārkārtējā situācija").check()
    await page.get_by_label("Kāpēc").fill("plūdi")
    await page.get_by_label("Jā, uzreiz visam tīklam").check()
    await page.click("#on")
    await expect(page.get_by_role("heading", name="Ieslēgts: Ārkārtējā situācija")).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("link", name="Tīkls šobrīd").click()
    await expect(page.locator("#crisis")).to_contain_text("Krīzes režīms: Ārkārtējā situācija")
    await expect(page.locator("#board")).not_to_have_class("stale")  # dimmed until its link is up
    assert await faults(page) == []
    await page.locator("#crisis").get_by_role("link", name="Atvērt").click()
    await page.get_by_label("Jā, visur atgriezties").check()
    await page.click("#off")
    await expect(page.get_by_role("cell", name="Izslēdza")).to_be_visible()
    assert await faults(page) == []


async def test_the_crisis_page_follows_the_switch(world: World) -> None:
    """When somebody else turns it, every open page comes anew."""
    page = await world.open("board")
    await page.goto(f"{world.origin}/crisis")
    await expect(page.get_by_role("heading", name="Izslēgts")).to_be_visible()
    person = Person(user_id="u", name="Gunta Priede")
    await world.stage.crisis.switch_on("storm", hours=1, why="vētra", person=person)
    await expect(page.get_by_role("heading", name="Ieslēgts: Vētra")).to_be_visible()


# --- who may do what -----------------------------------------------------------------------


async def test_accounts_by_the_keyboard(world: World) -> None:
    """Found by a few letters, given a role and switched off without a mouse; clean at every step,
    in light and dark, and in one column at 400 %."""
    page = await world.open("admin")
    await page.goto(f"{world.origin}/accounts")
    await page.focus("#search")
    await page.keyboard.type("gravite")
    await page.keyboard.press("Enter")
    found = page.get_by_role("link", name="Elīna Grāvīte-Skujeniece")
    await expect(page.get_by_role("heading", name="1 konts")).to_be_visible()
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert await faults(page) == []
    await found.press("Enter")
    await page.locator("#role").select_option("supervisor")
    await page.locator("#realm").select_option("municipality:jekabpils")
    await page.get_by_role("button", name="Piešķirt šo lomu").press("Enter")
    taking = page.get_by_role("button", name="Atņemt: Vadītājs, Jēkabpils novads")
    await expect(taking).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("button", name="Izslēgt kontu").press("Enter")
    await expect(page.get_by_text("Konts izslēgts")).to_be_visible()
    watching = {Grant(role=role) for role in ("admin", "supervisor", "editor", "auditor", "dpo")}  # type: ignore[arg-type]
    await world.has_roles(watching)
    more = ("/trunks", "/limits", "/abuse", "/audit", "/person", "/services")
    more += ("/cases", "/cases/new", "/cases/figures")
    for path in ("/accounts", "/accounts/new", "/approvals", "/crisis", *more):
        await page.goto(world.origin + path)
        assert await faults(page) == []
        await page.set_viewport_size({"width": 341, "height": 700})
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= 341, path
        await page.set_viewport_size({"width": 1366, "height": 768})


async def test_a_page_whose_role_is_taken_says_so(world: World) -> None:
    """Within two seconds, on the open page; the figures grow old and are marked so."""
    page = await world.open("board")
    await world.has_roles(set())
    word = page.locator("#banner-word")
    await expect(word).to_have_text(re.compile("Jūsu lomas ir mainītas"), timeout=2000)


# --- a voice message -----------------------------------------------------------------------

LOUDNESS = """async () => {
  const player = document.querySelector("#player");
  const context = new AudioContext();
  const ear = context.createAnalyser();
  context.createMediaElementSource(player).connect(ear);
  const wave = new Float32Array(ear.fftSize);
  for (let patience = 100; patience; patience--) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    ear.getFloatTimeDomainData(wave);
    const loudest = Math.max(...wave.map(Math.abs));
    if (loudest > 0.05) return loudest;
  }
  return 0;
}"""


async def test_a_message_is_heard_and_done_with(world: World) -> None:
    """Enter takes it and it sounds at once; any part can be heard again; what was done is saved."""
    page = await world.open("message")
    await page.keyboard.press("Enter")
    await world.until(commands.MessageOpened)
    await expect(page.locator("#player")).to_be_visible()
    assert await page.evaluate(LOUDNESS) > 0.05
    player = page.locator("#player")
    assert await player.evaluate("one => one.duration") == pytest.approx(7.5, abs=0.1)
    assert await player.evaluate("one => one.currentTime") > 0
    seek = """async (one) => {
      const there = new Promise((resolve) => (one.onseeked = resolve));
      one.currentTime = 4;
      await there;
      return one.currentTime;
    }"""
    assert await player.evaluate(seek) == pytest.approx(4, abs=2)
    await page.fill("#note", "Lūdz atzvanīt par pabalstu")
    await page.click('[data-kind="application"]')
    await page.keyboard.press("Control+Enter")
    saved = await world.until(commands.RecordSaved, 2)
    assert (saved.kind, saved.finish) == ("application", True)
    await expect(page.locator('[data-mode="idle"]')).to_be_visible()
    assert await player.evaluate("one => one.paused")
    (done,) = [call for call in world.stage.world.ended if call.message is not None]
    assert done.record.note == "Lūdz atzvanīt par pabalstu"


async def test_a_message_is_called_back_from_its_card(world: World) -> None:
    """By the key B; the sound ends, and the citizen's telephone rings."""
    page = await world.open("listening")
    await page.keyboard.press("b")
    await world.until(commands.RingBackChosen)
    await expect(page.locator("#callback-rings")).to_be_visible()
    assert await page.locator("#player").evaluate("one => one.paused")


async def test_a_recording_that_is_gone_is_told(world: World) -> None:
    """The card stays: the citizen can be called back, or the message done with."""
    world.stage.act("listening")
    message = world.stage.call_of("listening").message
    assert message is not None
    await asyncio.to_thread(world.stage.messages.remove, message.recording)
    page = await world.open("listening")
    await expect(page.locator("#no-recording")).to_be_visible()
    await expect(page.locator("#call-back")).to_be_enabled()
    assert await faults(page) == []


async def test_a_message_is_given_back_for_later(world: World) -> None:
    """One click; the agent is ready for the next at once, and the sound ends."""
    page = await world.open("listening")
    await page.click('[data-do="later"]')
    await world.until(commands.OfferRejected)
    await expect(page.locator('[data-mode="listening"]')).to_be_hidden()
    assert await page.locator("#player").evaluate("one => one.paused")
    (message,) = [call for call in world.stage.world.calls.values() if call.message is not None]
    assert message.callback is not None
    assert message.callback.not_before > message.since
