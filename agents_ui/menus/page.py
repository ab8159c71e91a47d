"""The pages of menus: all of them, one as a tree, a caller who tries it, its text to be changed."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import structlog
from aiohttp import web

from agents_ui.menus import words
from agents_ui.menus.port import (
    LARGEST_FILE,
    MOST_ANSWERS,
    SILENCE,
    DraftRefused,
    FileRefused,
    MenuDraft,
    MenuRoom,
    TrialCall,
)
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import Denied, not_found
from agents_ui.shell.formats import RIGA, local_time
from agents_ui.shell.port import Texts

MENUS: web.AppKey[MenuRoom] = web.AppKey("menus")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

FILE: Final = "file"
COMMENT_LENGTH: Final = 200
NUMBER_LENGTH: Final = 20
_ANSWER: Final = re.compile(r"[0-9*#]{1,20}|-")


@routes.get("/menus")
async def overview(request: web.Request) -> web.StreamResponse:
    """All of them."""
    return await _overview(request)


@routes.post("/menus")
async def begin(request: web.Request) -> web.StreamResponse:
    """The text of another menu, or of a file, to be made a new one."""
    room, given = request.app[MENUS], await bodies.form(request)
    name, file = given.get("name", "").strip(), await bodies.file_name(request, FILE)
    try:
        text = room.text_of(await bodies.file(request, FILE, LARGEST_FILE)) if file else ""
        with not_found():
            draft = await room.begun(name, like=given.get("like", ""), text=text)
    except FileRefused as refused:
        return await _overview(request, file=file, unread=str(refused), named=name, status=400)
    except ValueError as wrong:
        return await _overview(request, wrong=str(wrong), named=name, status=400)
    return _edited(request, draft, file=file)


@routes.get("/menus/{name}")
async def show(request: web.Request) -> web.StreamResponse:
    """A version, as a tree."""
    menu_of, day = request.app[MENUS].menu, _day(request.query.get("day", ""))
    with not_found():
        menu = await menu_of(_name(request), version=_version(request.query), day=day)
    return _page(request, "menu", menu=menu)


@routes.post("/menus/{name}/back")
async def put_back(request: web.Request) -> web.StreamResponse:
    """Put an earlier version in force again."""
    person, given = (await sessions.require(request)).person, await bodies.form(request)
    name, version = _name(request), _version(given)
    if version is None:
        raise Denied("bad-request", status=400)
    try:
        with not_found():
            await request.app[MENUS].put_back(
                name, version, base=_base(given), comment=_comment(given), person=person
            )
    except DraftRefused as refused:
        return _edited(request, refused.draft, refused=True, comment=_comment(given), status=409)
    log.info("menu_put_back", action="menu_put_back", menu=name, user_id=person.user_id)
    return render.go_to(f"/menus/{name}")


# --- tried --------------------------------------------------------------------------------------


@routes.get("/menus/{name}/try")
async def try_anew(request: web.Request) -> web.StreamResponse:
    """A caller who has just rung, now."""
    return await _tried(request, request.query)


@routes.post("/menus/{name}/try")
async def try_on(request: web.Request) -> web.StreamResponse:
    """The same caller, one answer further, in a version or in a text that nobody has published."""
    return await _tried(request, await bodies.form(request))


async def _tried(request: web.Request, given: Mapping[str, str]) -> web.StreamResponse:
    name, version, text = _name(request), _version(given), given.get("text", "")
    room, at = request.app[MENUS], _at(given)
    dialled = given.get("dialled", "").strip()[:NUMBER_LENGTH]
    answers = _answers(given)
    with not_found():
        numbers = [number for one in await room.listed() for number in one.numbers]
        call = TrialCall(dialled=dialled, at=time.time() if at is None else at, answers=answers)
        trial = await room.tried(name, call, version=version, text=text)
    return _page(
        request,
        "try",
        menu_name=name,
        version=version,
        text=text,
        base=_base(given),
        numbers=numbers,
        call=call,
        trial=trial,
        wrong="time" if at is None else "",
    )


def _answers(given: Mapping[str, str]) -> tuple[str, ...]:
    """Those until now, and what is pressed; `undo` takes the last one back."""
    answers = [one for one in given.get("answers", "").split() if _ANSWER.fullmatch(one)]
    pressed = given.get("press") or given.get("digits", "").replace(" ", "")
    match given.get("do", ""):
        case "again":
            answers = []
        case "undo":
            answers = answers[:-1]
        case _ if _ANSWER.fullmatch(pressed):
            answers.append(pressed)
    return tuple(answers[:MOST_ANSWERS])


def _at(given: Mapping[str, str]) -> float | None:
    """Now, where no moment is given; None of one that is none."""
    if "day" not in given and "time" not in given:
        return time.time()
    try:
        moment = datetime.fromisoformat(f"{given.get('day', '')}T{given.get('time', '')}")
    except ValueError:
        return None
    if moment.tzinfo is not None or not 2000 <= moment.year < 2200:
        return None
    return moment.replace(tzinfo=RIGA).timestamp()


@routes.get("/menus/sound/{language}/{prompt:.+}")
async def hear(request: web.Request) -> web.StreamResponse:
    """A prompt as callers hear it."""
    given = request.match_info
    file = request.app[MENUS].sound(given["language"], given["prompt"])
    if file is None:
        raise Denied("not-found", status=404)
    return web.FileResponse(file, headers={"Content-Type": "audio/wav"})


# --- changed ------------------------------------------------------------------------------------


@routes.get("/menus/{name}/edit")
async def edit(request: web.Request) -> web.StreamResponse:
    """The text of a version, to be changed."""
    with not_found():
        draft = await request.app[MENUS].draft(_name(request), version=_version(request.query))
    return _edited(request, draft, by_form=request.query.get("how") == "form")


@routes.get("/menus/{name}/file")
async def take(request: web.Request) -> web.StreamResponse:
    """The text of a version, as a file that is taken again."""
    name = _name(request)
    with not_found():
        draft = await request.app[MENUS].draft(name, version=_version(request.query))
    return render.download(draft.text.encode(), f"{name}.yaml")


async def _brought(request: web.Request, given: Mapping[str, str]) -> web.StreamResponse:
    """A file's text instead of the one that is being written; that stays, where it is none."""
    room, file = request.app[MENUS], await bodies.file_name(request, FILE)
    text, unread, comment = given.get("text", ""), "", _comment(given)
    try:
        text = room.text_of(await bodies.file(request, FILE, LARGEST_FILE))
    except FileRefused as refused:
        unread = str(refused)
    draft = await room.checked(_name(request), text, base=_base(given))
    status = 400 if unread else 200
    return _edited(request, draft, file=file, unread=unread, comment=comment, status=status)


