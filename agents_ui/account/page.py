"""One's own page: the password, the second step of a log-in, and where one is logged in.

Whoever changes how one logs in gives the password once more: an open desk is not enough.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from types import MappingProxyType
from typing import Any, Final

import structlog
from aiohttp import web

from agents_ui.account import qr
from agents_ui.account.port import (
    Enrolment,
    FactorKeeper,
    OldTicket,
    OwnAccount,
    UnfitPassword,
)
from agents_ui.shell import bodies, live, permissions, render, sessions
from agents_ui.shell.keys import ACCOUNTS, LINKS, SESSION, SETTINGS, SHIFTS
from agents_ui.shell.port import (
    LogInAgain,
    Session,
    SlowDown,
    WrongCode,
    WrongPassword,
    site_of,
)
from agents_ui.shell.render import go_to
from agents_ui.shell.texts import mark

OWN: web.AppKey[OwnAccount] = web.AppKey("own-account")
FACTORS: web.AppKey[FactorKeeper] = web.AppKey("factors")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

PAGE: Final = "/account"
LONGEST: Final = 256
CODE_LENGTH: Final = 64

WRONG: Final = MappingProxyType(
    {
        "password": mark("This is not your password."),
        "slow": mark("Too many tries: wait a little."),
        "differ": mark("The two new passwords differ."),
        "short": mark("The new password is too short: 12 characters at least."),
        "long": mark("The new password is too long: 256 characters at most."),
        "common": mark("The new password is one of the first that anybody would guess."),
        "leaked": mark("The new password has leaked somewhere and is tried first: take another."),
        "name": mark("The new password must not be made of the user name."),
        "code": mark("This is not the code that the app shows now. Is the phone's clock right?"),
        "proof-code": mark("This is not the code of this moment, or it was used already."),
        "none": mark("First set up an authenticator app."),
        "old": mark("That took too long. Begin once more."),
        "passkey": mark("That did not work. Begin once more."),
        "gone-passkey": mark("That passkey was removed already."),
        "gone": mark("That log-in had ended already."),
        "same": mark("This is the password that you have: take another."),
        "again": mark("Log out and in again, and do this within ten minutes."),
    }
)
DONE: Final = MappingProxyType(
    {
        "password": mark("The password is changed, and you are logged out everywhere else."),
        "ended": mark("Logged out there."),
        "others": mark("Logged out everywhere else."),
        "added": mark("The passkey counts from now on."),
        "key-removed": mark("The passkey counts no more."),
        "removed": mark("The authenticator app counts no more."),
    }
)


class NotDone(Exception):
    """What was asked is not done: `part` of the page says `why`, a key of `WRONG`."""

    def __init__(self, part: str, why: str, *, status: int = 400) -> None:
        super().__init__(why)
        self.part = part
        self.why = why
        self.status = status


Act = Callable[[web.Request, Session, dict[str, str]], Awaitable[web.Response]]


def act(routes: web.RouteTableDef, path: str) -> Callable[[Act], Act]:
    """A form of the page; who is refused sees the page again, with the reason in its place."""

    def put(act: Act) -> Act:
        async def handle(request: web.Request) -> web.StreamResponse:
            session = await sessions.require(request)
            form = await bodies.form(request)
            try:
                return await act(request, session, form)
            except NotDone as refused:
                return await answer(request, session, refused=refused)

        routes.post(PAGE + path)(handle)
        return act

    return put


@routes.get(PAGE)
async def page(request: web.Request) -> web.StreamResponse:
    """The page; `done` is what was done just before."""
    session = await sessions.require(request)
    return await answer(request, session, done=request.query.get("done", ""))


@act(routes, "/password")
async def change_password(
    request: web.Request, session: Session, form: dict[str, str]
) -> web.Response:
    """A new password: every other session ends, and the phone's secret with them."""
    await prove(request, session, form, "password", fresh=False)
    if form.get("new", "") != form.get("again", ""):
        raise NotDone("password", "differ")
    try:
        fresh = await request.app[OWN].change_password(session, form.get("new", ""))
    except UnfitPassword as unfit:
        raise NotDone("password", unfit.reason) from None
    except LookupError:
        raise NotDone("password", "again", status=409) from None
    await _end_desk(request, session)
    response = go_to(PAGE + "?done=password")
    sessions.put_cookie(response, request.app[SETTINGS], "cc", fresh.token)
    return response


@act(routes, "/app")
async def begin_app(request: web.Request, session: Session, form: dict[str, str]) -> web.Response:
    """Show what the authenticator app reads."""
    await prove(request, session, form, "app")
    enrolment = request.app[FACTORS].begin(session.person)
    return await answer(request, session, enrolment=enrolment)


