"""Who is calling, as the desk asks and as the server answers: by role, by call and by level."""

from __future__ import annotations

from typing import get_args

import pytest
from sqlalchemy import select

from agents_ui.shell.port import NETWORK, Grant, Role
from contactcentre.core import commands
from contactcentre.engine.clock import now
from contactcentre.storage import tables as models
from lab.pages.people import AGENTS, PASSWORD
from lab.pages.sample import FAMILY

pytestmark = pytest.mark.web

FIRST, SECOND, THIRD = FAMILY
NOTE = "Iesniegums pieņemts"
SECRETS = (*FAMILY.values(), NOTE, "VSAA-DZIM", "VSAA-GVP", "PMLP-DZV")
"""What nobody may read before the citizen is identified; names are whole."""


async def told(browser, path):
    """The status and the text of an answer."""
    async with browser.get(path) as answer:
        return answer.status, await answer.text()


async def say(browser, csrf, act, **body):
    """What the server says to a choice."""
    headers = {"X-CSRF": csrf(browser)}
    async with browser.post(f"/desk/callers/{act}", json=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.status == 200 else {}


def identify(world, scene, level):
    """The agent of the scene confirms who it is."""
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


async def everything(browser, call_id):
    """All that the desk is told of a caller."""
    kinds = ("history", "callers", "cases")
    return [await told(browser, f"/desk/{kind}/{call_id}") for kind in kinds]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
async def test_what_each_level_hides(enter, csrf, world, level):
    """Nothing but dates, topics and initials before a choice, whatever the level; after it what is
    the chosen person's, from level 1 on; of the others nothing ever."""
    browser = await enter("family")
    call_id = world.call_of("family").call_id
    if level:
        identify(world, "family", level)
    before = await everything(browser, call_id)
    assert [status for status, _ in before] == [200] * 3
    assert not [one for one in SECRETS if one in str(before)]
    status, _ = await say(browser, csrf, "choose", call_id=call_id, person_id=THIRD)
    assert status == 200
    after = str(await everything(browser, call_id))
    assert (FAMILY[THIRD] in after, NOTE in after) == (level > 0, level > 0)
    assert not [one for one in SECRETS if one in after and one not in (FAMILY[THIRD], NOTE)] or (
        level > 0 and "PMLP-DZV" in after
    )
    assert FAMILY[FIRST] not in after
    assert FAMILY[SECOND] not in after
    assert "VSAA" not in after


async def test_another_agents_call_tells_nothing(enter, csrf, world):
    """Neither who may be calling, nor can anything be said of it."""
    await enter("family")
    call_id = world.call_of("family").call_id
    stranger = await enter("talking")
    for kind in ("history", "callers", "cases"):
        assert (await told(stranger, f"/desk/{kind}/{call_id}"))[0] == 404
    acts = {
        "choose": {"person_id": FIRST},
        "add": {"name": "Zane"},
        "code": {"code": "161175-19997"},
    }
    for act, body in acts.items():
        assert (await say(stranger, csrf, act, call_id=call_id, **body))[0] == 404


@pytest.mark.parametrize("role", [role for role in get_args(Role) if role != "agent"])
async def test_no_other_role_reads_it(enter, world, role):
    """Also in the whole network, also of an agent's own call that is under way."""
    browser = await enter("family")
    call_id = world.call_of("family").call_id
    async with world.database.connect() as connection:
        query = select(models.users.c.user_id).where(models.users.c.username == "family")
        user_id = await connection.scalar(query)
    await world.accounts.set_grants(user_id, {Grant(role=role, realm=NETWORK)}, by="test")
    assert {status for status, _ in await everything(browser, call_id)} == {403}


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("choose", {"person_id": "x" * 65}),
        ("add", {"name": "x" * 101}),
        ("add", {"name": "a\x00b"}),
        ("add", {"name": "Zane", "language": "latviski"}),
        ("code", {"code": "1" * 21}),
    ],
)
async def test_what_no_page_says_is_a_bad_request(enter, csrf, world, act, body):
    """And nothing is kept."""
    browser = await enter("family")
    call_id = world.call_of("family").call_id
    assert (await say(browser, csrf, act, call_id=call_id, **body))[0] == 400


@pytest.mark.parametrize("before", ["x", "nan", "inf"])
async def test_before_no_moment_is_a_bad_request(enter, world, before):
    """Earlier contacts are asked for by a time."""
    browser = await enter("family")
    path = f"/desk/history/{world.call_of('family').call_id}?before={before}"
    assert (await told(browser, path))[0] == 400


async def test_somebody_new_is_there_the_next_time(enter, csrf, world):
    """With the name as told; an empty one is refused, with a reason."""
    browser = await enter("talking")
    call_id = world.call_of("talking").call_id
    _, answer = await say(browser, csrf, "add", call_id=call_id, name=" ")
    assert answer == {"refused": "name", "check": False}
    _, answer = await say(browser, csrf, "add", call_id=call_id, name="Zane  Ozola")
    assert answer == {"refused": "", "check": False}
    identify(world, "talking", 1)
    assert '"name":"Zane Ozola"' in (await told(browser, f"/desk/callers/{call_id}"))[1]


async def test_while_the_database_is_away(enter, csrf, world):
    """The page is told so, and the talk goes on."""
    browser = await enter("family")
    call_id = world.call_of("family").call_id
    world.database_away = True
    assert (await told(browser, f"/desk/callers/{call_id}"))[0] == 503
    assert (await say(browser, csrf, "choose", call_id=call_id, person_id=FIRST))[0] == 503
    assert world.call_of("family").talk.answered_at is not None


async def test_the_officer_finds_merges_and_undoes(enter, csrf, world):
    """By the forms of the page; the number is on none of them afterwards."""
    await world.accounts.create_user("specialists", PASSWORD, name="Speciālists", role="dpo")
    officer = await enter("specialists")
    number = AGENTS["family"].caller

    async def send(act, **data):
        given = {"csrf": csrf(officer), "why": "pieprasījums 7", **data}
        async with officer.post(f"/person/{act}", data=given) as answer:
            return answer.status, await answer.text()

    status, page = await send("find", number=number)
    assert status == 200
    assert all(name in page for name in FAMILY.values())
    assert number not in page
    status, page = await send("merge", person=FIRST, into=SECOND)
    assert (status, 'id="changed"' in page) == (200, True)
    status, page = await send("merge", person=FIRST, into=SECOND)
    assert (status, 'id="wrong"' in page) == (409, True)
    _, page = await send("find", number=number)
    assert page.count('class="card stack found"') == 2
    assert (await send("undo", person=FIRST))[0] == 200
    status, page = await send("split", person=FIRST, name="")
    assert (status, 'id="wrong"' in page) == (400, True)
    status, page = await send("export", number=number)
    assert (status, 'id="wrong"' in page) == (409, True)
    status, page = await send("export", person=FIRST, form="json")
    assert status == 200
    assert FAMILY[FIRST] in page
    assert FAMILY[SECOND] not in page
