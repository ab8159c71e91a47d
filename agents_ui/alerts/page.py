"""The page of alerts, and the form of a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import structlog
from aiohttp import web

from agents_ui.alerts import words
from agents_ui.alerts.port import UNITS, AlertRoom, AlertScope, RuleRefused, RuleText
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import not_found
from agents_ui.shell.port import Texts
from agents_ui.shell.texts import Language

ALERTS: web.AppKey[AlertRoom] = web.AppKey("alerts")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

FIELDS: Final = tuple(one.name for one in fields(RuleText))
LONGEST: Final = 4_000


@routes.get("/alerts")
async def page(request: web.Request) -> web.StreamResponse:
    """What stands, what stood, and the rules."""
    person = (await sessions.require(request)).person
    language = render.language(request)
    found = await request.app[ALERTS].page(person)
    return render.page(
        request,
        "alerts",
        config={},
        found=found,
        editable=bool(request.app[ALERTS].scopes(person)),
        whole=("network", "") in request.app[ALERTS].scopes(person),
        figures={key: language.text(name) for key, name in words.FIGURES.items()},
        sides={key: language.text(name) for key, name in words.SIDES.items()},
        amount=words.amount,
        where=lambda one: words.scope_name(language, one.scope, one.label),
    )


@routes.post("/alerts/seen")
async def seen(request: web.Request) -> web.StreamResponse:
    """Somebody looks after an alert."""
    person = (await sessions.require(request)).person
    form = await bodies.form(request)
    with not_found():
        await request.app[ALERTS].seen(form.get("alert", ""), form.get("note", ""), person=person)
    return render.go_to("/alerts")


@routes.get("/alerts/new")
async def new(request: web.Request) -> web.StreamResponse:
    """The form, blank."""
    person = (await sessions.require(request)).person
    scopes = request.app[ALERTS].scopes(person)
    first = next(iter(scopes), ("network", ""))
    return await _form(request, "", RuleText(of=":".join(first)))


@routes.get("/alerts/{rule_id}")
async def rule(request: web.Request) -> web.StreamResponse:
    """A rule in the form."""
    person = (await sessions.require(request)).person
    rule_id = request.match_info["rule_id"]
    with not_found():
        text = await request.app[ALERTS].rule(rule_id, person=person)
    return await _form(request, rule_id, text)


@routes.post("/alerts/save")
async def save(request: web.Request) -> web.StreamResponse:
    """Go by it from now on; what is wrong is told all at once, at its field."""
    person = (await sessions.require(request)).person
    form = await bodies.form(request)
    rule_id, text = form.get("rule", ""), _written(form)
    try:
        with not_found():
            await request.app[ALERTS].save(rule_id, text, person=person)
    except RuleRefused as refused:
        return await _form(request, rule_id, text, refused.problems)
    log.info("alert_rule_saved", action="alert_rule_saved", user_id=person.user_id)
    return render.go_to("/alerts")


@routes.post("/alerts/remove")
async def remove(request: web.Request) -> web.StreamResponse:
    """No more of that rule."""
    person = (await sessions.require(request)).person
    form = await bodies.form(request)
    with not_found():
        await request.app[ALERTS].remove(form.get("rule", ""), person=person)
    log.info("alert_rule_removed", action="alert_rule_removed", user_id=person.user_id)
    return render.go_to("/alerts")


@routes.post("/alerts/begin")
async def begin(request: web.Request) -> web.StreamResponse:
    """The usual rules, where there is none."""
    person = (await sessions.require(request)).person
    await bodies.form(request)
    with not_found():
        await request.app[ALERTS].begin(person=person)
    return render.go_to("/alerts")


def _written(form: Mapping[str, str]) -> RuleText:
    """Each day is a field of its own; a tick that is not there is off."""
    given = {name: form.get(name, "")[:LONGEST] for name in FIELDS}
    days = "".join(day for day in "1234567" if form.get(f"day{day}") == "yes")
    return RuleText(**{**given, "days": days})


async def _form(
    request: web.Request,
    rule_id: str,
    text: RuleText,
    problems: Sequence[tuple[str, str]] = (),
) -> web.StreamResponse:
    person = (await sessions.require(request)).person
    language = render.language(request)
    say = language.text
    faults = {
        field: say(words.FAULTS.get((field, what), words.FAULTS["threshold", "form"]))
        for field, what in problems
    }
    return render.page(
        request,
        "alerts",
        template="rule",
        status=400 if problems else 200,
        config={"units": dict(UNITS)},
        rule_id=rule_id,
        text=text,
        faults=faults,
        groups=_grouped(request.app[ALERTS].scopes(person), language),
        figures={key: say(name) for key, name in words.FIGURES.items()},
        sides={key: say(name) for key, name in words.SIDES.items()},
    )


def _grouped(scopes: Mapping[AlertScope, Texts], language: Language) -> dict[str, list[Any]]:
    """Choices by dimension, by name."""
    found: dict[str, list[Any]] = {}
    for scope, label in scopes.items():
        name = words.scope_name(language, scope, label)
        if scope[0] == "number" and name != scope[1]:
            name = f"{name} · {scope[1]}"
        found.setdefault(language.text(words.DIMENSIONS[scope[0]]), []).append(
            (":".join(scope), name)
        )
    return {group: sorted(some, key=lambda one: one[1].casefold()) for group, some in found.items()}
