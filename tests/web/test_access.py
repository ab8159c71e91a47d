"""Who may do what: every route for every role."""

from __future__ import annotations

import pytest
from aiohttp import web

pytestmark = pytest.mark.web

VISITOR, AGENT, SUPERVISOR, ADMIN = None, "talking", "board", "admin"
ROLES = (VISITOR, AGENT, SUPERVISOR, ADMIN)
HTML = {"Accept": "text/html"}

PAGES = {
    # path: what a visitor, an agent, a supervisor and an administrator get
    "/": (303, 303, 303, 303),
    "/login": (200, 303, 303, 303),
    "/desk": (303, 200, 403, 200),
    "/board": (303, 403, 200, 200),
    "/crisis": (303, 403, 200, 200),
    "/demo/phone": (200, 200, 200, 200),
    "/nowhere": (404, 404, 404, 404),
    "/healthz": (200, 200, 200, 200),
    "/readyz": (200, 200, 200, 200),
    "/metrics": (200, 200, 200, 200),
}
POSTS = {
    "/logout": ({}, (401, 303, 303, 303)),
    "/language": ({"language": "en"}, (403, 303, 303, 303)),
    "/desk/leave": ({}, (401, 204, 403, 204)),
    "/desk/services": ({"q": "bērna"}, (401, 200, 403, 200)),
    "/desk/cards": ({"codes": ["PMLP-DZV"]}, (401, 200, 403, 200)),
    "/board/close-records": ({"agent_id": "nobody"}, (401, 403, 404, 404)),
    "/desk/laid-aside": ({}, (401, 200, 403, 200)),
    "/desk/onward": ({"call_id": "of the agent"}, (401, 200, 403, 404)),
    "/crisis/on": (
        {"plan": "storm", "hours": "4", "why": "vētra", "confirm": "yes"},
        (401, 403, 303, 303),
    ),
    "/crisis/off": ({}, (401, 403, 400, 400)),
    "/desk/command": ({"id": 1, "name": "ready", "args": {}}, (401, 200, 403, 200)),
}
FORMS = {"/logout", "/language", "/desk/leave", "/crisis/on", "/crisis/off"}


@pytest.mark.parametrize(("path", "expected"), PAGES.items())
async def test_pages(enter, path, expected):
    """Each role gets its pages and nobody else's; who is not logged in is sent to the log-in."""
    for role, status in zip(ROLES, expected, strict=True):
        browser = await enter(role)
        answer = await browser.get(path, headers=HTML, allow_redirects=False)
        assert (role, answer.status) == (role, status)


@pytest.mark.parametrize(("path", "case"), POSTS.items())
async def test_posts(enter, csrf, world, path, case):
    """Each role may change what is its own; a visitor nothing."""
    body, expected = case
    if path == "/desk/onward":
        world.act("talking")
        body = {"call_id": world.call_of("talking").call_id}
    for role, status in zip(ROLES, expected, strict=True):
        browser = await enter(role)
        headers = {"X-CSRF": csrf(browser) if role else "guess"}
        how = {"data": body} if path in FORMS else {"json": body}
        answer = await browser.post(path, headers=headers, allow_redirects=False, **how)
        assert (role, answer.status) == (role, status)


async def test_the_matrix_is_whole(app):
    """A new route must be put into this file's tables."""
    apart = {
        ("POST", "/login"),  # test_entrance
        ("GET", "/desk/sip"),  # test_relay
        ("GET", "/demo/sip"),  # test_relay
        ("GET", "/desk/live"),  # test_live
        ("GET", "/board/live"),  # test_live
        ("GET", "/desk/messages/{call_id}"),  # test_messages
        ("GET", "/board/why/{call_id}"),  # test_board
        ("GET", "/desk/history/{call_id}"),  # below
        ("GET", "/static/{version}/{path}"),  # test_assets
    }
    routes = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.method != "HEAD" and isinstance(route.resource, web.Resource)
    }
    known = {("GET", path) for path in PAGES} | {("POST", path) for path in POSTS} | apart
    assert routes <= known


@pytest.mark.parametrize(
    ("role", "of", "status"),
    [
        (VISITOR, "talking", 401),
        (SUPERVISOR, "talking", 403),
        (AGENT, "talking", 200),
        (AGENT, "ringing", 404),
        ("idle", "talking", 404),
        (ADMIN, "talking", 404),
    ],
)
async def test_history_belongs_to_the_call(enter, world, role, of, status):
    """The past of a number opens to the agent whose call it is, and to nobody else."""
    world.act(of)
    browser = await enter(role)
    answer = await browser.get(f"/desk/history/{world.call_of(of).call_id}")
    assert answer.status == status


async def test_start_page_by_role(enter):
    """Everybody starts where the work is."""
    for role, page in {
        None: "/login",
        "idle": "/desk",
        "board": "/board",
        "admin": "/board",
    }.items():
        browser = await enter(role)
        answer = await browser.get("/", allow_redirects=False)
        assert answer.headers["Location"] == page


async def test_browser_code_gets_json(enter):
    """Browser code learns a stable error id instead of a page."""
    browser = await enter(None)
    answer = await browser.get("/desk/history/c-1")
    assert await answer.json() == {"error": "logged-out"}
