"""Quality: talks that chance has chosen are assessed, read by their agents and nobody else's, and
test calls are told apart from those of citizens."""

from __future__ import annotations

import asyncio
import csv
import io
import re

import pytest
from sqlalchemy import delete, func, select, update

from agents_ui.shell.port import Grant
from contactcentre.engine.clock import now
from contactcentre.features.quality import drawing
from contactcentre.features.quality.sampler import talks_of
from contactcentre.features.reports.keeping import FactKeeper
from contactcentre.features.reports.verification import verify
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action
from contactcentre.storage.recount import recount
from lab.pages import recorded, reported
from lab.pages.people import AGENTS, LEADER, PASSWORD
from lab.pages.stage import PSEUDONYMS
from routing.calendar import date_of, local_day

pytestmark = pytest.mark.web

HTML = {"Accept": "text/html"}
MARKS = {
    "mark-greeting": "yes",
    "mark-identified": "yes",
    "mark-card": "yes",
    "mark-plain": "4",
    "mark-readback": "no",
    "mark-record": "yes",
    "mark-privacy": "yes",
}
COMMENT = "Skaidri un mierīgi"
drawn, found = models.samples.c, models.assessments.c


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Ten days of talks behind it."""
    return asyncio.run(ten_days(tmp_path_factory.mktemp("assessed")))


async def ten_days(folder):
    """Of agents who can log in, and answer."""
    made = await reported.prepare(folder)
    async with database.opened(f"sqlite:///{made.path}") as engine:
        async with engine.begin() as connection:
            strangers = models.legs.c.agent_id.not_in([one.agent_id for one in AGENTS.values()])
            await connection.execute(delete(models.legs).where(strangers))
        await FactKeeper(engine, asyncio.Event()).rebuild()
    return made


@pytest.fixture
def post(csrf):
    """Send a form: status, where it leads, and the page."""

    async def send(browser, path, **given):
        async with browser.post(
            path, data=given, headers={"X-CSRF": csrf(browser), **HTML}, allow_redirects=False
        ) as answer:
            return answer.status, answer.headers.get("Location", ""), await answer.text()

    return send


async def seen(browser, path, status=200):
    async with browser.get(path, headers=HTML) as answer:
        assert answer.status == status, path
        return await answer.text()


async def rows(world, table, *where):
    async with world.database.connect() as connection:
        return (await connection.execute(select(table).where(*where))).mappings().all()


async def user(world, name, *grants, agent_id=None):
    """A log-in more."""
    user_id = await world.accounts.create_user(
        name, PASSWORD, name=name.title(), role="supervisor", agent_id=agent_id, centre_id="idle"
    )
    await world.accounts.set_grants(user_id, set(grants), by="shell")
    return user_id


@pytest.fixture
async def leader(enter, post, world):
    """Who leads everybody; what is due is drawn."""
    browser = await enter("board")
    assert (await post(browser, "/quality/draw"))[:2] == (303, "/quality")
    return browser


async def begin(browser, post):
    """The next one's address."""
    status, place, page = await post(browser, "/quality/next")
    assert status == 303, page
    assert re.fullmatch(r"/quality/assessments/[0-9a-f]{32}", place)
    return place


async def test_chance_chooses_and_can_be_reckoned_anew(leader, post, world):
    """So many of each agent as are due; those with the least places among all that there were; once
    more draws nothing more, and what is drawn by whom is on record."""
    today = local_day(now())
    every = await rows(world, models.samples)
    agent_id = AGENTS["talking"].agent_id
    month = max(one["month"] for one in every if one["agent_id"] == agent_id)
    mine = [one for one in every if (one["agent_id"], one["month"]) == (agent_id, month)]
    first = date_of(month * 100 + 1)
    due = drawing.due(4, today) if first == today.replace(day=1) else 4
    assert 0 < len(mine) <= due
    seed = drawing.seed(month, agent_id, "monthly")
    async with world.database.begin() as connection:
        await connection.execute(models.samples.delete())
        talks = await talks_of(connection, agent_id, first, ())
    chosen = drawing.drawn(talks, seed, len(mine))
    assert {call.call_id for _, call in chosen} == {each["call_id"] for each in mine}
    assert {each["among"] for each in mine} == {len(talks)}
    await post(leader, "/quality/draw")
    again = await rows(world, models.samples)
    assert {each["call_id"] for each in again} == {each["call_id"] for each in every}
    await post(leader, "/quality/draw")
    assert len(await rows(world, models.samples)) == len(every)
    told = await rows(world, models.audit, models.audit.c.action == Action.SAMPLES_DRAWN)
    assert any(seed in row["details"] and row["object"] == agent_id for row in told)


