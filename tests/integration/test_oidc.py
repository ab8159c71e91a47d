"""Logging in by an institution's own provider: a real one, npm's oidc-provider."""

# ruff: noqa: S603 - the command is ours

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from agents_ui.app import build
from agents_ui.shell.port import Grant, PanelSettings
from contactcentre.features.accounts.institutions import (
    BadProviders,
    InstitutionService,
    link,
    providers_of,
)
from contactcentre.features.accounts.oidc import Provider, Providers
from contactcentre.features.accounts.proofs import FRESH_S
from contactcentre.features.accounts.vault import Vault
from contactcentre.storage import tables as models
from lab.pages.sample import Prepared, prepare
from lab.pages.stage import StagedHistory, staged

pytestmark = pytest.mark.integration

ORIGIN = "http://panel.test"
BACK = f"{ORIGIN}/login/oidc/home/callback"
HTML = {"Accept": "text/html"}
Panel = TestClient[web.Request, web.Application]


@dataclass
class Clock:
    """Ours, which may go wrong."""

    shift_s: float = 0.0

    def __call__(self) -> float:
        return asyncio.get_running_loop().time() - self.began + self.began_at + self.shift_s

    def __post_init__(self) -> None:
        self.began, self.began_at = asyncio.get_running_loop().time(), time.time()


@pytest.fixture(scope="module")
def issuer(root: Path, free_port: Callable[[], int]) -> Iterator[str]:
    """The provider, and where it is."""
    port = free_port()
    command = ["node", str(Path(__file__).with_name("oidc_provider.mjs")), str(port), BACK]
    with subprocess.Popen(command, cwd=root, stdout=PIPE, stderr=DEVNULL) as process:
        assert process.stdout is not None
        while b"ready" not in (line := process.stdout.readline()):
            assert line, "the provider ended"
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The database of every test, to be copied."""
    return asyncio.run(prepare(tmp_path_factory.mktemp("prepared")))


@pytest.fixture
async def stage(prepared: Prepared, tmp_path: Path) -> AsyncIterator[StagedHistory]:
    async with staged(prepared, tmp_path) as running:
        yield running


def provider(issuer: str) -> Provider:
    return Provider(
        label="Log in at home",
        issuer=issuer,
        client_id="panel",
        client_secret="a secret of the tests",
        grants={"board": ["supervisor@network"], "agents": ["agent@centre:ludza"]},
    )


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def panel(stage: StagedHistory, issuer: str, clock: Clock) -> AsyncIterator[Panel]:
    """The panel, with that provider."""
    providers = Providers({"home": provider(issuer)}, clock)
    stage.institutions = InstitutionService(stage.accounts, providers, Vault())
    server = TestServer(build(stage.ports(PanelSettings(origin=ORIGIN, secure=False))))
    async with TestClient(server) as client:
        yield client


async def away(panel: Panel) -> str:
    """Where the log-in page's button leads."""
    assert "Log in at home" in await (await panel.get("/login", headers=HTML)).text()
    answer = await panel.get("/login/oidc/home", headers=HTML, allow_redirects=False)
    assert answer.status == 303
    return answer.headers["Location"]


async def at_the_provider(where: str, name: str) -> dict[str, str]:
    """Log in there as anybody, agree, and come back: what the address of the way back says."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
        answer = await browser.get(where, allow_redirects=False)
        while not (to := answer.headers.get("Location", "")).startswith(BACK):
            if to:
                next_one = to if to.startswith("http") else f"{_origin(where)}{to}"
                answer = await browser.get(next_one, allow_redirects=False)
                continue
            page = await answer.text()
            form = re.search(r'action="([^"]+)"', page)
            prompt = re.search(r'name="prompt" value="([^"]+)"', page)
            assert form is not None
            assert prompt is not None
            given = {"prompt": prompt[1], "login": name, "password": "any"}
            answer = await browser.post(form[1], data=given, allow_redirects=False)
    return {key: value[0] for key, value in parse_qs(urlsplit(to).query).items()}


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


async def locked(panel: Panel) -> str:
    """Where the cover's button leads, of a page that somebody has locked."""
    async with panel.post("/lock", headers={"X-CSRF": await csrf(panel)}) as answer:
        assert answer.status == 204
    answer = await panel.get("/login/oidc/home?again", headers=HTML, allow_redirects=False)
    assert answer.status == 303
    return answer.headers["Location"]


