"""The page of reports: figures with their formulae, files, the calls beneath, and who sees what."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import String, func, insert, select, update

from agents_ui.reports.measures import VIEWS
from agents_ui.shell.port import Grant
from contactcentre.core.decisions import Decision
from contactcentre.engine.clock import now
from contactcentre.storage import audit
from contactcentre.storage import tables as models
from contactcentre.storage.audit import Action, AuditEntry
from contactcentre.storage.tables.reports import DIMENSIONS, FAILURES
from lab.pages import reported
from lab.pages.people import AGENTS, PASSWORD
from lab.pages.reported import YESTERDAY_CALLS
from routing.calendar import local_day
from routing.circles import Stage
from routing.explanation import Candidate, Digest
from routing.requirement import Requirement
from routing.scope import Scope

pytestmark = pytest.mark.web

YESTERDAY = "since=yesterday&until=yesterday"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Ten days behind it."""
    return asyncio.run(reported.prepare(tmp_path_factory.mktemp("reported")))


async def seen(browser, address: str, status: int = 200) -> str:
    """The page at that address."""
    async with browser.get(address, headers={"Accept": "text/html"}) as answer:
        assert answer.status == status, address
        return await answer.text()


async def lines(browser, address: str) -> list[dict[str, str]]:
    """The same as rows of its CSV file."""
    async with browser.get(address) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        return list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"))))


async def test_a_report_with_its_formulae(enter):
    """Each figure stands with its formula at the foot and behind its head; the rows add up to the
    total, and the file says the same as the page."""
    browser = await enter("board")
    page = await seen(browser, f"/reports?{YESTERDAY}&by=quarter&view=ways")
    assert "atbildētie + nesagaidījušie + beidzies laiks" in page
    rows = await lines(browser, f"/reports/export?{YESTERDAY}&by=quarter&view=ways&form=csv")
    *quarters, total = rows
    assert total["quarter"] == "total"
    assert int(total["rang_in"]) == YESTERDAY_CALLS == sum(int(row["rang_in"]) for row in quarters)
    parts = ("answered", "abandoned", "timed_out", "flow_out", "callback", "technical", "unknown")
    assert int(total["queued"]) == sum(int(total[name]) for name in parts)
    assert f">{total['abandoned']}</a>" in page


async def test_one_period_is_marked(enter):
    """Today, by itself, also on a Monday; and each that is pressed."""
    browser = await enter("board")
    page = await seen(browser, "/reports")
    chips = r'<a class="chip([^"]*)" href="([^"]*)"( aria-current="true")?>([^<]*)</a>'
    periods = re.findall(chips, page.split("<nav")[1].split("</nav>")[0])
    assert [(on, name) for on, _, _, name in periods if on] == [(" on", "Šodien")]
    for _, address, _, name in periods:
        found = re.findall(chips, (await seen(browser, unescape(address))).split("<nav")[1])
        marked = [each for on, _, current, each in found if on and current]
        assert len(marked) == 1
        if local_day(now()).day != 1:  # then the week may be the month, by the same rows
            assert marked == [name]


async def test_a_file_of_a_spreadsheet(enter):
    """XLSX is one that opens, with the same cells."""
    browser = await enter("board")
    async with browser.get(f"/reports/export?{YESTERDAY}&by=queue&form=xlsx") as answer:
        book = zipfile.ZipFile(io.BytesIO(await answer.read()))
    text = book.read("xl/sharedStrings.xml").decode()
    assert "queue_name" in text
    assert "service_level" in text


STEPS = ("day", "week", "month", "year")


async def test_by_everything(enter):
    """Each way to look at eight days tells of the same calls, in each view; of one thing alone, by
    day, of as many as its row has said."""
    browser = await enter("board")
    for by in (*STEPS, *DIMENSIONS):
        await looks_at(browser, by)


async def looks_at(browser, by):
    """By that, in each view and as a file."""
    today = local_day(now())
    since = today - timedelta(days=8)
    period = f"since={since}&until={today}&by={by}"
    for view in VIEWS:
        await seen(browser, f"/reports?{period}&view={view}")
    rows = await lines(browser, f"/reports/export?{period}&view=ways")
    assert rows[-1]["rang_in"] == str(YESTERDAY_CALLS + 7 * reported.CALLS)
    one = rows[0][by]
    if by not in STEPS and one != "total":
        alone = await lines(
            browser, f"/reports/export?{period.replace(by, 'day')}&view=ways&only={by}&key={one}"
        )
        assert alone[-1]["rang_in"] == rows[0]["rang_in"]


