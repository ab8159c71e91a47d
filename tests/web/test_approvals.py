"""What one person asks for and another approves: the page, and what comes of it."""

from __future__ import annotations

from html import unescape
from typing import get_args

import pytest

from agents_ui.approvals.page import ACTS
from agents_ui.shell.permissions import TABLE, Act
from agents_ui.shell.port import NETWORK, Grant, Person, Role
from agents_ui.shell.texts import read
from contactcentre.features.approvals.service import ApprovalService, NotAllowed, NotApproved

pytestmark = pytest.mark.web

SAY = {code: language.text for code, language in read().items()}
BEFORE = [act for act, rule in TABLE.items() if rule.second == "before"]


def officer(user_id: str, role: Role = "dpo", realm=NETWORK) -> Person:
    """Somebody with one role."""
    return Person(user_id=user_id, name=user_id, grants=frozenset({Grant(role=role, realm=realm)}))


@pytest.fixture
def clock():
    """A clock that a test sets."""
    return [1_800_000_000.0]


@pytest.fixture
def approvals(world, clock):
    """The requests, by that clock."""
    return ApprovalService(world.database, clock=lambda: clock[0])


async def erasing(approvals, **more) -> str:
    """The officer asks for the erasure of a citizen."""
    why = "pieprasījums 7"
    return await approvals.ask(Act.CITIZENS_ERASE, "c-7", why=why, person=officer("first"), **more)


async def test_it_is_done_once_by_who_asked(approvals):
    """Not before it is approved, not by another, not of another, and not twice."""
    approval_id = await erasing(approvals)
    with pytest.raises(NotApproved):
        await approvals.use(Act.CITIZENS_ERASE, "c-7", person=officer("first"))
    assert await approvals.decide(approval_id, approved=True, person=officer("second"))
    for act, of, who in (
        (Act.CITIZENS_ERASE, "c-8", "first"),
        (Act.CONTACTS_EXPORT, "c-7", "first"),
        (Act.CITIZENS_ERASE, "c-7", "second"),
    ):
        with pytest.raises(NotApproved):
            await approvals.use(act, of, person=officer(who))
    used = await approvals.use(Act.CITIZENS_ERASE, "c-7", person=officer("first"))
    assert used == "second"
    with pytest.raises(NotApproved):
        await approvals.use(Act.CITIZENS_ERASE, "c-7", person=officer("first"))


async def test_nobody_is_the_second_person_of_themselves(approvals):
    """Whatever roles they have."""
    approval_id = await erasing(approvals)
    assert not await approvals.decide(approval_id, approved=True, person=officer("first"))
    (seen,) = await approvals.waiting(officer("first"))
    assert seen.mine


async def test_a_decision_is_for_good(approvals):
    """What is refused is not approved later, and the other way round."""
    approval_id = await erasing(approvals)
    assert await approvals.decide(approval_id, approved=False, person=officer("second"))
    assert not await approvals.decide(approval_id, approved=True, person=officer("third"))
    with pytest.raises(NotApproved):
        await approvals.use(Act.CITIZENS_ERASE, "c-7", person=officer("first"))


async def test_its_time_is_up(approvals, clock):
    """Neither to be approved nor to be used after it."""
    late, used = await erasing(approvals, within_s=60), await erasing(approvals, within_s=60)
    assert await approvals.decide(used, approved=True, person=officer("second"))
    clock[0] += 60
    assert await approvals.waiting(officer("second")) == []
    assert not await approvals.decide(late, approved=True, person=officer("second"))
    with pytest.raises(NotApproved):
        await approvals.use(Act.CITIZENS_ERASE, "c-7", person=officer("first"))


@pytest.mark.parametrize("act", BEFORE)
@pytest.mark.parametrize("role", get_args(Role))
async def test_every_cell(approvals, act, role):
    """Whoever the table lets do it may ask; whoever it names may be the second person, in a realm
    in which the object lies; nobody else so much as sees it."""
    rule = TABLE[act]
    if role not in rule.roles:
        with pytest.raises(NotAllowed):
            await approvals.ask(act, "x", why="?", person=officer("first", role))
    (asking,) = list(rule.roles)[:1]
    approval_id = await approvals.ask(act, "x", why="?", person=officer("first", asking))
    second, beside = officer("u", role), officer("u", role, ("municipality", "ludza"))
    with pytest.raises(LookupError):
        await approvals.decide(approval_id, approved=True, person=beside)
    if role in (rule.seconds or rule.roles):
        assert len(await approvals.waiting(second)) == 1
        assert await approvals.decide(approval_id, approved=True, person=second)
    else:
        assert await approvals.waiting(second) == []
        with pytest.raises(LookupError):
            await approvals.decide(approval_id, approved=True, person=second)


def test_every_act_has_words():
    """Whatever asks for a second person before it is done is told in words on the page."""
    assert set(ACTS) == set(BEFORE)


@pytest.mark.parametrize("locale", ["lv", "en"])
async def test_the_page(enter, csrf, world, locale):
    """It says who asks for what and why; approved, it is gone from the page; too late is said."""
    browser = await enter("admin")
    browser.session.cookie_jar.update_cookies({"lang": locale})
    approval_id = await erasing(world.approvals)
    page = unescape(await (await browser.get("/approvals")).text())
    for text in (ACTS[Act.CITIZENS_ERASE], "Approve", "Refuse"):
        assert SAY[locale](text) in page
    assert "pieprasījums 7" in page
    form = {"csrf": csrf(browser), "approval": approval_id, "decision": "approve"}
    for status in (303, 409):
        answer = await browser.post("/approvals/decide", data=form, allow_redirects=False)
        assert answer.status == status
    assert SAY[locale]("Nothing waits for you.") in await answer.text()
    for wrong, status in (({"approval": "none"}, 404), ({"decision": "maybe"}, 400)):
        answer = await browser.post("/approvals/decide", data={**form, **wrong})
        assert answer.status == status
