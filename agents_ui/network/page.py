"""The pages of the network: what there is, a list of each kind, and a form for each document."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, get_args

import structlog
from aiohttp import web

from agents_ui.network import words
from agents_ui.network.port import (
    DeskPhones,
    Form,
    FormRefused,
    Kind,
    NetworkRoom,
    NoDeskPhone,
    PhoneMake,
)
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import Denied, not_found

NETWORK: web.AppKey[NetworkRoom] = web.AppKey("network")
DESK_PHONES: web.AppKey[DeskPhones] = web.AppKey("desk-phones")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

SEARCH_LENGTH: Final = 100


@routes.get("/network")
async def overview(request: web.Request) -> web.StreamResponse:
    """What there is and what is missing; with a kind, its list from the beginning."""
    if "kind" in request.query:
        return await _list(request, request.query)
    person = (await sessions.require(request)).person
    found = await request.app[NETWORK].overview(person=person)
    return _page(request, "overview", overview=found)


@routes.post("/network")
async def search(request: web.Request) -> web.StreamResponse:
    """Those of a kind that were looked for, or another page of them: names stand in no address."""
    return await _list(request, await bodies.form(request))


@routes.get("/network/new")
async def blank(request: web.Request) -> web.StreamResponse:
    """The form of a new one."""
    if "kind" not in request.query:
        return render.go_to("/network")
    return await _form(request, _kind(request.query.get("kind", "")), "")


@routes.post("/network/new")
async def create(request: web.Request) -> web.StreamResponse:
    """Make it."""
    typed = await bodies.form(request)
    return await _save(request, _kind(typed.get("kind", "")), "", typed)


@routes.get("/network/{kind}/{key}")
async def edit(request: web.Request) -> web.StreamResponse:
    """The form of one, as it is or as an earlier version had it."""
    return await _form(request, _kind(request.match_info["kind"]), request.match_info["key"])


@routes.post("/network/{kind}/{key}")
async def save(request: web.Request) -> web.StreamResponse:
    """Change it."""
    kind, key = _kind(request.match_info["kind"]), request.match_info["key"]
    return await _save(request, kind, key, await bodies.form(request))


@routes.post("/network/{kind}/{key}/active")
async def set_active(request: web.Request) -> web.StreamResponse:
    """Retire it, or take it back into use."""
    kind, key = _kind(request.match_info["kind"]), request.match_info["key"]
    person, form = (await sessions.require(request)).person, await bodies.form(request)
    if form.get("active") not in {"yes", "no"}:
        raise Denied("bad-request", status=400)
    try:
        with not_found():
            await request.app[NETWORK].set_active(
                kind,
                key,
                active=form["active"] == "yes",
                base=form.get("base", ""),
                person=person,
            )
    except FormRefused as refused:
        return _shown(request, refused.form, status=400)
    log.info("network_retired", action="network_retired", kind=kind, user_id=person.user_id)
    return render.go_to(f"/network/{kind}/{key}")


@routes.post("/network/agents/{key}/phone")
async def issue_phone(request: web.Request) -> web.StreamResponse:
    """A new password for the telephone on the table, in a file with all its settings."""
    person, form = (await sessions.require(request)).person, await bodies.form(request)
    make = next((one for one in get_args(PhoneMake) if one == form.get("make")), None)
    if make is None:
        raise Denied("bad-request", status=400)
    with _of_a_desk_phone():
        phones, key = request.app[DESK_PHONES], request.match_info["key"]
        made = await phones.issue(key, make, person=person)
    log.info("phone_issued", action="phone_issued", user_id=person.user_id)
    return render.download(made.text.encode(), made.name)


@routes.post("/network/agents/{key}/phone/revoke")
async def revoke_phone(request: web.Request) -> web.StreamResponse:
    """Its password is worthless."""
    person, key = (await sessions.require(request)).person, request.match_info["key"]
    with _of_a_desk_phone():
        await request.app[DESK_PHONES].revoke(key, person=person)
    log.info("phone_revoked", action="phone_revoked", user_id=person.user_id)
    return render.go_to(f"/network/agents/{key}?phone=revoked")


@contextmanager
def _of_a_desk_phone() -> Iterator[None]:
    """Raises `Denied`: 404, or 400 where the agent answers by something else."""
    try:
        with not_found():
            yield
    except NoDeskPhone:
        raise Denied("bad-request", status=400) from None


async def _save(
    request: web.Request, kind: Kind, key: str, typed: Mapping[str, str]
) -> web.StreamResponse:
    person = (await sessions.require(request)).person
    try:
        with not_found():
            await request.app[NETWORK].save(
                kind, key, typed, base=typed.get("base", ""), person=person
            )
    except FormRefused as refused:
        return _shown(request, refused.form, status=200 if "more" in typed else 400)
    log.info("network_saved", action="network_saved", kind=kind, user_id=person.user_id)
    return render.go_to(f"/network?kind={kind}&saved=yes")


async def _list(request: web.Request, given: Mapping[str, str]) -> web.StreamResponse:
    person, kind = (await sessions.require(request)).person, _kind(given.get("kind", ""))
    text, number = given.get("search", "")[:SEARCH_LENGTH], given.get("page", "1")
    room, sort = request.app[NETWORK], given.get("sort", "")
    with not_found():
        found = await room.find(
            kind,
            text,
            sort=sort,
            number=int(number) if number in map(str, range(1, 1000)) else 1,
            person=person,
        )
    overview = await room.overview(person=person)
    saved = given.get("saved") == "yes"
    return _page(
        request, "list", found=found, overview=overview, search=text, sort=sort, saved=saved
    )


async def _form(request: web.Request, kind: Kind, key: str) -> web.StreamResponse:
    person, version = (await sessions.require(request)).person, request.query.get("version", "")
    number = (
        int(version) if version.isascii() and version.isdecimal() and len(version) < 18 else None
    )
    with not_found():
        form = await request.app[NETWORK].form(kind, key, version=number, person=person)
    return _shown(request, form, status=200)


def _shown(request: web.Request, form: Form, *, status: int) -> web.StreamResponse:
    revoked = request.query.get("phone") == "revoked"
    open_to_read = request.app[DESK_PHONES].open_to_read
    return _page(
        request, "form", status=status, form=form, revoked=revoked, open_to_read=open_to_read
    )


def _page(
    request: web.Request, show: str, *, status: int = 200, **context: Any
) -> web.StreamResponse:
    language = render.language(request)
    say = language.text
    texts: dict[str, Any] = {
        "show": show,
        "kinds": {kind: say(text) for kind, text in words.KINDS.items()},
        "new": {kind: say(text) for kind, text in words.NEW.items()},
        "about": {kind: say(text) for kind, text in words.ABOUT.items()},
        "lacks": {code: say(text) for code, text in words.LACKS.items()},
        "word": lambda name: say(words.WORDS[name][0]),
        "hint": lambda name: say(words.WORDS[name][1]) if words.WORDS[name][1] else "",
        "choice": lambda word, value: say(words.CHOICES[f"{word}={value}"]),
        "shown": lambda word, text: words.shown(say, word, text),
        "unit": lambda name: say(words.UNITS[name]) if name else "",
        "fault": lambda problem: words.fault(say, problem),
        "plural": language.plural,
        "makes": {make: say(text) for make, text in words.MAKES.items()},
        "named": lambda text: text if isinstance(text, str) else language.label(text),
    }
    config = {"at": time.time()}
    return render.page(request, "network", status=status, config=config, **texts, **context)


def _kind(text: str) -> Kind:
    """Raises `Denied` (404)."""
    found = next((one for one in get_args(Kind) if one == text), None)
    if found is None:
        raise Denied("not-found", status=404)
    kind: Kind = found
    return kind