@act(routes, "/app/finish")
async def finish_app(request: web.Request, session: Session, form: dict[str, str]) -> web.Response:
    """The app's first code: from now on it is asked for. The recovery codes are shown once."""
    factors, ticket = request.app[FACTORS], form.get("ticket", "")
    try:
        codes = await factors.finish(session.person, ticket, form.get("code", ""))
    except OldTicket:
        raise NotDone("app", "old") from None
    except WrongCode:
        again = factors.again(session.person, ticket)
        refused = NotDone("app", "code")
        return await answer(request, session, refused=refused, enrolment=again)
    return await answer(request, await afresh(request), codes=codes)


@act(routes, "/app/remove")
async def remove_app(request: web.Request, session: Session, form: dict[str, str]) -> web.Response:
    """The password alone is enough again, where the role allows it."""
    await prove(request, session, form, "app")
    await request.app[FACTORS].remove(session.person)
    await afresh(request)
    return go_to(PAGE + "?done=removed")


@act(routes, "/codes")
async def new_codes(request: web.Request, session: Session, form: dict[str, str]) -> web.Response:
    """Fresh recovery codes, shown once."""
    if not (await request.app[FACTORS].of(session.person)).any:
        raise NotDone("app", "none", status=409)
    await prove(request, session, form, "codes")
    return await answer(
        request, session, codes=await request.app[FACTORS].new_codes(session.person)
    )


@act(routes, "/sessions/end")
async def end_session(request: web.Request, session: Session, form: dict[str, str]) -> web.Response:
    """Log out somewhere else."""
    await prove(request, session, form, "sessions")
    if not await request.app[OWN].end_session(session, form.get("name", "")):
        raise NotDone("sessions", "gone", status=409)
    return go_to(PAGE + "?done=ended")


@act(routes, "/sessions/end-others")
async def end_others(request: web.Request, session: Session, form: dict[str, str]) -> web.Response:
    """Log out everywhere else."""
    await prove(request, session, form, "sessions")
    await request.app[OWN].end_others(session)
    return go_to(PAGE + "?done=others")


async def prove(
    request: web.Request,
    session: Session,
    form: dict[str, str],
    part: str,
    *,
    fresh: bool = True,
) -> None:
    """Whether it is still whoever has logged in, by the password or a `fresh` log-in without one.
    Raises NotDone."""
    password, where = form.get("password", "")[: LONGEST + 1], sessions.whence(request)
    try:
        await request.app[ACCOUNTS].prove(
            session,
            password,
            form.get("proof-code", "")[:CODE_LENGTH],
            fresh=fresh,
            address=where["address"],
            device=where["device"],
        )
    except WrongPassword:
        raise NotDone(part, "password", status=403) from None
    except WrongCode:
        raise NotDone(part, "proof-code", status=403) from None
    except LogInAgain:
        raise NotDone(part, "again", status=403) from None
    except SlowDown:
        raise NotDone(part, "slow", status=429) from None


async def afresh(request: web.Request) -> Session:
    """The session as it is after a change."""
    del request[SESSION]
    return await sessions.require(request)


async def _end_desk(request: web.Request, session: Session) -> None:
    """The desk that is open elsewhere comes back by a log-in, with another secret of its phone."""
    if (agent_id := session.person.agent_id) is not None:
        await request.app[SHIFTS].close(agent_id)
        request.app[LINKS].end_desk(agent_id, live.session_over())


async def answer(
    request: web.Request,
    session: Session,
    *,
    refused: NotDone | None = None,
    done: str = "",
    enrolment: Enrolment | None = None,
    codes: Sequence[str] = (),
) -> web.Response:
    """The page, with what was just refused, done or made."""
    say = render.language(request).text
    context: dict[str, Any] = {
        "session": session,
        "proof": await request.app[OWN].proof(session),
        "factors": await request.app[FACTORS].of(session.person),
        "open_sessions": await request.app[OWN].sessions(session),
        "passkeys_work": bool(site_of(request.app[SETTINGS].origin)),
        "home": permissions.home(session.person),
        "wrong": {refused.part: say(WRONG[refused.why])} if refused else {},
        "done": say(DONE[done]) if done in DONE else None,
        "enrolment": enrolment,
        "picture": qr.drawn(enrolment.address) if enrolment else None,
        "codes": codes,
    }
    return render.page(
        request, "account", status=refused.status if refused else 200, config={}, **context
    )