async def csrf(panel: Panel) -> str:
    """What the forms of the page carry."""
    page = await (await panel.get("/account", headers=HTML)).text()
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


async def back(panel: Panel, answer: dict[str, str]) -> tuple[int, str]:
    """The browser comes back: the status, and where it is led."""
    path = "/login/oidc/home/callback"
    answered = await panel.get(path, params=answer, headers=HTML, allow_redirects=False)
    return answered.status, answered.headers.get("Location", "")


async def test_the_groups_give_the_roles(panel: Panel, stage: StagedHistory) -> None:
    """Who was never here gets an account with the roles of the groups; it follows them later."""
    assert await back(panel, await at_the_provider(await away(panel), "anna:board")) == (
        303,
        "/board",
    )
    token = next(one.value for one in panel.session.cookie_jar if one.key == "cc")
    session = await stage.accounts.session(token)
    assert session is not None
    assert session.person.name == "Name of anna"
    assert session.person.grants == {Grant(role="supervisor")}
    assert not session.must


async def test_an_account_is_known_by_its_subject(panel: Panel, stage: StagedHistory) -> None:
    """Who was linked by an administrator is that person here, with the roles of the groups now."""
    session = await stage.accounts.log_in("idle", "sample password", address="a")
    async with stage.database.begin() as connection:
        issuer = stage.institutions._providers.of["home"].issuer
        await link(connection, issuer, "ilze:agents", session.person.user_id)
    status = await back(panel, await at_the_provider(await away(panel), "ilze:agents"))
    assert status == (303, "/desk")


async def test_a_page_is_unlocked_by_the_same_person(panel: Panel, stage: StagedHistory) -> None:
    """Who locked it logs in at the provider anew; the window apart ends with a page of its own, and
    the browser has another session. A log-in after that leads to its first page again."""
    await back(panel, await at_the_provider(await away(panel), "anna:board"))
    before = cookie(panel)
    where = await locked(panel)
    assert (
        parse_qs(urlsplit(where).query).items() >= {"prompt": ["login"], "max_age": ["0"]}.items()
    )
    assert await back(panel, await at_the_provider(where, "anna:board")) == (303, "/entered")
    assert await stage.accounts.session(before) is None
    assert (await panel.get("/board", headers=HTML, allow_redirects=False)).status == 200
    assert 'id="entered"' in await (await panel.get("/entered", headers=HTML)).text()
    await panel.post("/lock", headers={"X-CSRF": await csrf(panel)})
    assert (await back(panel, await at_the_provider(await away(panel), "anna:board")))[
        1
    ] == "/board"


def cookie(panel: Panel, name: str = "cc") -> str:
    return next(one.value for one in panel.session.cookie_jar if one.key == name)


async def test_a_page_is_not_unlocked_by_another(panel: Panel, stage: StagedHistory) -> None:
    """Whoever else is known at the provider does not come in on the cover, nor does who brings no
    sign of whose page it is, nor one that was made up; and nobody gets an account that way."""
    for name in ("liga:board", "anna:board"):
        panel.session.cookie_jar.clear()
        await back(panel, await at_the_provider(await away(panel), name))
    answer = await at_the_provider(await locked(panel), "liga:board")
    page = await panel.get("/login/oidc/home/callback", params=answer, headers=HTML)
    assert page.status == 401
    assert "cita lietotāja" in await page.text()
    where = await panel.get("/login/oidc/home?again", headers=HTML, allow_redirects=False)
    answer = await at_the_provider(where.headers["Location"], "nobody:board")
    assert (await back(panel, answer))[0] == 401
    for sign in (None, "made up"):
        panel.session.cookie_jar.clear()
        if sign:
            panel.session.cookie_jar.update_cookies({"whose": sign}, panel.make_url("/"))
        where = await panel.get("/login/oidc/home?again", headers=HTML, allow_redirects=False)
        answer = await at_the_provider(where.headers["Location"], "anna:board")
        assert (await back(panel, answer))[0] == 401
    async with stage.database.connect() as connection:
        found = (await connection.execute(select(models.identities.c.subject))).scalars()
        assert set(found) == {"anna:board", "liga:board"}


