"""The page of limits: how often people may ring, whom the hotline may dial, how long agents may be
not ready."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import structlog
from aiohttp import web

from agents_ui.limits.port import LimitsRefused, LimitsRoom
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.texts import mark

LIMITS: web.AppKey[LimitsRoom] = web.AppKey("limits")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

GROUPS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        mark("Citizens who ring"): {
            "caller_in_ten_min": mark("Calls of one number in ten minutes"),
            "caller_at_once": mark("Calls of one number at the same time"),
            "anonymous_in_ten_min": mark("Calls without a number in ten minutes, all together"),
            "anonymous_at_once": mark("Calls without a number at the same time"),
        },
        mark("Whom the hotline dials"): {
            "prefixes": mark("Numbers may begin with"),
            "never": mark("But never with"),
            "number_per_hour": mark("Calls to one number in an hour"),
            "number_per_day": mark("Calls to one number in a day"),
            "mobile_per_hour": mark("Calls to an agent's mobile in an hour"),
            "mobile_per_day": mark("Calls to an agent's mobile in a day"),
            "agent_per_hour": mark("Calls that one agent has dialled in an hour"),
            "agent_per_day": mark("Calls that one agent has dialled in a day"),
        },
        mark("Minutes not ready, after which a supervisor should look"): {
            "away_counter_min": mark("At counter"),
            "away_break_min": mark("Break"),
            "away_lunch_min": mark("Lunch"),
            "away_training_min": mark("Training"),
            "away_other_min": mark("Other work"),
            "away_shift_min": mark("Just logged in"),
        },
        mark("When to raise the alarm"): {
            "dialled_min_per_hour": mark("Minutes dialled out in an hour"),
            "dialled_min_per_day": mark("Minutes dialled out in a day"),
        },
    }
)
"""Fields by what they are about, with what people call them."""

NAMES: Final = tuple(name for fields in GROUPS.values() for name in fields)


@routes.get("/limits")
async def page(request: web.Request) -> web.StreamResponse:
    """Those in force."""
    return await _page(request, await request.app[LIMITS].limits())


@routes.post("/limits/save")
async def save(request: web.Request) -> web.StreamResponse:
    """Change them; what is wrong is told all at once."""
    session = await sessions.require(request)
    form = await bodies.form(request)
    written = {name: form.get(name, "").strip() for name in NAMES}
    try:
        await request.app[LIMITS].save(written, person=session.person)
    except LimitsRefused as refused:
        return await _page(request, written, problems=refused.problems, status=400)
    log.info("limits_saved", action="limits_saved", user_id=session.person.user_id)
    return render.go_to("/limits")


async def _page(
    request: web.Request,
    written: Mapping[str, str],
    *,
    problems: Sequence[str] = (),
    status: int = 200,
) -> web.StreamResponse:
    say = render.language(request).text
    return render.page(
        request,
        "limits",
        status=status,
        config={"at": time.time()},
        groups={
            say(group): {name: say(label) for name, label in fields.items()}
            for group, fields in GROUPS.items()
        },
        written=written,
        dialled=request.app[LIMITS].dialled(),
        problems=problems,
    )