async def test_from_the_draw_to_the_agents_answer(leader, enter, post, world):
    """Begun, kept as a draft that nobody else sees, finished; read and answered by the agent whose
    talk it is; read by the supervisor. Each is on record, and nobody's number is on any page."""
    place = await begin(leader, post)
    page = await seen(leader, place)
    (row,) = await rows(world, models.assessments)
    (contact,) = await rows(world, models.contacts, models.contacts.c.call_id == row["call_id"])
    assert contact["note"] in page
    assert contact["caller"] not in page
    agent = next(one for one in AGENTS.values() if one.agent_id == row["agent_id"])
    assert agent.name in page
    assert drawing.seed(row["month"], row["agent_id"], "monthly") in page

    assert (await post(leader, place, **{"mark-greeting": "yes"}))[:2] == (303, place)
    own = await enter(agent.scene)
    key = row["assessment_id"]
    await seen(own, f"/quality/own/{key}", 404)
    assert key not in await seen(own, "/quality/own")
    status, _, page = await post(leader, place, do="finish", **{"mark-greeting": "yes"})
    assert status == 400
    assert "katram kritērijam vajag atzīmi" in page
    status, to, _ = await post(leader, place, do="finish", comment=COMMENT, **MARKS)
    assert (status, to) == (303, "/quality")
    assert (await post(leader, place, do="finish", **MARKS))[0] == 404  # it is finished

    (row,) = await rows(world, models.assessments)
    assert (row["score"], row["failed"], row["comment"]) == (85, False, COMMENT)  # 14.5 of 17
    assert key in await seen(own, "/quality/own")
    page = await seen(own, f"/quality/own/{key}")
    assert COMMENT in page
    assert contact["note"] not in page
    assert (await post(own, f"/quality/own/{key}", reply=""))[:2] == (303, f"/quality/own/{key}")
    assert (await rows(world, models.assessments))[0]["seen_at"] is not None
    assert (await post(own, f"/quality/own/{key}", reply="Nepiekrītu"))[0] == 303
    assert (await post(own, f"/quality/own/{key}", reply="Vēl"))[0] == 400
    for path in ("/quality", place):
        assert "Nepiekrītu" in await seen(leader, path)

    other = await enter("idle" if agent.scene != "idle" else "talking")
    await seen(other, f"/quality/own/{key}", 404)
    assert (await post(other, f"/quality/own/{key}", reply="x"))[0] == 404
    await seen(other, "/quality", 403)
    await seen(other, place, 403)
    told = await rows(world, models.audit, models.audit.c.action.like("quality.%"))
    by = {str(one["action"]): one for one in told if one["object"] == row["call_id"]}
    assert by.keys() == {
        "quality.begun",
        "quality.opened",
        "quality.finished",
        "quality.read",
        "quality.answered",
    }
    assert by["quality.opened"]["person"] == PSEUDONYMS.of(contact["caller"])


