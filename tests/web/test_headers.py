"""The security headers stand on every answer, whatever it is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from agents_ui.shell import headers
from agents_ui.shell.port import PanelSettings
from contactcentre.core import commands
from lab.pages.people import AGENTS

pytestmark = pytest.mark.web
HTML = {"Accept": "text/html"}
PATHS = ["/", "/login", "/desk", "/board", "/demo/phone", "/nowhere", "/healthz", "/readyz",
         "/metrics", "/desk/history/c-1", "/desk/history/none", "/desk/live",
         "/static/x/shell/base.css", "/static/x/none"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", [None, "talking", "board"])
async def test_every_route(enter, path, name):
    """No answer goes out without them."""
    answer = await (await enter(name)).get(path, headers=HTML, allow_redirects=False)
    for header, value in headers.CALM.items():
        assert answer.headers[header] == value
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "Strict-Transport-Security" not in answer.headers
    if not path.startswith("/static/"):
        assert answer.headers["Cache-Control"] == "no-store"


def test_content_security_policy():
    """Nothing inline, nothing from elsewhere; other sockets only where phones do not go by us."""
    settings = PanelSettings(origin="https://panel.test", secure=True)
    policy = headers.content_security_policy(settings)
    assert "connect-src 'self';" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    past_us = replace(settings, phone_origins=("wss://phones.test:8089",))
    assert "connect-src 'self' wss://phones.test:8089;" in headers.content_security_policy(past_us)


@pytest.mark.parametrize(
    ("name", "page"),
    [(None, "/login"), ("talking", "/desk"), ("board", "/board"), (None, "/demo/phone"),
     (None, "/nowhere")],
)  # fmt: skip
async def test_pages_keep_the_policy(enter, name, page):
    """No page has inline code, inline style or handlers, and each file it names is there."""
    browser = await enter(name)
    html = await (await browser.get(page, headers=HTML)).text()
    inline = [tag for tag in re.findall(r"<script[^>]*>", html) if "src=" not in tag]
    assert all('type="application/json"' in tag for tag in inline)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
        answer = await browser.get(address)
        assert (address, answer.status) == (address, 200)


@pytest.mark.parametrize("name", ["talking", "board"])
async def test_no_secret_in_a_page(enter, sessions, name):
    """Neither the cookie's secret nor a phone's stands in the page; the cover asks for one."""
    browser = await enter(name)
    html = await (await browser.get("/", headers=HTML)).text()
    (token,) = sessions
    assert token not in html
    assert "password" not in re.sub(r"<(input|label)[^>]*>", "", html)


async def test_config_cannot_break_out(enter, world):
    """A note with markup in it stays data inside the page's configuration."""
    browser = await enter("talking")
    note, call_id = "</script><script>alert(1)</script>", world.call_of("talking").call_id
    world.apply(
        commands.NoteWritten(
            at=world.at,
            agent_id=AGENTS["talking"].agent_id,
            call_id=call_id,
            text=note,
            base=1,
        )
    )
    assert world.desk("talking").call.note == note
    html = await (await browser.get("/desk", headers=HTML)).text()
    assert "<script>alert" not in html
