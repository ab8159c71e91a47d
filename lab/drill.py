"""What stands around an installation in `scripts/install-drill`: its carrier, its people, its call.

`python -m lab.drill papers FOLDER` makes certificates, secrets, the file of the institution's own
log-in, and what the installation is to become: a small network and its menu. `carrier FOLDER` is a
second Asterisk, at the other end of a TLS trunk, and the institution's mail server.
`call FOLDER PASSWORD` lets people log in and a citizen speak with one of them (`talk FOLDER`: only
that), and fails where anything is not as it should be.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import signal
import ssl
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyotp
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

from contactcentre.cli import command, console
from contactcentre.core.config.trunk import Trunk
from contactcentre.settings import ROOT
from contactcentre.telephony.ami import Ami, AmiSettings, LinkState, LinkUp
from contactcentre.telephony.directory import Directory
from contactcentre.telephony.pbx import PbxSettings, running
from contactcentre.telephony.translation import trunk_endpoint
from contactcentre.testing import FLOW
from lab import LAB, g711
from lab.certificates import Authority
from lab.chromium import BARE, MICROPHONE

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from lab.telephone import Ringing, Telephone

HOST: Final = "hotline.test"
CARRIER: Final = "127.0.0.3"
HOTLINE: Final = "60000100"
CITIZEN: Final = "+37120000001"
TLS_PORT: Final = 5061
PROVIDER_PORT: Final = 8399
MAIL_PORT: Final = 8465
ACCOUNT: Final = "acct"
LINE: Final = "hotline"
PANEL: Final = f"https://{HOST}"
AGAIN_S: Final = 8.0
VOICE: Final = bytes(range(256)) * 40
LOUD: Final = 0.05
START: Final = '[data-mode="start"]:not([hidden])'
AWAY: Final = '[data-mode="away"]:not([hidden])'
IDLE: Final = '[data-mode="idle"]:not([hidden])'
WRAP_UP: Final = '[data-mode="wrap_up"]:not([hidden])'

OIDC: Final = f"""
home:
  label: Log in at home
  issuer: http://127.0.0.1:{PROVIDER_PORT}
  client_id: panel
  client_secret: a secret of the tests
  grants: {{agents: ["agent@centre:c"]}}
"""

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NETWORK: Final = f"""
regions: [{{region_id: r, name: Region}}]
municipalities: [{{municipality_id: m, name: Town, region: r}}]
calendars:
  - {{calendar_id: always, weekly: {{{", ".join(f'{day}: [["00:00", "24:00"]]' for day in DAYS)}}}}}
centres: [{{centre_id: c, name: Centre, municipality: m, calendar_id: always}}]
queues:
  - {{queue_id: taxes, labels: {{lv: Nodokļi, en: Taxes}}, skills: {{taxes: 1}}}}
  - {{queue_id: general, labels: {{lv: Citi jautājumi, en: Other questions}}}}
agents:
  - {{agent_id: a1, username: anna, name: Anna, centre_id: c, endpoint: a-1, skills: {{taxes: 1}}, languages: {{lv: 3}}}}
hotlines:
  - {{number: "{HOTLINE}", labels: {{lv: Nodokļi, en: Taxes}}, flow: hotline}}
"""  # noqa: E501

app = command.program("drill", "What stands around an installation.")


@app.command
async def papers(folder: Path, /) -> None:
    """Files that the installation is given, and that its carrier has."""
    authority = Authority(folder)
    authority.issue("127.0.0.1", name=HOST)
    authority.issue(CARRIER)
    (folder / "oidc.yaml").write_text(OIDC)
    (folder / "network.yaml").write_text(NETWORK)
    (folder / "hotline.yaml").write_text(FLOW)
    (folder / "trunk-secret").write_text(secrets.token_urlsafe(18))
    (folder / "ami-secret").write_text(secrets.token_hex(32))


@app.command
async def carrier(folder: Path, /) -> None:
    """Until SIGTERM."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    line = Trunk(
        trunk_id=LINE,
        transport="tls",
        peers=("127.0.0.1",),
        server=f"127.0.0.1:{TLS_PORT}",
        user=ACCOUNT,
        challenges=True,
        codecs=("opus", "alaw"),
    )
    secret = (folder / "trunk-secret").read_text()
    directory = Directory(_carrier(folder).directory)
    directory.create()
    directory.lay([line])
    directory.give_secret(LINE, secret)
    directory.enrol(ACCOUNT, secret, kind="desk")
    directory.enrol("demo", "citizen's", kind="desk")
    async with running(_carrier(folder)), await _mail_server(folder):
        console.say("carrier ready")
        await told.wait()


