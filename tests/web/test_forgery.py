"""What another site makes a browser send changes nothing."""

from __future__ import annotations

import pytest
from aiohttp import WSServerHandshakeError

from lab.pages.people import PASSWORD
from lab.pages.stage import ORIGIN

pytestmark = pytest.mark.web

POSTS = ["/logout", "/language", "/desk/leave", "/desk/services", "/desk/cards", "/desk/command"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("token", [None, "", "guess", "ž"])
async def test_post_without_the_token(enter, path, token):
    """A post that does not carry the page's token is refused."""
    browser = await enter("talking")
    form = {} if token is None else {"csrf": token}
    answer = await browser.post(path, data=form)
    assert (answer.status, await answer.json()) == (403, {"error": "stale-form"})


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.test"},
        {"Origin": ORIGIN + ".evil.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_post_from_elsewhere(enter, csrf, headers):
    """Even with the right token a post from another origin is refused."""
    browser = await enter("talking")
    answer = await browser.post("/desk/leave", data={"csrf": csrf(browser)}, headers=headers)
    assert await answer.json() == {"error": "foreign-origin"}


@pytest.mark.parametrize(
    "headers", [{"Origin": ORIGIN}, {"Origin": "null", "Sec-Fetch-Site": "same-origin"}, {}]
)
async def test_post_from_our_page(enter, csrf, headers):
    """A form of a page without referrer comes with the origin `null` and is ours all the same."""
    browser = await enter("talking")
    answer = await browser.post("/desk/leave", data={"csrf": csrf(browser)}, headers=headers)
    assert answer.status == 204


async def test_log_in_form_of_another_browser(enter):
    """The log-in form's token is bound to the browser that got it."""
    browser, other = await enter(None), await enter(None)
    page = await (await other.get("/login", headers={"Accept": "text/html"})).text()
    await browser.get("/login", headers={"Accept": "text/html"})
    token = page.split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": token, "username": "talking", "password": PASSWORD}
    assert (await browser.post("/login", data=form)).status == 403


async def test_json_form_token_is_not_read_from_the_body(enter, csrf):
    """Browser code sends its token in a header, which another site can't set."""
    browser = await enter("talking")
    body = {"csrf": csrf(browser), "id": 1, "name": "ready", "args": {}}
    assert (await browser.post("/desk/command", json=body)).status == 403


@pytest.mark.parametrize("path", ["/desk/live", "/board/live"])
@pytest.mark.parametrize("origin", [None, "null", "https://evil.test", ORIGIN + ":81"])
async def test_link_from_elsewhere(enter, path, origin):
    """A live link opens to our own pages only."""
    browser = await enter("admin")
    with pytest.raises(WSServerHandshakeError) as refused:
        await browser.ws_connect(path, origin=origin)
    assert refused.value.status == 403