async def test_what_the_provider_remembers_unlocks_nothing(
    panel: Panel, stage: StagedHistory
) -> None:
    """They must have logged in there since the page was locked: a token that does not say when, or
    says another time, is not enough."""
    await back(panel, await at_the_provider(await away(panel), "anna:board"))
    where = (await locked(panel)).replace("&prompt=login", "").replace("&max_age=0", "")
    assert (await back(panel, await at_the_provider(where, "anna:board")))[0] == 401
    await back(panel, await at_the_provider(await away(panel), "anna:board"))
    stage.accounts.records.clock = lambda: time.time() + 300
    assert (await back(panel, await at_the_provider(await locked(panel), "anna:board")))[0] == 401


@pytest.mark.parametrize(
    ("name", "page"), [("anna:board", "/account"), ("anna:board:mfa", "/board")]
)
async def test_a_second_factor_there(
    panel: Panel, stage: StagedHistory, name: str, page: str
) -> None:
    """Counts where the token says so (`amr`); where it says nothing, one was used, and a role
    that must have two is led to set one up here."""
    stage.accounts.sessions._needs_factor = lambda person: True
    assert await back(panel, await at_the_provider(await away(panel), name)) == (303, page)


async def test_an_account_without_a_password_sets_up_a_second_factor(
    panel: Panel, stage: StagedHistory
) -> None:
    """A moment after the log-in nothing more is asked for; later, that they log in once more. From
    then on the provider's one factor is not enough."""
    await back(panel, await at_the_provider(await away(panel), "anna:board"))
    began = time.time()
    stage.accounts.records.clock = lambda: began + FRESH_S + 5
    form = {"csrf": await csrf(panel)}
    assert (await panel.post("/account/app", data=form)).status == 403
    stage.accounts.records.clock = lambda: began
    page = await (await panel.post("/account/app", data=form)).text()
    assert 'id="old-password"' not in page
    secret, ticket = (
        re.findall(pattern, page)[0]
        for pattern in (r'class="secret">([A-Z2-7]+)<', r'name="ticket" value="([^"]+)"')
    )
    code = pyotp.TOTP(secret).at(began)
    await panel.post("/account/app/finish", data={**form, "ticket": ticket, "code": code})
    panel.session.cookie_jar.clear()
    answer = await at_the_provider(await away(panel), "anna:board")
    assert await back(panel, answer) == (303, "/login/code")
    stage.accounts.records.clock = lambda: began + 30
    page = await (await panel.get("/login/code", headers=HTML)).text()
    token = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    given = {"csrf": token, "code": pyotp.TOTP(secret).at(began + 30)}
    entered = await panel.post("/login/code", data=given, headers=HTML, allow_redirects=False)
    assert entered.headers["Location"] == "/board"


async def test_of_no_group_of_ours(panel: Panel) -> None:
    """A right log-in there opens nothing here, where no role comes of it, and it says so."""
    status, _ = await back(panel, await at_the_provider(await away(panel), "stranger:others"))
    assert status == 401


async def test_an_answer_counts_once(panel: Panel) -> None:
    """The same answer a second time, even with the former cookies, is refused."""
    answer = await at_the_provider(await away(panel), "anna:board")
    kept = {one.key: one.value for one in panel.session.cookie_jar}
    assert (await back(panel, answer))[0] == 303
    panel.session.cookie_jar.update_cookies(kept, panel.make_url("/"))
    assert (await back(panel, answer))[0] == 401