async def test_a_figure_opens_into_its_calls(enter, world):
    """As many as it says, a page at a time; numbers are hidden but for two digits; who looked is on
    record, and a call's story too."""
    browser = await enter("board")
    page = await seen(browser, f"/reports?{YESTERDAY}&by=queue&view=ways")
    wanted = int(
        (await lines(browser, f"/reports/export?{YESTERDAY}&by=queue&view=ways"))[-1]["answered"]
    )
    address = next(
        one
        for one in re.findall(r'href="(/reports/calls\?[^"]*)"', page)
        if "measure=answered" in one and "row=" not in one
    )
    found: list[str] = []
    address = address.replace("&amp;", "&")
    while address:
        page = await seen(browser, address)
        found += re.findall(r"/reports/call\?id=([0-9a-f]+)", page)
        next_ = re.search(r'<a class="btn" href="(/reports/calls\?[^"]*)"', page)
        address = next_[1].replace("&amp;", "&") if next_ else ""
    assert len(found) == len(set(found)) == wanted
    assert re.search(r"•••• [0-9]{2}", page)
    assert "+371" not in page
    story = await seen(browser, f"/reports/call?id={found[0]}")
    assert "Atbildēts" in story
    assert "tautas skaitīšana" not in story  # the note
    async with world.database.connect() as connection:
        audit = models.audit.c
        rows = await connection.execute(select(audit.action, audit.object))
        actions = [tuple(row) for row in rows]
    assert (Action.CALLS_LISTED, "") in actions
    assert (Action.CALL_OPENED, found[0]) in actions


def decided(told: str, agent_id: str, *kinds: tuple[str, float]) -> Iterator[Decision]:
    """That call was offered to that agent, after those moments."""
    asked = Requirement(skills=(("taxes", 1),), language="lv")
    digest = Digest(
        waited_s=2.0,
        asked=asked,
        stage=Stage(circle=0, opens_s=0.0, scope=Scope("network"), requirement=asked),
        nearest=(Candidate(agent_id=agent_id, name=""),),
    )
    for kind, at in kinds:
        offers = int(kind == "offered")
        yield Decision(call_id=told, at=at, kind=kind, offers=offers, digest=digest)


async def test_a_story_tells_what_was_decided_and_who_did_what(enter, world):
    """Beside what came of it: to whom it was offered and why to nobody else, and what supervisors
    did with it, and with the agent who had it; colleagues of another part of the network are told
    by their centre alone."""
    contacts, legs, far = models.contacts.c, models.legs.c, AGENTS["talking"]
    async with world.database.begin() as connection:
        query = (
            select(contacts.call_id, contacts.queued_at, legs.from_at, contacts.centre_id)
            .join(models.legs, legs.call_id == contacts.call_id)
            .join(models.contact_facts, models.contact_facts.c.call_id == contacts.call_id)
            .where(legs.purpose == "offer", contacts.centre_id == "ludza")
        )
        told, queued_at, offered_at, centre = (await connection.execute(query.limit(1))).one()
        act = AuditEntry(
            at=queued_at,
            who=str(await connection.scalar(select(models.users.c.user_id).limit(1))),
            action=Action.CALL_LED,
            object=told,
            purpose="Sieviete ar zīdaini",
            details={"act": "put_first"},
        )
        freed = replace(act, action=Action.AGENT_LED, object=far.agent_id, purpose="Iestrēdzis")
        let_out = replace(freed, details={"act": "release", "calls": [told]})
        other = replace(let_out, purpose="Cits zvans", details={"act": "release", "calls": ["x"]})
        idle = replace(let_out, purpose="Bez zvana", details={"act": "ready"})
        await audit.write(connection, act, let_out, other, idle)
    moments = (("queued", queued_at), ("widened", queued_at + 0.01), ("offered", offered_at))
    for one in decided(told, far.agent_id, *moments):
        world.decisions._keep(one)
    browser = await enter("board")
    story = unescape(await seen(browser, f"/reports/call?id={told}"))
    assert story.count("Kāpēc tā") == 3
    assert story.count(f"Zvanu piedāvā: {far.name}.") == 3
    assert story.count("Atbildēt drīkst vairāk darbinieku") == 1
    assert "Nolikts priekšā visiem." in story
    assert "„Sieviete ar zīdaini”" in story
    assert "Darbinieks atbrīvots no sarunas, piedāvājuma vai pēcapstrādes." in story
    assert "„Iestrēdzis”" in story
    assert "Cits zvans" not in story
    assert "Bez zvana" not in story
    (cookie,) = (one for one in browser.session.cookie_jar if one.key == "cc")
    watching = (await world.accounts.session(cookie.value)).person
    await world.accounts.set_grants(
        watching.user_id, {Grant(role="supervisor", realm=("centre", centre))}, by="test"
    )
    story = unescape(await seen(browser, f"/reports/call?id={told}"))
    assert story.count("Kāpēc tā") == 3
    assert far.name not in story