async def test_a_recorded_talk_is_heard_for_its_reason(leader, post, world):
    """Beside the card stands the player's form with the reason; that it was heard is on record as
    everywhere. One that was deleted is not offered."""
    place = await begin(leader, post)
    (row,) = await rows(world, models.assessments)
    assert "/recordings/open" not in await seen(leader, place)
    await recorded.lay(
        world.database,
        world.sealed_talks,
        row["leg_id"],
        agent_id=row["agent_id"],
        from_at=now(),
    )
    page = await seen(leader, place)
    leg = re.search(r'name="leg" value="([^"]+)"', page)[1]
    why = re.search(r'name="why"[^>]*value="([^"]+)"', page)[1]
    assert (leg, why) == (row["leg_id"], "Kvalitātes vērtēšana")
    status, to, _ = await post(leader, "/recordings/open", leg=leg, why=why)
    assert (status, to.startswith("/recordings/")) == (303, True)
    (heard,) = await rows(world, models.audit, models.audit.c.action == Action.RECORDING_HEARD)
    assert (heard["purpose"], heard["object"]) == (why, row["call_id"])
    async with world.database.begin() as connection:
        await connection.execute(update(models.recordings).values(deleted_at=now()))
    assert "/recordings/open" not in await seen(leader, place)


async def test_nobody_is_offered_twice(leader, post, world):
    """Not what is begun, also by two at once; a draft that is put back is the next one again; five
    drafts are enough."""
    await user(world, "second", Grant(role="supervisor"))
    second = (await world.accounts.log_in("second", PASSWORD, address="127.0.0.1")).person
    first = (await world.accounts.log_in("board", PASSWORD, address="127.0.0.1")).person
    room = world.quality.room
    begun = await asyncio.gather(
        *(room.next(person=person) for person in (first, second) for _ in range(3))
    )
    calls = [one["call_id"] for one in await rows(world, models.assessments)]
    assert len(calls) == len(set(calls)) == len(set(begun)) == 6
    (one,) = await rows(world, models.assessments, found.assessment_id == begun[0])
    assert (await post(leader, f"/quality/assessments/{begun[0]}", do="drop"))[0] == 303
    again = await begin(leader, post)
    key = again.rpartition("/")[2]
    (back,) = await rows(world, models.assessments, found.assessment_id == key)
    assert back["call_id"] == one["call_id"]
    for _ in range(2):
        await begin(leader, post)
    status, _, page = await post(leader, "/quality/next")
    assert (status, "Pieci Jūsu vērtējumi" in page) == (400, True)


async def test_of_ones_own_part_of_the_network(enter, post, leader, world):
    """A supervisor of a centre is offered, and opens, what its agents have talked; of other
    centres there is nothing."""
    await user(world, "ludza", Grant(role="supervisor", realm=("centre", "idle")))
    browser = await enter("ludza")
    place = await begin(browser, post)
    (row,) = await rows(world, models.assessments)
    assert (row["agent_id"], row["centre"]) == (AGENTS["idle"].agent_id, "idle")
    await post(browser, place, do="finish", **MARKS)
    while (await rows(world, models.assessments))[-1]["centre"] == "idle":
        other = await begin(leader, post)
    await post(leader, other, do="finish", **MARKS)
    await seen(browser, place)
    await seen(browser, other, 404)
    assert other not in await seen(browser, "/quality")
    assert (await post(browser, "/quality/second", assessment=other.rpartition("/")[2]))[0] == 400


async def test_nobody_assesses_a_talk_of_their_own(leader, world):
    """Nor one in which they were asked: an agent who leads others is offered neither."""
    agent = AGENTS["idle"].agent_id
    user_id = (await rows(world, models.users, models.users.c.agent_id == agent))[0]["user_id"]
    whole = {Grant(role="supervisor"), Grant(role="agent")}
    await world.accounts.set_grants(user_id, whole, by="shell")
    person = (await world.accounts.log_in("idle", PASSWORD, address="127.0.0.1")).person
    every = await rows(world, models.samples)
    own = [one for one in every if one["agent_id"] == agent]
    before = (await world.quality.room.view(person=person)).waiting
    assert own
    assert before == len(every) - len(own)
    asked = next(one for one in every if one["agent_id"] != agent)
    async with world.database.begin() as connection:
        (leg,) = (
            await connection.execute(
                select(models.legs).where(models.legs.c.leg_id == asked["leg_id"])
            )
        ).mappings()
        beside = {**leg, "leg_id": "beside", "agent_id": agent, "purpose": "consult"}
        await connection.execute(models.legs.insert(), beside)
    assert (await world.quality.room.view(person=person)).waiting == before - 1


