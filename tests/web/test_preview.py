"""`python -m agents_ui`: every state of every page, to be looked at."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient, TestServer

from agents_ui.__main__ import preview, settings
from agents_ui.preview import samples
from agents_ui.preview.fakes import ORIGIN, fakes

pytestmark = pytest.mark.web
HTML = {"Accept": "text/html"}


@pytest.fixture
async def shown():
    """The preview on a free port."""
    async with TestClient(TestServer(preview(fakes(settings(ORIGIN))))) as browser:
        yield browser


async def test_sample_log_ins_stand_on_the_page(shown):
    """The log-in page of a demonstration names its log-ins."""
    page = await (await shown.get("/login", headers=HTML)).text()
    for name in samples.AGENTS:
        assert f"<b>{name}</b>" in page


@pytest.mark.parametrize("name", [*samples.AGENTS, "board", "admin"])
@pytest.mark.parametrize("locale", ["lv", "en"])
async def test_every_log_in_works(shown, name, locale):
    """Each sample log-in leads to a page that renders, in both languages."""
    page = await (await shown.get("/login", headers=HTML)).text()
    token = page.split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": token, "username": name, "password": "sample"}
    shown.session.cookie_jar.update_cookies({"lang": locale}, shown.make_url("/"))
    answer = await shown.post("/login", data=form, headers=HTML)
    assert answer.status == 200
    assert answer.url.path in {"/desk", "/board"}
    assert f'<html lang="{locale}"' in await answer.text()