async def test_services_and_languages_are_called_by_their_names(enter, world):
    """As on their cards, on the report and in a call's story: a code says nothing to a reader."""
    browser = await enter("board")
    page = await seen(browser, f"/reports?{YESTERDAY}&by=service")
    assert "Bērna kopšanas pabalsts" in page
    assert "VSAA-KOPS</th>" not in page
    contacts = models.contacts.c
    async with world.database.connect() as connection:
        helped = select(contacts.call_id).where(
            contacts.services.cast(String) == '["VSAA-KOPS"]', contacts.recorded_at.is_not(None)
        )
        call_id = await connection.scalar(helped.limit(1))
    story = await seen(browser, f"/reports/call?id={call_id}")
    assert "Bērna kopšanas pabalsts" in story
    assert "<dd>latviešu</dd>" in story


async def test_a_test_call_is_told_as_one(enter, world):
    """In the list beneath a figure and in its story; of a citizen's call nothing of it is said."""
    browser = await enter("board")
    contacts = models.contacts.c
    async with world.database.begin() as connection:
        query = select(contacts.call_id).where(contacts.outcome == "abandoned")
        newest = query.order_by(contacts.arrived_at.desc()).limit(2)
        test, citizen = (await connection.execute(newest)).scalars()
        row = {"scripted_id": "1" * 32, "script": "passport", "version": 1, "tester": "x"}
        marks = {"scorecard": "test", "scorecard_version": 1, "marks": {}, "remarks": {}}
        given = {**row, **marks, "begun_at": now(), "call_id": test}
        await connection.execute(models.scripted_calls.insert(), given)
    told = await seen(browser, f"/reports/call?id={test}")
    assert "Kolēģa testa zvans pēc scenārija" in told
    assert "Kolēģa testa zvans" not in await seen(browser, f"/reports/call?id={citizen}")
    page = await seen(browser, f"/reports/calls?{YESTERDAY}&measure=abandoned")
    lines_ = {line for line in page.split("<tr>") if "Testa zvans" in line}
    assert [re.findall(r"/reports/call\?id=([0-9a-f]+)", line) for line in lines_] == [[test]]


async def test_nothing_is_broken_in_the_sample(enter, world):
    """What stands behind the page is whole: each night's rule holds of each of its days."""
    async with world.database.connect() as connection:
        checks = models.report_checks.c
        count, broken = (
            await connection.execute(select(func.count(), func.count().filter(~checks.holds)))
        ).one()
    assert (count, broken) == (reported.DAYS * 8, 0)
    assert "Visas pēdējo 14 dienu summas sakrīt" in await seen(await enter("board"), "/reports")


async def test_failure_demand(enter):
    """A figure of its own, whose formula is printed beneath; its parts add up in each row and in
    the file, and each opens into as many calls as it says."""
    browser = await enter("board")
    page = await seen(browser, f"/reports?{YESTERDAY}&by=queue&view=failure")
    assert "nokavēts solījums + nokavēta lieta + jautājums bez atbildes" in page
    rows = await lines(browser, f"/reports/export?{YESTERDAY}&by=queue&view=failure&form=csv")
    for row in rows:
        assert int(row["failure_demand"]) == sum(int(row[part]) for part in FAILURES)
    total = rows[-1]
    assert int(total["failure_demand"]) > 5
    for figure in ("failure_demand", "asked_again"):
        assert f"measure={figure}" in page
        address = f"/reports/calls?{YESTERDAY}&by=queue&view=failure&measure={figure}"
        assert (await seen(browser, address)).count("/reports/call?id=") == int(total[figure])