async def test_two_reviewers_of_one_talk(enter, leader, post, world):
    """The second one sees nothing of the first's until both are finished; then the difference is
    told to both, the agent sees the first alone, and the second one's counts for nothing."""
    place = await begin(leader, post)
    await post(leader, place, do="finish", comment=COMMENT, **MARKS)
    key = place.rpartition("/")[2]
    await user(world, "second", Grant(role="supervisor"))
    second = await enter("second")
    assert (await post(leader, "/quality/second", assessment=key))[0] == 400  # it is one's own
    status, beside, _ = await post(second, "/quality/second", assessment=key)
    assert status == 303
    page = await seen(second, beside)
    assert COMMENT not in page
    assert "85 %" not in page
    await seen(leader, beside, 404)  # a draft is its reviewer's
    await seen(second, place, 404)
    assert "85 %" not in await seen(second, "/quality")
    marks = {**MARKS, "mark-readback": "yes"}
    assert (await post(second, beside, do="finish", **marks))[0] == 303
    for browser, path in ((leader, place), (second, beside)):
        page = await seen(browser, path)
        assert re.search(r'criterion apart">.*?atkārtots', page, re.DOTALL)
        assert "85 %" in page
        assert "97 %" in page
    overview = await seen(leader, "/quality")
    assert re.search(r"85 %.*?97 %.*?<td class=\"r\">12</td><td class=\"r\">1</td>", overview)
    (row,) = await rows(world, models.assessments, found.assessment_id == key)
    agent = next(one for one in AGENTS.values() if one.agent_id == row["agent_id"])
    own = await enter(agent.scene)
    assert beside.rpartition("/")[2] not in await seen(own, "/quality/own")
    await seen(own, f"/quality/own/{beside.rpartition('/')[2]}", 404)
    (mean,) = (await world.quality.room.view(person=LEADER)).means
    assert (mean.count, mean.mean) == (1, None)


async def test_who_has_read_the_first_gives_no_second(enter, leader, post, world):
    """What it has come to is told to whoever may still assess the talk too nowhere but on its page;
    who has opened that, or may read the agent's answer, is refused in words. The first stays hidden
    while a second is under way, and a draft that is put back opens the choice again."""
    place = await begin(leader, post)
    await post(leader, place, do="finish", comment=COMMENT, **MARKS)
    key = place.rpartition("/")[2]
    await user(world, "second", Grant(role="supervisor"))
    await user(world, "third", Grant(role="supervisor"))
    second, third = await enter("second"), await enter("third")
    overview = await seen(second, "/quality")
    assert (f'name="assessment" value="{key}"' in overview, "85 %" in overview) == (True, False)
    assert COMMENT in await seen(second, place)
    overview = await seen(second, "/quality")
    assert (f'name="assessment" value="{key}"' in overview, "85 %" in overview) == (False, True)
    status, _, page = await post(second, "/quality/second", assessment=key)
    assert (status, "Jums jau ir zināms, ko" in page) == (400, True)
    assert len(await rows(world, models.assessments)) == 1

    _, beside, _ = await post(third, "/quality/second", assessment=key)
    await seen(third, place, 404)
    assert (await post(third, beside, do="drop"))[0] == 303
    assert "85 %" not in await seen(third, "/quality")
    (row,) = await rows(world, models.assessments)
    agent = next(one for one in AGENTS.values() if one.agent_id == row["agent_id"])
    own = await enter(agent.scene)
    await post(own, f"/quality/own/{key}", reply="Nepiekrītu")
    assert "Nepiekrītu" in await seen(third, "/quality")
    assert (await post(third, "/quality/second", assessment=key))[0] == 400


