"""Alerts: told once, over restarts, edits and a database that is away."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import event, select

from agents_ui.alerts.letter import letter
from agents_ui.shell import texts
from contactcentre.app.alerting import board_row, calls_lately
from contactcentre.core import events
from contactcentre.core.decisions import Observer
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.figures import Figures
from contactcentre.engine.live import BOARD, Live
from contactcentre.features.alerts import store
from contactcentre.features.alerts import watch as watching
from contactcentre.features.alerts.document import AlertRule
from contactcentre.features.alerts.notice import Notices
from contactcentre.features.alerts.scope import is_open
from contactcentre.features.alerts.service import usual_rules
from contactcentre.features.alerts.watch import AlertWatch
from contactcentre.features.board.service import BoardService
from contactcentre.features.explanations.service import DecisionLog
from contactcentre.settings import ROOT
from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.testing import History, network, profile
from routing.calendar import LOCAL, Calendar

pytestmark = pytest.mark.integration

ORIGIN = "https://zvani.example"
MONDAY = 1_782_115_200.0  # 2026-06-22, 11:00 in Riga
RULE = AlertRule(
    name="Rindā kāds gaida",
    figure="waiting",
    threshold=1,
    clears=0,
    after_s=20,
    clears_after_s=10,
    mail=("anna@ludza.example", "ilze@ludza.example"),
    webhook="https://hooks.example/x",
)
WRITE = partial(letter, texts.read()["lv"], partial(board_row, ORIGIN))


class Hotline:
    """A history behind a real board, and whoever watches it; a round is ten seconds."""

    def __init__(self, engine):
        self.engine = engine
        self.history = History(network(profile(1)))
        self.live, self.figures = Live(), Figures()
        world = self.history.world
        nothing = DecisionLog(Observer(world), database.engine("sqlite://"))
        self.board = BoardService(world, self.figures, self.live, nothing)
        self.at = MONDAY
        self.enquiries_late = 0
        self.watch = self.started()

    def started(self):
        """A process more."""
        return AlertWatch(
            self.engine,
            look=self.board.picture,
            rounds=self.board.changes,
            lately=partial(calls_lately, self.figures),
            is_open=lambda scope, at: is_open(scope, self.history.world.network, at),
            notices=Notices(WRITE, partial(board_row, ORIGIN)),
            enquiries_late=lambda: self.enquiries_late,
            clock=lambda: self.at,
        )

    def rounds(self, count):
        for _ in range(count):
            self.at += 10.0
            self.live._rounds[BOARD] += 1
            self.watch.look(replace(self.board.picture(), at=self.at))

    async def rule(self, rule, rule_id="r1", by="u1"):
        async with self.engine.begin() as connection:
            await store.put(connection, rule_id, rule, at=self.at, by=by)
        await self.watch.read()

    async def rows(self, table):
        async with self.engine.connect() as connection:
            return (await connection.execute(select(table))).mappings().all()

    async def alerts(self):
        await self.watch.write()
        return sorted(await self.rows(models.alerts), key=lambda one: one["raised_at"])

    async def sent(self, kind="mail"):
        return [one for one in await self.rows(models.outbox) if one["kind"] == kind]


@pytest.fixture
async def hotline(database_url):
    """With our tables."""
    async with database.opened(database_url) as engine:
        yield Hotline(engine)


def two_wait(hotline):
    hotline.history.waits(1)
    hotline.history.waits(2)


async def test_questions_that_owners_do_not_answer(hotline):
    """A figure beside those of the board: as any other it raises an alert, and ends it."""
    await hotline.rule(replace(RULE, figure="enquiries_late"))
    hotline.enquiries_late = 3
    hotline.rounds(4)
    (alert,) = await hotline.alerts()
    assert alert["peak"] == 3
    hotline.enquiries_late = 0
    hotline.rounds(3)
    (alert,) = await hotline.alerts()
    assert alert["cleared_at"] is not None


async def test_raised_and_over_are_told_once_each(hotline):
    """By e-mail to each, by webhook, on the board until it is seen, and in the history."""
    await hotline.rule(RULE)
    two_wait(hotline)
    hotline.rounds(2)
    assert await hotline.alerts() == []
    hotline.rounds(3)
    (alert,) = await hotline.alerts()
    assert (alert["raised_at"], alert["cleared_at"], alert["peak"]) == (MONDAY + 30, None, 2)
    first, second = await hotline.sent()
    assert {first["to"], second["to"]} == set(RULE.mail)
    assert first["subject"] == "Brīdinājums: Rindā kāds gaida · Viss tīkls"
    assert f"{ORIGIN}/board" in first["body"]
    (alarm,) = hotline.watch.alarms()
    assert alarm == Alarm(code="alert", since=MONDAY + 30, place=RULE.name)
    hotline.watch.seen(alert["alert_id"], at=hotline.at, by="u1")
    assert list(hotline.watch.alarms()) == []
    hotline.history.waits(3)
    hotline.rounds(1)
    for number in (1, 2, 3):
        hotline.history.hangs_up(number)
    hotline.rounds(2)
    (over,) = await hotline.alerts()
    assert (over["cleared_at"], over["peak"]) == (hotline.at, 3)
    hotline.rounds(20)
    await hotline.watch.write()
    assert len(await hotline.sent()) == 4
    raised, cleared = [json.loads(one["body"]) for one in await hotline.sent("webhook")]
    told = {**raised, **cleared}
    assert {raised["event"], cleared["event"]} == {"alert.raised", "alert.cleared"}
    assert told["of"] == {"dimension": "network", "key": ""}
    assert raised["link"] == f"{ORIGIN}/board"


async def test_a_restart_tells_nothing_twice(hotline):
    """What stands is known from the database, and clears as it would have."""
    await hotline.rule(RULE)
    two_wait(hotline)
    hotline.rounds(4)
    await hotline.watch.write()
    hotline.watch = hotline.started()
    await hotline.watch.read()
    hotline.rounds(20)
    (alert,) = await hotline.alerts()
    assert alert["cleared_at"] is None
    assert len(await hotline.sent()) == 2
    for number in (1, 2):
        hotline.history.hangs_up(number)
    hotline.rounds(3)
    (alert,) = await hotline.alerts()
    assert (alert["cleared_at"] is not None, alert["peak"]) == (True, 2)


async def test_a_database_that_is_away_delays_and_loses_nothing(hotline):
    """Looking goes on meanwhile; what came and went is told in its order."""
    await hotline.rule(RULE)
    away = True

    def refuse(*_):
        if away:
            raise OSError("away")

    await hotline.engine.dispose()
    event.listen(hotline.engine.sync_engine, "do_connect", refuse)
    two_wait(hotline)
    hotline.rounds(4)
    with pytest.raises(database.AWAY):
        await hotline.watch.write()
    hotline.history.hangs_up(1)
    hotline.history.hangs_up(2)
    hotline.rounds(3)
    with pytest.raises(database.AWAY):
        await hotline.watch.write()
    away = False
    (alert,) = await hotline.alerts()
    assert alert["cleared_at"] is not None
    assert len(await hotline.sent()) == 4


@pytest.mark.parametrize(
    ("changes", "stays"),
    [
        ({"threshold": 5, "clears": 0}, True),
        ({"name": "Cits"}, True),
        ({"mail": ()}, True),
        ({"figure": "ready"}, False),
        ({"dimension": "queue", "key": "general"}, False),
        ({"side": "below", "clears": 2}, False),
        ({"active": False}, False),
    ],
)
async def test_a_rule_that_is_edited_while_raised(hotline, changes, stays):
    """About the same, it stands until its figure is well again; about something else, it is over,
    and nobody is told that anything were well."""
    await hotline.rule(RULE)
    two_wait(hotline)
    hotline.rounds(4)
    await hotline.watch.write()
    await hotline.rule(replace(RULE, **changes))
    (alert,) = await hotline.alerts()
    assert (alert["cleared_at"] is None) is stays
    assert len(await hotline.sent()) == 2
    assert (len(hotline.watch.standing) == 1) is stays


async def test_a_rule_that_is_removed_leaves_nothing_standing(hotline):
    """Nor any state of it; who removed it is on record."""
    await hotline.rule(RULE)
    two_wait(hotline)
    hotline.rounds(4)
    async with hotline.engine.begin() as connection:
        await store.drop(connection, "r1", at=hotline.at, by="u2")
    await hotline.watch.read()
    (alert,) = await hotline.alerts()
    assert alert["cleared_at"] is not None
    assert (hotline.watch.standing, hotline.watch._states) == ({}, {})
    made, removed = [
        (one["who"], one["object"], json.loads(one["details"]))
        for one in await hotline.rows(models.audit)
    ]
    assert made[:2] == ("u1", "alert_rules/r1")
    assert removed[0] == "u2"
    assert (made[2]["before"], removed[2]["after"]) == (None, None)


async def test_it_sleeps_outside_its_hours(hotline):
    """By the clock of Riga; what is still so when it wakes is raised then."""
    await hotline.rule(replace(RULE, since=12 * 60, until=13 * 60))
    two_wait(hotline)
    hotline.rounds(300)  # until 11:50
    assert await hotline.alerts() == []
    hotline.rounds(70)
    (alert,) = await hotline.alerts()
    assert alert["raised_at"] == MONDAY + 3600 + 20


async def test_a_figure_of_another_place(hotline):
    """A rule of a queue looks at that queue; of one that is no more, at nothing."""
    await hotline.rule(replace(RULE, name="a", dimension="queue", key="general"), "r1")
    await hotline.rule(replace(RULE, name="b", dimension="queue", key="taxes"), "r2")
    await hotline.rule(replace(RULE, name="c", dimension="queue", key="gone"), "r3")
    two_wait(hotline)
    hotline.rounds(5)
    assert [one["rule_id"] for one in await hotline.alerts()] == ["r2"]
    row = (await hotline.sent())[0]
    assert f"{ORIGIN}/board?by=queue&of=taxes" in row["body"]


async def test_an_outbox_that_is_full_costs_no_alert(hotline, monkeypatch):
    """It stands in the history and on the board."""
    monkeypatch.setattr("contactcentre.storage.outbox.MOST_WAITING", 1)
    await hotline.rule(RULE)
    two_wait(hotline)
    hotline.rounds(4)
    assert len(await hotline.alerts()) == 1
    assert await hotline.sent() == []


async def test_a_worse_value_is_kept_over_a_restart(hotline):
    """Written once a minute, and no more often."""
    await hotline.rule(RULE)
    two_wait(hotline)
    hotline.rounds(4)
    hotline.history.waits(3)
    hotline.rounds(7)
    (alert,) = await hotline.alerts()
    assert alert["peak"] == 3
    assert len(await hotline.sent()) == 2


async def test_it_runs_by_the_rounds_of_the_board(hotline, monkeypatch):
    """As the service runs it."""
    monkeypatch.setattr(watching, "AGAIN_S", 0.02)
    await hotline.rule(replace(RULE, after_s=0))
    two_wait(hotline)
    hotline.live._paces[BOARD] = 0.01
    jobs = [asyncio.create_task(one) for one in (hotline.live.run(), hotline.started().run())]
    try:
        async with asyncio.timeout(10):
            while not await hotline.sent():
                hotline.live.nudge(BOARD)
                await asyncio.sleep(0.01)
    finally:
        for job in jobs:
            job.cancel()
            with suppress(asyncio.CancelledError):
                await job
    assert len(await hotline.sent()) == 2


CHIEF = "vaditaja@ludza.example"
PASSED_ON = replace(RULE, then_mail=(CHIEF, "ilze@ludza.example"), then_after_s=120)


async def test_what_nobody_looks_after_is_told_to_others(hotline):
    """Once, a restart later too; and they hear when it is over."""
    await hotline.rule(PASSED_ON)
    two_wait(hotline)
    hotline.rounds(3 + 11)
    await hotline.watch.write()
    assert CHIEF not in [one["to"] for one in await hotline.sent()]
    hotline.rounds(1)
    (alert,) = await hotline.alerts()
    assert alert["passed_on_at"] == hotline.at == alert["raised_at"] + 120
    told = [one["subject"] for one in await hotline.sent() if one["to"] == CHIEF]
    assert told == ["Neviens par to nerūpējas: Rindā kāds gaida · Viss tīkls"]
    hotline.watch = hotline.started()
    await hotline.watch.read()
    hotline.rounds(20)
    await hotline.watch.write()
    assert len([one for one in await hotline.sent() if one["to"] == CHIEF]) == 1
    for number in (1, 2):
        hotline.history.hangs_up(number)
    hotline.rounds(3)
    await hotline.watch.write()
    over = Counter(one["to"] for one in await hotline.sent() if one["subject"][:4] == "Beid")
    assert over == {"anna@ludza.example": 1, "ilze@ludza.example": 1, CHIEF: 1}


async def test_nobody_is_woken_in_quiet_hours(hotline):
    """What was raised before them is passed on when the rule is awake again, if it still stands."""
    await hotline.rule(replace(PASSED_ON, since=8 * 60, until=11 * 60 + 2))
    two_wait(hotline)
    hotline.rounds(60)  # until 11:10
    (alert,) = await hotline.alerts()
    assert (alert["raised_at"], alert["passed_on_at"]) == (MONDAY + 30, None)
    hotline.at = MONDAY + 21 * 3600 - 10  # eight in the morning
    hotline.rounds(1)
    (alert,) = await hotline.alerts()
    assert alert["passed_on_at"] == MONDAY + 21 * 3600
    assert [one["to"] for one in await hotline.sent()].count(CHIEF) == 1


@pytest.mark.parametrize("restarted", [False, True])
async def test_what_ends_in_quiet_hours_is_told_when_they_are_over(hotline, restarted):
    """Nobody is woken by good news, a machine is told at once; in the morning, also after a
    restart, each is told once, with the time at which it ended."""
    await hotline.rule(replace(RULE, since=8 * 60, until=11 * 60 + 2))
    two_wait(hotline)
    hotline.rounds(12)  # until 11:02
    for number in (1, 2):
        hotline.history.hangs_up(number)
    hotline.rounds(6)
    (alert,) = await hotline.alerts()
    assert alert["cleared_at"] == MONDAY + 140
    assert len(await hotline.sent()) == 2  # of its beginning
    assert [json.loads(one["body"])["event"] for one in await hotline.sent("webhook")] == [
        "alert.raised",
        "alert.cleared",
    ]
    if restarted:
        hotline.watch = hotline.started()
        await hotline.watch.read()
    hotline.at = MONDAY + 21 * 3600 - 20  # ten seconds before eight in the morning
    hotline.rounds(1)
    await hotline.watch.write()
    assert len(await hotline.sent()) == 2
    hotline.rounds(3)
    (told,) = await hotline.alerts()
    assert told == {**alert, "owed": False}
    over = [one for one in await hotline.sent() if one["subject"][:4] == "Beid"]
    assert Counter(one["to"] for one in over) == dict.fromkeys(RULE.mail, 1)
    assert all("11:02" in one["body"] for one in over)
    assert len(await hotline.sent("webhook")) == 2


async def test_a_rule_that_is_no_more_still_owes_what_it_told(hotline):
    """Its beginning was told; it ended by itself."""
    await hotline.rule(replace(RULE, since=8 * 60, until=11 * 60 + 2))
    two_wait(hotline)
    hotline.rounds(12)
    for number in (1, 2):
        hotline.history.hangs_up(number)
    hotline.rounds(6)
    async with hotline.engine.begin() as connection:
        await store.drop(connection, "r1", at=hotline.at, by="u1")
    await hotline.watch.read()
    hotline.at = MONDAY + 21 * 3600
    hotline.rounds(1)
    await hotline.watch.write()
    assert len(await hotline.sent()) == 4


async def test_who_looks_after_it_keeps_it_from_others(hotline):
    """Nobody else is told then."""
    await hotline.rule(PASSED_ON)
    two_wait(hotline)
    hotline.rounds(5)
    (alert,) = await hotline.alerts()
    hotline.watch.seen(alert["alert_id"], at=hotline.at, by="u1")
    hotline.rounds(20)
    await hotline.watch.write()
    assert CHIEF not in [one["to"] for one in await hotline.sent()]


async def test_only_while_it_is_open(hotline):
    """Nothing is raised on a public holiday, whatever its day of the week."""
    holiday = datetime.fromtimestamp(MONDAY, LOCAL).date().isoformat()
    usual = Calendar(weekly=(((8 * 60, 17 * 60),),) * 7)
    two_wait(hotline)
    await hotline.rule(replace(RULE, open_only=True))
    for calendar, raised in ((replace(usual, holidays=frozenset({holiday})), 0), (usual, 1)):
        given = replace(hotline.history.world.network, calendars={"hotline": calendar})
        hotline.history.apply(events.NetworkPublished(at=hotline.history.at, network=given))
        hotline.rounds(6)
        assert len(await hotline.alerts()) == raised


async def test_what_waits_to_be_written_is_bounded(hotline):
    """By the last thousand turns."""
    await hotline.rule(replace(RULE, after_s=0, clears_after_s=0))
    for number in range(1, 700):
        hotline.history.waits(2 * number)
        hotline.history.waits(2 * number + 1)
        hotline.rounds(1)
        hotline.history.hangs_up(2 * number)
        hotline.history.hangs_up(2 * number + 1)
        hotline.rounds(1)
    assert len(hotline.watch._unwritten) == watching.MOST_UNWRITTEN


async def test_the_usual_rules_can_be_read():
    """And each is kept as it is read."""
    rules = usual_rules(ROOT / "config" / "starter" / "alerts.yaml")
    assert len({one.name for one in rules}) == len(rules) == 8


async def test_two_hundred_rules_cost_less_than_a_millisecond_a_round(hotline):
    """Of processor time, of the best of some rounds: others have the machine too."""
    for number in range(200):
        figure = ("waiting", "longest_wait", "service_level", "ready", "agents_long")[number % 5]
        async with hotline.engine.begin() as connection:
            rule = replace(RULE, name=f"r{number}", figure=figure, threshold=100, least_calls=1)
            await store.put(connection, f"r{number}", rule, at=hotline.at, by="u1")
    await hotline.watch.read()
    two_wait(hotline)
    hotline.rounds(3)
    took = []
    for number in range(30):
        sight = replace(hotline.board.picture(), at=hotline.at + number)
        begun = time.process_time()
        hotline.watch.look(sight)
        took.append(time.process_time() - begun)
    assert min(took) < 0.001