async def test_who_sees_what(enter, world):
    """A supervisor of a centre sees the network's figures, of agents and calls only its own; who
    watches sees figures and no calls; an agent nothing."""
    browser = await enter("board")
    person = (await world.accounts.session(next(iter(browser.session.cookie_jar)).value)).person
    centre = AGENTS["held"]
    await world.accounts.set_grants(
        person.user_id, {Grant(role="supervisor", realm=("centre", centre.scene))}, by="test"
    )
    rows = await lines(browser, f"/reports/export?{YESTERDAY}&by=agent")
    assert {row["agent"] for row in rows} == {centre.agent_id, "total"}
    # Nor by asking for the figures of that one alone.
    for agent_id, there in ((centre.agent_id, True), (AGENTS["idle"].agent_id, False)):
        asked = f"{YESTERDAY}&by=day&only=agent&key={agent_id}&view=work"
        *days, total = await lines(browser, f"/reports/export?{asked}&form=csv")
        handled = [int(row["handled"] or 0) for row in (*days, total)]
        assert (sum(handled) > 0) is there
    page = await seen(browser, f"/reports/calls?{YESTERDAY}&measure=answered")
    agents = set(re.findall(r"<td>([^<]*)</td><td>[^<]*</td></tr>", page))
    assert agents == {centre.name}
    async with world.database.connect() as connection:
        contacts = models.contacts.c
        query = select(contacts.call_id).where(contacts.agent_id == AGENTS["idle"].agent_id)
        other = await connection.scalar(query.where(contacts.home_centre_id != centre.scene))
    await seen(browser, f"/reports/call?id={other}", 404)
    await world.accounts.create_user("dpo", PASSWORD, name="D", role="dpo")
    watcher = await enter("dpo")
    await seen(watcher, f"/reports?{YESTERDAY}")
    await seen(watcher, f"/reports/calls?{YESTERDAY}&measure=answered", 403)
    await seen(await enter("idle"), "/reports", 403)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/reports?since=rubbish&until=2026-02-30&by=x&view=x&only=x&key=x", 200),
        ("/reports?since=2026-02-02&until=2026-02-01", 400),
        ("/reports?since=2020-01-01&until=2026-12-31&by=quarter", 400),
        ("/reports/export?since=2026-02-02&until=2026-02-01", 400),
        ("/reports/export?form=exe", 400),
        ("/reports/calls?measure=wait_ms", 400),
        ("/reports/calls?measure=answered&row=999999999999", 400),
        ("/reports/calls?measure=answered&row=99999999&by=week", 400),
        ("/reports/calls?measure=answered&below=rubbish", 200),
        ("/reports/month?what=ministry&month=2026-13", 400),
        ("/reports/month?what=x&month=2026-10", 400),
        ("/reports/call", 400),
        ("/reports/call?id=%00", 404),
        ("/reports?key=%00&only=queue", 200),
    ],
)
async def test_what_is_asked_wrongly(enter, address, status):
    """Is refused, or is as if it had not been asked."""
    await seen(await enter("board"), address, status)


@pytest.mark.parametrize("what", ["ministry", "balance"])
async def test_what_leaves_the_house(enter, what):
    """The month of yesterday, as a file."""
    browser = await enter("board")
    month = (local_day(now()) - timedelta(days=1)).strftime("%Y-%m")
    rows = await lines(browser, f"/reports/month?what={what}&month={month}&form=csv")
    assert rows
    if what == "ministry":
        assert sum(int(row["count"]) for row in rows) > 100
        assert {row["channel"] for row in rows} == {"phone"}


async def test_what_everybody_may_read_is_published_once(enter, world):
    """Of a month that is over: no small number, and whoever asks again, of whatever has become of
    it meanwhile, has the same file; who published it is on record. Of a month that goes on nothing:
    the files of two of its days could be subtracted from each other."""
    browser = await enter("board")
    today = local_day(now())
    over = (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    month = int(over.replace("-", ""))
    row = {"day": month * 100 + 3, "level": "state", "kind": "consultation", "count": 30}
    names = ("centre", "municipality", "came_by", "institution", "service")
    async with world.database.begin() as connection:
        await connection.execute(insert(models.service_days), {**dict.fromkeys(names, ""), **row})
    address = f"/reports/month?what=open&month={over}&form=csv"
    rows = await lines(browser, address)
    assert all(int(one["count"]) >= 5 for one in rows if one["count"])
    async with world.database.begin() as connection:
        await connection.execute(update(models.service_days).values(count=77))
    assert await lines(browser, address) == rows
    made = select(models.audit.c.object).where(models.audit.c.action == Action.OPEN_DATA_PUBLISHED)
    async with world.database.connect() as connection:
        assert (await connection.scalars(made)).all() == [f"{month}/1"]
    running = today.strftime("%Y-%m")
    await seen(browser, f"/reports/month?what=open&month={running}&form=csv", 409)


async def test_without_the_database(enter, world):
    """The page says that it is away."""
    browser = await enter("board")
    await seen(browser, "/reports")
    world.database_away = True
    await seen(browser, "/reports", 503)


async def test_what_callers_said(enter, world):
    """A card of the months; nothing where nobody was asked, and no figure of few."""
    browser = await enter("board")
    address = f"/reports?{YESTERDAY}"
    assert "Zvanītāju vērtējums" not in await seen(browser, address)
    day = (local_day(now()) - timedelta(days=1)).isoformat()
    told = [("benefits", 5, 6), ("benefits", 2, 2), ("taxes", 5, 4)]
    made = [{"day": day, "queue": q, "score": s, "count": n} for q, s, n in told]
    async with world.database.begin() as connection:
        await connection.execute(models.survey_scores.insert(), made)
    page = await seen(browser, address)
    assert "Zvanītāju vērtējums" in page
    assert "4,25" in page
    assert "75,0" in page
    assert "mazāk par piecām atbildēm" in page
