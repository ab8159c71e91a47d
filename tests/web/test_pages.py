"""`python -m lab pages`: every state of every page, to be looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer

from lab.pages.people import AGENTS, PASSWORD
from lab.pages.serve import pages, settings
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web
HTML = {"Accept": "text/html"}


@pytest.fixture
async def shown(prepared, compiled):
    """They, on a free port."""
    given = replace(settings(ORIGIN), compiled=compiled)
    async with pages(prepared, given) as app, TestClient(TestServer(app)) as browser:
        yield browser


async def test_sample_log_ins_stand_on_the_page(shown):
    """The log-in page of a demonstration names its log-ins."""
    page = await (await shown.get("/login", headers=HTML)).text()
    for name in AGENTS:
        assert f"<b>{name}</b>" in page


@pytest.mark.parametrize("name", [*(name for name in AGENTS if name != "reserve"), "board"])
@pytest.mark.parametrize("locale", ["lv", "en"])
async def test_every_log_in_works(shown, name, locale):
    """Each sample log-in leads to a page that renders, in both languages."""
    page = await (await shown.get("/login", headers=HTML)).text()
    token = page.split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": token, "username": name, "password": PASSWORD}
    shown.session.cookie_jar.update_cookies({"lang": locale}, shown.make_url("/"))
    answer = await shown.post("/login", data=form, headers=HTML)
    assert answer.status == 200
    assert answer.url.path in {"/desk", "/board"}
    assert f'<html lang="{locale}"' in await answer.text()