@pytest.mark.parametrize(
    "change",
    [{"state": "another"}, {"iss": "https://evil.test"}, {"code": "another"}, {"code": ""}],
)
async def test_an_answer_that_was_changed(panel: Panel, change: dict[str, str]) -> None:
    """Another state, issuer or code proves nothing."""
    answer = await at_the_provider(await away(panel), "anna:board")
    assert (await back(panel, {**answer, **change}))[0] == 401


async def test_without_the_issuers_name(panel: Panel) -> None:
    """Where the issuer says that it names itself beside the code, an answer without is none."""
    answer = await at_the_provider(await away(panel), "anna:board")
    del answer["iss"]
    assert (await back(panel, answer))[0] == 401


async def test_somebody_elses_answer(panel: Panel) -> None:
    """An answer belongs to the browser that was sent away: nobody is logged in as another by it."""
    answer = await at_the_provider(await away(panel), "anna:board")
    panel.session.cookie_jar.clear()
    assert (await back(panel, answer))[0] == 401


async def test_another_nonce(panel: Panel) -> None:
    """A token for another log-in is refused, though all else fits."""
    where = await away(panel)
    nonce = parse_qs(urlsplit(where).query)["nonce"][0]
    answer = await at_the_provider(where.replace(nonce, "another"), "anna:board")
    assert (await back(panel, answer))[0] == 401


async def test_another_verifier(panel: Panel) -> None:
    """A code that was asked for by another challenge is worth nothing to us."""
    where = await away(panel)
    challenge = parse_qs(urlsplit(where).query)["code_challenge"][0]
    answer = await at_the_provider(where.replace(challenge, challenge[::-1]), "anna:board")
    assert (await back(panel, answer))[0] == 401


@pytest.mark.parametrize(("shift_s", "status"), [(30, 303), (-30, 303), (2 * 3600, 401)])
async def test_clocks_that_differ(panel: Panel, clock: Clock, shift_s: float, status: int) -> None:
    """By half a minute they may; a token that has expired by more is refused."""
    answer = await at_the_provider(await away(panel), "anna:board")
    clock.shift_s = shift_s
    assert (await back(panel, answer))[0] == status


async def test_no_open_redirect(panel: Panel) -> None:
    """Whatever else the address of the way back says, it leads to a page of ours."""
    answer = await at_the_provider(await away(panel), "anna:board")
    answer |= {"next": "https://evil.test/", "redirect_uri": "https://evil.test/"}
    assert await back(panel, answer) == (303, "/board")


async def test_a_provider_that_is_away(stage: StagedHistory) -> None:
    """Or there is none of that name: the page says so, and the password still counts."""
    providers = Providers({"home": provider("http://127.0.0.1:9")})
    stage.institutions = InstitutionService(stage.accounts, providers, Vault())
    server = TestServer(build(stage.ports(PanelSettings(origin=ORIGIN, secure=False))))
    async with TestClient(server) as panel:
        answer = await panel.get("/login/oidc/home", headers=HTML, allow_redirects=False)
        assert answer.status == 503
        assert 'id="password"' in await answer.text()
        assert (await panel.get("/login/oidc/nobody")).status == 404


@pytest.mark.parametrize(
    "text",
    [
        "home: {label: x, issuer: 'ftp://x', client_id: y}",
        "home: {label: x, issuer: 'https://x', client_id: y, secret: z}",
        "home: {label: x, issuer: 'https://x', client_id: y, grants: {g: [king@network]}}",
        "home: [",
    ],
)
def test_a_file_that_is_wrong(tmp_path: Path, text: str) -> None:
    """It is told with its name."""
    (tmp_path / "oidc.yaml").write_text(text)
    with pytest.raises(BadProviders, match=r"oidc\.yaml"):
        providers_of(tmp_path / "oidc.yaml")
    assert providers_of(tmp_path / "none.yaml") == {}
