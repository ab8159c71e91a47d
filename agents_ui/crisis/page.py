"""The page of crisis mode: the prepared plans in words, the switch, who turned it and why."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Final

import structlog
from aiohttp import web

from agents_ui.crisis.port import CrisisRecord, CrisisRoom
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.port import Session, Unavailable
from agents_ui.shell.texts import mark

CRISIS: web.AppKey[CrisisRoom] = web.AppKey("crisis")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

HOURS: Final = (1, 2, 4, 8, 12, 24, 72)
WHY_LENGTH: Final = 300

LIMITS: Final = MappingProxyType(
    {
        "wrap_up_s": mark("Wrap-up: {value} s"),
        "ring_s": mark("A phone rings {value} s"),
        "announce_s": mark("Position is told every {value} s"),
        "hold_word_s": mark("Whoever is on hold is told so every {value} s"),
        "hold_remind_s": mark("An agent is reminded of a hold after {value} s"),
        "head_start_s": mark("Head start in the line: {value} s"),
        "offer_callback_after_s": mark("A callback is offered from a wait of {value} s"),
        "overflow_after_s": mark("Callers are taken elsewhere after a wait of {value} s"),
        "overflow_size": mark("Callers are taken elsewhere where {value} wait"),
        "keep_place_s": mark("A dropped line keeps its place for {value} s"),
    }
)
ENDS: Final = MappingProxyType(
    {
        "off": mark("Switched off"),
        "expired": mark("Its time was up"),
        "replaced": mark("Replaced by another plan"),
    }
)
WRONG: Final = MappingProxyType(
    {
        "plan": mark("Choose a plan."),
        "hours": mark("Choose for how long."),
        "why": mark("Write why: it stays on record."),
        "confirm": mark("Confirm that you mean the whole network."),
        "gone": mark("Nothing was changed: somebody has switched meanwhile. Look and try again."),
    }
)


@routes.get("/crisis")
async def page(request: web.Request) -> web.StreamResponse:
    """The page as things stand."""
    return await _page(request)


@routes.post("/crisis/on")
async def switch_on(request: web.Request) -> web.StreamResponse:
    """Put a plan in force, once all that is asked has been filled in."""
    session = await sessions.require(request)
    form = {key: value.strip() for key, value in (await bodies.form(request)).items()}
    wrong = _wrong(form)
    if wrong is None:
        switched = await request.app[CRISIS].switch_on(
            form["plan"], hours=float(form["hours"]), why=form["why"], person=session.person
        )
        wrong = None if switched else "gone"
    return await _answer(request, session, "on", wrong, form)


@routes.post("/crisis/off")
async def switch_off(request: web.Request) -> web.StreamResponse:
    """End the crisis."""
    session = await sessions.require(request)
    confirmed = (await bodies.form(request)).get("confirm") == "yes"
    wrong = None if confirmed else "confirm"
    if confirmed and not await request.app[CRISIS].switch_off(person=session.person):
        wrong = "gone"
    return await _answer(request, session, "off", wrong, {})


@routes.post("/crisis/confirm")
async def confirm(request: web.Request) -> web.StreamResponse:
    """The second person stands by what the first has switched."""
    session = await sessions.require(request)
    done = await request.app[CRISIS].confirm(person=session.person)
    return await _answer(request, session, "confirm", None if done else "gone", {})


def _wrong(form: dict[str, str]) -> str | None:
    if not form.get("plan"):
        return "plan"
    if form.get("hours", "") not in map(str, HOURS):
        return "hours"
    if not 0 < len(form.get("why", "")) <= WHY_LENGTH:
        return "why"
    return None if form.get("confirm") == "yes" else "confirm"


async def _answer(
    request: web.Request, session: Session, act: str, wrong: str | None, form: dict[str, str]
) -> web.StreamResponse:
    if wrong is not None:
        return await _page(request, wrong=wrong, form=form, status=400 if wrong != "gone" else 409)
    log.info("crisis switched", action=f"crisis_{act}", user_id=session.person.user_id)
    return render.go_to("/crisis")


async def _page(
    request: web.Request,
    *,
    wrong: str | None = None,
    form: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    room = request.app[CRISIS]
    current = room.current()
    say = render.language(request).text
    context: dict[str, Any] = {
        "plans": room.plans(),
        "current": current,
        "unconfirmed": room.unconfirmed(),
        "records": await _log(request),
        "hours": HOURS,
        "why_length": WHY_LENGTH,
        "form": {"plan": "", "hours": "4", "why": "", **(form or {})},
        "wrong": say(WRONG[wrong]) if wrong else None,
        "limit": lambda one: say(LIMITS[one.name], value=f"{one.value:g}"),
        "end_words": {how: say(words) for how, words in ENDS.items()},
    }
    config = {"at": time.time(), "since": current.began_at if current else None}
    return render.page(request, "crisis", status=status, config=config, **context)


async def _log(request: web.Request) -> Sequence[CrisisRecord] | None:
    """None while the database is away: the switch works without it."""
    try:
        return await request.app[CRISIS].log()
    except Unavailable:
        return None