async def test_a_mean_of_five(leader, post, world, enter):
    """Of four there is none, on either page; names stand in their order, whatever the scores."""
    agent = AGENTS["talking"]
    at = now()
    row = {
        "leg_id": "x",
        "agent_id": agent.agent_id,
        "centre": agent.place,
        "month": 202611,
        "scorecard": "talk",
        "version": 1,
        "reviewer": "x",
        "marks": {},
        "remarks": {},
        "begun_at": at,
        "finished_at": at,
    }

    async def assessed(number, score):
        async with world.database.begin() as connection:
            given = {"assessment_id": f"m{number}", "call_id": f"m{number}", "score": score}
            await connection.execute(models.assessments.insert(), {**row, **given})

    for number, score in enumerate((50, 60, 70, 81)):
        await assessed(number, score)
    own = await enter("talking")
    assert "par maz" in await seen(leader, "/quality")
    assert "Vidēji" not in await seen(own, "/quality/own")
    await assessed(4, 90)
    assert "70 %" in await seen(leader, "/quality")
    assert re.search(r"Vidēji</span> <b class=\"num\">70 %", await seen(own, "/quality/own"))


async def test_whose_data_are_gone_is_not_assessed(leader, world):
    """What was drawn drops out of what waits, when its number has become a pseudonym too."""
    before = (await world.quality.room.view(person=LEADER)).waiting
    (one, *_) = await rows(world, models.samples)
    async with world.database.begin() as connection:
        of = update(models.contacts).where(models.contacts.c.call_id == one["call_id"])
        await connection.execute(of.values(forgotten_at=now(), caller=None, note=""))
    assert (await world.quality.room.view(person=LEADER)).waiting == before - 1


async def test_no_personal_data_in_a_comment(leader, post, world):
    """It is refused with what was written still in the form; nothing is kept of it."""
    place = await begin(leader, post)
    told = "Zvanītāja ir 010180-12345"
    status, _, page = await post(leader, place, do="finish", comment=told, **MARKS)
    assert status == 400
    assert told in page
    assert re.search(r'name="mark-readback" value="no"[^>]*checked', page)
    assert (await rows(world, models.assessments))[0]["comment"] == ""


async def test_a_scorecard_has_versions(leader, enter, post, world):
    """What was assessed keeps its version; whoever changes an older one than there is, is told; a
    fault is told with the place, and what was written stays."""
    place = await begin(leader, post)
    await post(leader, place, do="finish", **MARKS)
    form = {"name-lv": "Saruna", "name-en": "Talk", "use": "talk", "active": "yes"}
    line = {"key-0": "greeting", "lv-0": "Sveiciens", "en-0": "Greeting", "weight-0": "2"}
    head = {"group-lv-0": "Viss", "group-en-0": "All"}
    path = "/quality/documents/scorecard/talk"
    status, _, page = await post(
        leader, path, base="1", **form, **head, **{**line, "weight-0": "101", "lv-0": ""}
    )
    assert status == 400
    assert "Svars ir vesels skaitlis" in page
    assert 'value="Greeting"' in page
    assert (await post(leader, path, base="1", **form, **head, **line))[0] == 303
    status, _, page = await post(leader, path, base="1", **form, **head, **line)
    assert (status, "kāds cits" in page) == (400, True)
    assert "Sasveicinās, nosauc līniju" in await seen(leader, place)
    assert "Sasveicinās, nosauc līniju" in await seen(leader, f"{path}?version=1")
    page = await seen(leader, await begin(leader, post))
    assert "Sveiciens" in page
    assert "Sasveicinās, nosauc līniju" not in page
    told = await rows(world, models.audit, models.audit.c.object == "quality/scorecard/talk")
    assert len(told) == 2
    await user(world, "ludza", Grant(role="supervisor", realm=("centre", "idle")))
    await seen(await enter("ludza"), path, 403)  # it is the whole network's


