"""The pages of accounts: the list, one account, and a new one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, get_args

import structlog
from aiohttp import web

from agents_ui.accounts.port import BadAccount, NewAccount, People
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import Denied, not_found
from agents_ui.shell.port import Grant, Person, Realm, RealmKind, Role
from agents_ui.shell.texts import mark

PEOPLE: web.AppKey[People] = web.AppKey("people")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

SEARCH_LENGTH: Final = 100
BLANK: Final = MappingProxyType(dict.fromkeys(("name", "username", "role", "realm", "agent"), ""))
ROLES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        "agent": mark("Agent"),
        "supervisor": mark("Supervisor"),
        "editor": mark("Editor of services"),
        "admin": mark("Administrator"),
        "auditor": mark("Auditor"),
        "dpo": mark("Data-protection officer"),
    }
)
KINDS: Final[Mapping[RealmKind, str]] = MappingProxyType(
    {
        "network": mark("The whole network"),
        "municipality": mark("Municipalities"),
        "centre": mark("Centres"),
        "institution": mark("Institutions"),
    }
)
WRONG: Final = MappingProxyType(
    {
        "name": mark("Write the name and the surname."),
        "username": mark("Write a user name."),
        "taken": mark("Somebody has that user name: choose another."),
        "role": mark("Choose a role, and a part of the network that you look after yourself."),
        "agent": mark("That agent has an account already: choose another."),
    }
)


@routes.get("/accounts")
async def everybody(request: web.Request) -> web.StreamResponse:
    """The list from its beginning."""
    return await _list(request, {})


@routes.post("/accounts")
async def search(request: web.Request) -> web.StreamResponse:
    """Those who were looked for, or another page of them: names stand in no address."""
    return await _list(request, await bodies.form(request))


@routes.get("/accounts/new")
async def form(request: web.Request) -> web.StreamResponse:
    """The form of a new account."""
    return await _form(request)


@routes.post("/accounts/new")
async def create(request: web.Request) -> web.StreamResponse:
    """Make the account, and show its first password this once."""
    person = (await sessions.require(request)).person
    given = {name: text.strip() for name, text in (await bodies.form(request)).items()}
    try:
        new = NewAccount(
            username=given.get("username", ""),
            name=given.get("name", ""),
            grant=_grant(given),
            agent_id=given.get("agent") or None,
        )
        user_id, password = await request.app[PEOPLE].create(new, person=person)
    except BadAccount as bad:
        return await _form(request, wrong=bad.code, given=given)
    log.info("account made", action="account_made", user_id=person.user_id)
    return await _account(request, user_id, password=password)


@routes.get("/accounts/{user_id}")
async def account(request: web.Request) -> web.StreamResponse:
    """One account."""
    return await _account(request, request.match_info["user_id"])


@routes.post("/accounts/{user_id}/give")
async def give(request: web.Request) -> web.StreamResponse:
    """A role more."""
    user_id, person, grant = await _asked(request)
    try:
        await request.app[PEOPLE].give(user_id, grant, person=person)
    except LookupError:
        return await _account(request, user_id, wrong="role")
    return _done(user_id)


@routes.post("/accounts/{user_id}/take")
async def take(request: web.Request) -> web.StreamResponse:
    """A role less."""
    user_id, person, grant = await _asked(request)
    with not_found():
        await request.app[PEOPLE].take(user_id, grant, person=person)
    return _done(user_id)


@routes.post("/accounts/{user_id}/active")
async def set_active(request: web.Request) -> web.StreamResponse:
    """Let somebody log in, or no longer."""
    user_id, person = request.match_info["user_id"], (await sessions.require(request)).person
    active = (await bodies.form(request)).get("active")
    if active not in {"yes", "no"}:
        raise Denied("bad-request", status=400)
    with not_found():
        await request.app[PEOPLE].set_active(user_id, active=active == "yes", person=person)
    return _done(user_id)


@routes.post("/accounts/{user_id}/sessions")
async def end_sessions(request: web.Request) -> web.StreamResponse:
    """Log somebody out everywhere."""
    user_id, person = request.match_info["user_id"], (await sessions.require(request)).person
    with not_found():
        await request.app[PEOPLE].end_sessions(user_id, person=person)
    return _done(user_id)


async def _asked(request: web.Request) -> tuple[str, Person, Grant]:
    """Whose role, on whose word, and which."""
    person = (await sessions.require(request)).person
    given = await bodies.form(request)
    try:
        return request.match_info["user_id"], person, _grant(given)
    except BadAccount:
        raise Denied("bad-request", status=400) from None


def _grant(given: Mapping[str, str]) -> Grant:
    """The role of a form, its realm written as in `municipality:ludza`. Raises `BadAccount`."""
    role = next((one for one in ROLES if one == given.get("role")), None)
    kind, _, key = given.get("realm", "").partition(":")
    realms: list[Realm] = [(one, key) for one in get_args(RealmKind) if one == kind]
    if role is None or not realms:
        raise BadAccount("role")
    return Grant(role=role, realm=realms[0])


def _done(user_id: str) -> web.Response:
    return render.go_to(f"/accounts/{user_id}")


async def _list(request: web.Request, given: Mapping[str, str]) -> web.Response:
    person = (await sessions.require(request)).person
    text, number = given.get("search", "")[:SEARCH_LENGTH], given.get("page", "1")
    found = await request.app[PEOPLE].find(
        text, number=int(number) if number in map(str, range(1, 10_000)) else 1, person=person
    )
    return _page(request, "list", found=found, search=text)


async def _account(
    request: web.Request, user_id: str, *, password: str = "", wrong: str = ""
) -> web.Response:
    person, people = (await sessions.require(request)).person, request.app[PEOPLE]
    with not_found():
        shown = await people.account(user_id, person=person)
    choices = await people.choices(person) if shown.may_edit else None
    return _page(
        request,
        "one",
        account=shown,
        choices=choices,
        password=password,
        given=BLANK,
        wrong=wrong,
        status=400 if wrong else 200,
    )


async def _form(
    request: web.Request, *, wrong: str = "", given: Mapping[str, str] | None = None
) -> web.Response:
    person = (await sessions.require(request)).person
    choices = await request.app[PEOPLE].choices(person)
    status = 400 if wrong else 200
    filled = {**BLANK, **(given or {})}
    return _page(request, "new", choices=choices, given=filled, wrong=wrong, status=status)


def _page(
    request: web.Request, show: str, *, wrong: str = "", status: int = 200, **context: Any
) -> web.Response:
    say = render.language(request).text
    words: dict[str, Any] = {
        "show": show,
        "role_words": {role: say(text) for role, text in ROLES.items()},
        "kind_words": {kind: say(text) for kind, text in KINDS.items()},
        "wrong": say(WRONG[wrong]) if wrong else None,
        "plural": render.language(request).plural,
    }
    config = {"at": time.time()}
    return render.page(request, "accounts", status=status, config=config, **words, **context)