@routes.post("/menus/{name}/edit")
async def save(request: web.Request) -> web.StreamResponse:
    """Look at a text once more, change it by the form or a file, or have it in force."""
    person, given = (await sessions.require(request)).person, await bodies.form(request)
    room, name = request.app[MENUS], _name(request)
    text, base, comment = given.get("text", ""), _base(given), _comment(given)
    do = given.get("do", "")
    if do == "bring":
        return await _brought(request, given)
    if do == "change":
        return _edited(request, await room.changed(name, text, given, base=base), comment=comment)
    if do != "publish":
        draft = await room.checked(name, text, base=base)
        return _edited(request, draft, comment=comment, by_form=do == "form")
    try:
        with not_found():
            await room.publish(name, text, base=base, comment=comment, person=person)
    except DraftRefused as refused:
        return _edited(request, refused.draft, refused=True, comment=comment, status=409)
    log.info("menu_published", action="menu_published", menu=name, user_id=person.user_id)
    return render.go_to(f"/menus/{name}")


def _edited(
    request: web.Request,
    draft: MenuDraft,
    *,
    refused: bool = False,
    comment: str = "",
    by_form: bool = False,
    file: str = "",
    unread: str = "",
    status: int = 200,
) -> web.StreamResponse:
    """The text, or the form of its steps where it can be read. `file` is what it has come from, or
    what could not be taken, and why (`unread`)."""
    lines = sorted({one.line for one in draft.faults if one.line})
    return _page(
        request,
        "form" if by_form and draft.simple else "edit",
        status=status,
        more={"faulty": lines},
        draft=draft,
        refused=refused,
        comment=comment,
        file=file,
        unread=unread,
    )


# --- shown --------------------------------------------------------------------------------------


async def _overview(
    request: web.Request,
    *,
    wrong: str = "",
    file: str = "",
    unread: str = "",
    named: str = "",
    status: int = 200,
) -> web.StreamResponse:
    shown: dict[str, Any] = {"wrong": wrong, "file": file, "unread": unread, "named_as": named}
    return _page(request, "list", status=status, menus=await request.app[MENUS].listed(), **shown)


def _page(
    request: web.Request,
    show: str,
    *,
    status: int = 200,
    more: Mapping[str, Any] | None = None,
    **context: Any,
) -> web.StreamResponse:
    language = render.language(request)
    say = language.text
    tables: dict[str, Mapping[Any, str]] = {
        "kinds": words.KINDS,
        "roles": words.ROLES,
        "ways": words.WAYS,
        "states": words.STATES,
        "stand_ins": words.STAND_INS,
        "actions": words.ACTIONS,
        "wrongs": words.WRONG,
    }
    texts: dict[str, Any] = {
        name: {key: say(text) for key, text in table.items()} for name, table in tables.items()
    }
    return render.page(
        request,
        "menus",
        status=status,
        config={"at": time.time(), **(more or {})},
        show=show,
        plural=language.plural,
        named=lambda text: _named(language.label, text),
        fault=lambda one: words.fault(say, one),
        file_fault=lambda what: words.file_fault(say, what),
        place=words.place,
        silence=SILENCE,
        clock=lambda at: local_time(at, "%H:%M"),
        iso=lambda at: local_time(at, "%Y-%m-%d"),
        **texts,
        **context,
    )


def _named(label: Any, text: Texts | str) -> str:
    return text if isinstance(text, str) else str(label(text))


def _name(request: web.Request) -> str:
    """Raises `Denied` (404) for what can be no menu's."""
    name = request.match_info["name"]
    if not re.fullmatch(r"[\w.-]{1,80}", name):
        raise Denied("not-found", status=404)
    return name


def _version(given: Mapping[str, str]) -> int | None:
    text = given.get("version", "")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _base(given: Mapping[str, str]) -> int:
    text = given.get("base", "")
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _comment(given: Mapping[str, str]) -> str:
    return " ".join(given.get("comment", "").split())[:COMMENT_LENGTH]


def _day(text: str) -> date | None:
    try:
        return (
            date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
        )
    except ValueError:
        return None
