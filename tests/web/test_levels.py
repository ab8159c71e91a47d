"""What a desk is told of a citizen: every level of identification, every purpose, every agent."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from agents_ui.cases.port import NewCase
from agents_ui.shell.permissions import ROUTES, Act
from contactcentre.core import commands
from contactcentre.engine.clock import now
from contactcentre.storage import tables as models
from lab.pages.people import AGENTS

pytestmark = pytest.mark.web

PURPOSES = {
    "ringing": "offer",
    "callback": "callback",
    "message": "message",
    "listening": "message",
    "calling": "callback",
    "talking": "talk",
    "held": "talk",
    "consulting": "talk",
    "offered": "talk",
    "rejoining": "talk",
    "wrapup": "record",
    "unsaved": "record",
}
"""The scenes in which an agent has a citizen's call, and what for."""

ANSWERED = frozenset({"talk", "record"})
OTHERS = ("talking", "idle", "board", "admin")
PAST = ("Iesniegums pieņemts", "VSAA-DZIM", "PMLP-DZV")
"""Of earlier contacts: what was written, and what they were about."""
OPEN, CLOSED = "Ceļš nav tīrīts", "Pabalsts nav saņemts"
HIDDEN = (*PAST, OPEN, CLOSED)

READS = {route for route, act in ROUTES.items() if act is Act.HISTORY_READ and "GET" in route}


def identify(world, scene, level):
    """The agent of the scene tries to confirm who it is."""
    world.at = now()
    world.apply(
        commands.CallerIdentified(
            at=world.at,
            agent_id=AGENTS[scene].agent_id,
            call_id=world.call_of(scene).call_id,
            level=level,
            method="knowledge",
        )
    )


async def person_of(world, username):
    """Who has that log-in."""
    session = await world.accounts.log_in(username, "sample password", address="127.0.0.1")
    return session.person


async def both_cases(world, scene):
    """The citizen of the scene waits for one, and another is closed."""
    person = await person_of(world, scene)
    for subject in (OPEN, CLOSED):
        case = NewCase(kind="question", subject=subject, number=AGENTS[scene].caller)
        number = await world.cases.begin(case, person=person)
    await world.cases.turn(number, "closed", person=person)


async def read(browser, call_id):
    """What each route tells of that call's citizen."""
    found = {}
    for route in sorted(READS):
        async with browser.get(route.partition(" ")[2].replace("{call_id}", call_id)) as answer:
            found[route] = answer.status, await answer.text()
    return found


async def last_look(world):
    """Action and purpose of the newest row about a history."""
    columns = models.audit.c
    query = (
        select(columns.action, columns.purpose)
        .where(columns.action.like("history.%"))
        .order_by(columns.number.desc())
    )
    async with world.database.connect() as connection:
        return tuple((await connection.execute(query)).first())


def test_every_route_that_reads_a_citizen_names_a_call():
    """So each is asked below."""
    assert {route for route in READS if "{call_id}" in route} == READS


@pytest.mark.parametrize(("scene", "purpose"), PURPOSES.items())
async def test_every_level(enter, world, scene, purpose):
    """Dates and topics alone, until the agent who has answered has identified the citizen; then
    notes, services, and cases that are open or closed. To others nothing, not even that there is
    such a call; each look is on record, with how far it went and why."""
    world.act(scene)
    await both_cases(world, scene)
    own = await enter(scene)
    others = [await enter(name) for name in OTHERS if name != scene]
    for level in range(4):
        if level:
            identify(world, scene, level)
        call = world.call_of(scene)
        opens = purpose in ANSWERED and call.identity.level > 0
        answers = await read(own, call.call_id)
        assert {status for status, _ in answers.values()} == {200}
        told = "".join(text for _, text in answers.values())
        shown = {word for word in HIDDEN if word in told}
        assert shown == (set(HIDDEN) if opens else set()), (scene, level)
        assert await last_look(world) == ("history.opened" if opens else "history.listed", purpose)
        for browser in others:
            for status, text in (await read(browser, call.call_id)).values():
                assert status in (403, 404)
                assert not [word for word in HIDDEN if word in text]


@pytest.mark.parametrize(("scene", "purpose"), PURPOSES.items())
async def test_a_level_is_a_move_of_a_talk(enter, world, scene, purpose):
    """Whoever has not answered, does not hear the citizen or no longer talks confirms nothing."""
    world.act(scene)
    before = world.call_of(scene).identity.level
    identify(world, scene, 3)
    confirms = purpose == "talk" and scene != "rejoining"
    assert world.call_of(scene).identity.level == (3 if confirms else before)


@pytest.mark.parametrize(("scene", "purpose"), PURPOSES.items())
async def test_what_is_sent_and_heard(enter, csrf, world, scene, purpose):
    """A citizen is sent something by who talks with them, or has; a message is played to who
    listens to it; whatever the level, and by nobody else."""
    world.act(scene)
    call_id = world.call_of(scene).call_id
    given = {"call_id": call_id, "code": "PMLP-PASE", "of": "link", "way": "sms"}
    for name in {scene, *OTHERS}:
        browser, mine = await enter(name), name == scene
        headers = {"X-CSRF": csrf(browser)}
        async with browser.post("/desk/send", json=given, headers=headers) as answer:
            assert (answer.status == 200) == (mine and purpose in ANSWERED)
        async with browser.get(f"/desk/messages/{call_id}") as answer:
            assert (answer.status == 200) == (mine and scene == "listening")