async def _mail_server(folder: Path) -> asyncio.Server:
    """SMTP over TLS, by the certificate that the carrier shows."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / f"{CARRIER}.pem", folder / f"{CARRIER}.key")
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(Sink(), loop=loop), CARRIER, MAIL_PORT, ssl=context
    )


def _carrier(folder: Path) -> PbxSettings:
    home = folder / "carrier"
    home.mkdir(exist_ok=True)
    return PbxSettings(
        home=home,
        templates=ROOT / "config" / "asterisk",
        overlay=LAB / "asterisk",
        prompts=home / "prompts",
        music=home / "music",
        directory=home / "directory.sqlite",
        ami_secret=(folder / "ami-secret").read_text(),
        sip_host=CARRIER,
        http_host=CARRIER,
        sip_tls_port=TLS_PORT,
        sip_tls_certificate=folder / f"{CARRIER}.pem",
        sip_tls_key=folder / f"{CARRIER}.key",
        sip_tls_authorities=folder / "authority.pem",
        ami_port=5138,
        rtp_first=20_000,
        rtp_last=20_099,
    )


@app.command
async def call(folder: Path, password: str, /) -> None:
    """An administrator by password and code, then a talk."""
    async with _browser() as chromium:
        await _by_code(chromium, password)
        console.say("an administrator is in by password and code")
    await talk(folder)


@app.command
async def talk(folder: Path, /) -> None:
    """An agent by the institution's log-in, and a citizen who is heard."""
    async with _provider(), _browser() as chromium:
        page, sockets = await _by_institution(chromium)
        console.say("an agent is in by the institution's log-in")
        await _talk(folder, page)
        if not sockets or not all(one.startswith(f"wss://{HOST}/") for one in sockets):
            raise AssertionError(f"not by wss: {sockets}")


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    from playwright.async_api import async_playwright

    arguments = [*BARE, *MICROPHONE, f"--host-resolver-rules=MAP {HOST} 127.0.0.1"]
    async with async_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        chromium = await playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield chromium
        finally:
            await chromium.close()