async def test_a_rule_names_what_there_is(leader, post, world):
    """Queues and a scorecard of talks; a rule that is out of force draws nothing."""
    path, form = "/quality/documents/rule/monthly", {"name": "Rindas", "active": "yes"}
    for wrong in (
        {"scorecard": "test", "each_month": "4"},
        {"scorecard": "talk", "each_month": "21"},
        {"scorecard": "talk", "each_month": "4", "queue-nowhere": "yes"},
    ):
        assert (await post(leader, path, base="1", **form, **wrong))[0] == 400
    good = {"scorecard": "talk", "each_month": "20", "queue-taxes": "yes"}
    assert (await post(leader, path, base="1", **form, **good))[0] == 303
    before = {one["call_id"] for one in await rows(world, models.samples)}
    await post(leader, "/quality/draw")
    new = [one for one in await rows(world, models.samples) if one["call_id"] not in before]
    assert new
    contacts = models.contacts.c
    calls = await rows(
        world, models.contacts, contacts.call_id.in_([one["call_id"] for one in new])
    )
    assert {one["left_queue"] or one["queue"] for one in calls} == {"taxes"}
    off = {"name": "Rindas", "scorecard": "talk", "each_month": "20"}
    assert (await post(leader, path, base="2", **off))[0] == 303
    count = len(await rows(world, models.samples))
    await post(leader, "/quality/draw")
    assert len(await rows(world, models.samples)) == count


# --- test calls ------------------------------------------------------------------------------

POLITE = {"mark-greeting": "yes", "mark-listens": "5", "mark-plain": "3", "mark-goodbye": "no"}


async def rung(world, *, answered=True):
    """A citizen's call of these days that rings in while a test is under way: it is moved there."""
    contacts, facts = models.contacts.c, models.contact_facts.c
    done = models.services_done.c
    query = (
        select(models.contacts)
        .join(models.contact_facts, facts.call_id == contacts.call_id)
        .where(contacts.answered_at.is_not(None) if answered else contacts.outcome == "abandoned")
    )
    if answered:
        query = query.join(models.services_done, done.call_id == contacts.call_id)
    async with world.database.begin() as connection:
        row = (await connection.execute(query.limit(1))).mappings().first()
        by = now() - row["arrived_at"]
        moved = {
            name: row[name] + by
            for name in ("arrived_at", "queued_at", "answered_at", "talk_ended_at", "ended_at")
            if row[name] is not None
        }
        mine = update(models.contacts).where(contacts.call_id == row["call_id"])
        await connection.execute(mine.values(**moved))
        same = select(contacts.call_id).where(contacts.caller == row["caller"])
        for call_id in (await connection.execute(same)).scalars().all():
            await recount(connection, call_id, now())  # what followed it does no more
    await FactKeeper(world.database, asyncio.Event()).catch_up()
    return row


async def exported(browser, what):
    """The sums of a file that leaves the house for this month."""
    month = local_day(now()).strftime("%Y-%m")
    async with browser.get(f"/reports/month?what={what}&month={month}") as answer:
        text = (await answer.read()).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    return sum(int(one["calls" if what == "balance" else "count"]) for one in lines)


async def figures(world):
    """Of the line, all together."""
    facts = models.contact_facts.c
    async with world.database.connect() as connection:
        query = select(func.sum(facts.rang_in), func.sum(facts.answered), func.sum(facts.queued))
        return tuple((await connection.execute(query)).one())