@asynccontextmanager
async def _provider() -> AsyncIterator[None]:
    """npm's oidc-provider, as in the tests."""
    process = await asyncio.create_subprocess_exec(
        "node",
        "tests/integration/oidc_provider.mjs",
        str(PROVIDER_PORT),
        f"{PANEL}/login/oidc/home/callback",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None  # noqa: S101 - asked for above
    try:
        async with asyncio.timeout(60):
            await process.stdout.readline()
        yield
    finally:
        process.terminate()
        await process.wait()


async def _opened(chromium: Browser) -> Page:
    # Its own store has not the rehearsal's authority; curl has looked at the certificate before.
    context = await chromium.new_context(
        ignore_https_errors=True, permissions=["microphone", "notifications"]
    )
    page = await context.new_page()
    page.set_default_timeout(20_000)
    await page.goto(f"{PANEL}/login")
    return page


async def _by_code(chromium: Browser, password: str) -> None:
    """Chooses a password and sets the app up, as everybody must, and logs in once more."""
    page = await _opened(chromium)
    await _password(page, password)
    password = await _own(page, password)
    await page.fill("#app-password", password)
    await page.press("#app-password", "Enter")
    secret = await page.locator(".secret").inner_text()
    await page.fill("#code", _code(secret, -1))
    await page.press("#code", "Enter")
    await page.locator("li code").first.wait_for()
    page = await _opened(chromium)
    await _password(page, password)
    await page.wait_for_url(re.compile("/login/code$"))
    await page.fill("#code", _code(secret, 0))
    await page.press("#code", "Enter")
    await page.wait_for_url(re.compile("/board$"))


async def _own(page: Page, first: str) -> str:
    """In the place of the first password, which others have seen."""
    chosen = first[::-1]
    await page.wait_for_url(re.compile("/account"))
    await page.fill("#old-password", first)
    for field in ("#new", "#again"):
        await page.fill(field, chosen)
    await page.press("#again", "Enter")
    await page.wait_for_selector("#done")
    return chosen


def _code(secret: str, steps: int) -> str:
    return pyotp.TOTP(secret).generate_otp(int(time.time()) // 30 + steps)


async def _password(page: Page, password: str) -> None:
    await page.fill("[name=username]", "inese")
    await page.fill("[name=password]", password)
    await page.press("[name=password]", "Enter")
    await page.wait_for_load_state()


async def _by_institution(chromium: Browser) -> tuple[Page, list[str]]:
    """The desk of the agent, ready; and the WebSockets that it opened."""
    page, sockets = await _opened(chromium), list[str]()
    page.on("websocket", lambda socket: sockets.append(socket.url))
    await page.get_by_text("Log in at home").click()
    await page.fill("[name=login]", "anna:agents:mfa")
    await page.fill("[name=password]", "any")
    await page.locator("[type=submit]").click()
    await page.locator("[type=submit]").click()  # yes, the panel may know
    await page.wait_for_url(re.compile("/desk$"))
    await page.wait_for_selector('body[data-phone="registered"]')
    await page.wait_for_selector(f"{START}, {AWAY}, {WRAP_UP}")
    if await page.locator(START).is_visible():
        await page.locator('[data-do="start"]').click()
    await page.wait_for_selector(f"{AWAY}, {WRAP_UP}, {IDLE}")
    if await page.locator(WRAP_UP).is_visible():  # of a drill that ended in its midst
        await _record(page)
    if await page.locator(AWAY).is_visible():
        await page.keyboard.press("r")
    await page.wait_for_selector(IDLE)
    return page, sockets


async def _rung(ami: Ami, originate: Mapping[str, str], citizen: Telephone) -> Ringing:
    """The carrier's way in; again where it has not seen yet that the hotline is back (OPTIONS)."""
    while True:
        await ami.action("Originate", originate)
        with suppress(TimeoutError):
            return await asyncio.wait_for(citizen.ringing.get(), AGAIN_S)
        console.say("the carrier does not reach the hotline yet")


async def _talk(folder: Path, page: Page) -> None:
    """A citizen of the carrier's rings in, is answered in the browser, and both are heard."""
    from lab.hotline import sound_flows
    from lab.telephone import telephone

    pbx = _carrier(folder)
    async with (
        telephone(CARRIER, (CARRIER, pbx.sip_port)) as citizen,
        _linked(pbx) as ami,
        asyncio.timeout(60),
    ):
        await citizen.register("demo", "citizen's")
        originate = {
            "Channel": f"PJSIP/{HOTLINE}@{trunk_endpoint(LINE)}",
            "CallerID": CITIZEN,
            "Application": "Dial",
            "Data": "PJSIP/demo,20",
            "Async": "true",
        }
        talk = await (await _rung(ami, originate, citizen)).answer()
        await talk.media.hears(50)
        talk.media.press("1")
        await page.wait_for_selector('body[data-session="incoming"]')
        await page.keyboard.press("Enter")
        await page.wait_for_selector('[data-mode="talking"]:not([hidden])')
        talk.media.say(VOICE, again=True)
        await sound_flows(page)
        while g711.loudness(talk.media.heard(0.2)) < LOUD:  # the browser's microphone beeps
            await talk.media.hears(5)
        console.say("the citizen and the agent hear each other")
        codec = await page.evaluate(
            "async () => (await document.querySelector('#phone').stats()).codec"
        )
        if codec not in ("audio/opus", "audio/G722"):
            raise AssertionError(f"the browser speaks {codec}")
        console.say(f"the browser speaks {codec}")
        await _is_encrypted(ami)
        await talk.hang_up()
    await page.wait_for_selector(WRAP_UP)
    await _record(page)


async def _record(page: Page) -> None:
    """What the call was about, by keyboard; then the agent is ready again."""
    await page.locator("body").click(position={"x": 700, "y": 5})
    await page.keyboard.press("2")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_selector(IDLE)


async def _is_encrypted(ami: Ami) -> None:
    (leg,) = (
        name
        for item in await ami.collect("CoreShowChannels")
        if (name := item.get("Channel", "")).startswith(f"PJSIP/{trunk_endpoint(LINE)}-")
    )
    said = [await ami.value(f"CHANNEL({of},secure)", channel=leg) for of in ("rtp", "pjsip")]
    if said != ["1", "1"]:
        raise AssertionError(f"the trunk's sound and signalling are encrypted: {said}")
    console.say("the trunk is encrypted, sound and signalling")


@asynccontextmanager
async def _linked(pbx: PbxSettings) -> AsyncIterator[Ami]:
    up = asyncio.Event()

    def on_link(state: LinkState) -> None:
        if isinstance(state, LinkUp):
            up.set()

    settings = AmiSettings(
        host=pbx.ami_host, port=pbx.ami_port, username=pbx.ami_user, secret=pbx.ami_secret
    )
    ami = Ami(settings, on_event=lambda _: None, on_link=on_link)
    link = asyncio.create_task(ami.run(), name="carrier's manager")
    try:
        async with asyncio.timeout(10):
            await up.wait()
        yield ami
    finally:
        link.cancel()
        await asyncio.wait([link])


if __name__ == "__main__":
    sys.exit(command.run(app))