async def test_a_test_call_is_no_citizens(enter, post, world):
    """Found by the number and the time, it stays in the line's figures and leaves what goes to the
    ministry and between municipalities; all sums are those that a rebuild makes. The number is kept
    nowhere, and no agent stands on the page."""
    browser = await enter("board")
    status, place, _ = await post(browser, "/quality/tests", script="passport")
    assert status == 303
    call = await rung(world)
    before = {what: await exported(browser, what) for what in ("ministry", "balance")}
    line = await figures(world)
    number = call["caller"].removeprefix("+371")
    status, _, page = await post(browser, place, do="finish", number="29999998", **POLITE)
    assert (status, "nav zināms neviens zvans" in page) == (400, True)
    status, _, page = await post(browser, place, do="finish", number="112", **POLITE)
    assert (status, "29 123 445" in page) == (400, True)
    status, _, page = await post(browser, place, do="finish", number=number, **POLITE)
    assert (status, "vai atbilde bija pareiza" in page) == (400, True)
    status, to, _ = await post(
        browser, place, do="finish", number=number, answer="right", reached="no", **POLITE
    )
    assert (status, to) == (303, "/quality/tests")
    (row,) = await rows(world, models.scripted_calls)
    wait_s = call["answered_at"] - call["queued_at"]
    assert (row["call_id"], row["reached"], row["answer"], row["score"]) == (
        call["call_id"],
        True,  # by the hotline's own word
        "right",
        63,
    )
    assert row["wait_s"] == pytest.approx(wait_s)
    assert call["caller"] not in str(dict(row))
    await FactKeeper(world.database, asyncio.Event()).catch_up()
    assert await figures(world) == line
    services = len(call["services"] or [""])
    assert await exported(browser, "ministry") == before["ministry"] - services
    assert await exported(browser, "balance") == before["balance"] - 1
    assert await verify(world.database) == []
    await FactKeeper(world.database, asyncio.Event()).rebuild()
    assert await exported(browser, "ministry") == before["ministry"] - services
    page = await seen(browser, "/quality/tests")
    agent = next(one for one in AGENTS.values() if one.agent_id == call["agent_id"])
    assert agent.name not in page + await seen(browser, place)
    assert "pareiza" in page
    assert "63 / 80" in page
    told = await rows(world, models.audit, models.audit.c.object == call["call_id"])
    assert [str(one["action"]) for one in told] == ["quality.test_finished"]

    _, again, _ = await post(browser, "/quality/tests", script="passport")
    status, _, _ = await post(browser, again, do="finish", number=number, answer="right", **POLITE)
    assert status == 400  # a call is one test's
    async with world.database.connect() as connection:
        month = local_day(call["arrived_at"]).replace(day=1)
        talks = await talks_of(connection, call["agent_id"], month, ())
    assert call["call_id"] not in {one.call_id for one in talks}


async def test_who_reached_nobody_marks_nothing(enter, post, world):
    """By the hotline's word or by the tester's own; a wait that is none is refused."""
    browser = await enter("board")
    _, place, _ = await post(browser, "/quality/tests", script="passport")
    call = await rung(world, answered=False)
    number = call["caller"].removeprefix("+371")
    assert (await post(browser, place, do="finish", number=number))[0] == 303
    _, place, _ = await post(browser, "/quality/tests", script="passport")
    told = {"unmatched": "yes", "reached": "no"}
    for wait in ("ilgi", "-1", "٣", "7201", "9" * 30):
        assert (await post(browser, place, do="finish", wait=wait, **told))[0] == 400
    assert (await post(browser, place, do="finish", wait="95", **told))[0] == 303
    first, second = sorted(
        await rows(world, models.scripted_calls), key=lambda one: one["begun_at"]
    )
    assert (first["reached"], first["score"], first["answer"]) == (False, None, "")
    assert first["call_id"] == call["call_id"]
    assert (second["reached"], second["wait_s"], second["call_id"]) == (False, 95.0, None)


async def test_a_test_that_is_not_finished_is_its_testers(enter, post, world):
    """Others neither see it nor finish it; one that was not rung goes."""
    browser, other = await enter("board"), await enter("admin")
    _, place, _ = await post(browser, "/quality/tests", script="passport")
    await seen(other, place, 404)
    assert (await post(other, place, do="finish"))[0] == 404
    assert (await post(other, place, do="drop"))[0] == 404
    assert (await post(browser, "/quality/tests", script="nothing"))[0] == 404
    assert (await post(browser, place, do="drop"))[0] == 303
    assert await rows(world, models.scripted_calls) == []
    answers = [await post(browser, "/quality/tests", script="passport") for _ in range(6)]
    assert [status for status, _, _ in answers] == [303] * 5 + [400]
    for month in ("202613", "000000", "999912", "²02611", "200001"):
        await seen(browser, f"/quality/tests?month={month}")


async def test_while_the_database_is_away(enter, post, world):
    """It is told, and nothing is done."""
    browser = await enter("board")
    world.database_away = True
    await seen(browser, "/quality", 503)
    assert (await post(browser, "/quality/draw"))[0] == 503
