"""The pages of accounts: found, made, given roles, switched off, as far as one's roles reach."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from sqlalchemy import select

from agents_ui.accounts.page import ROLES, WRONG
from agents_ui.shell.port import NETWORK, Grant, Person, WrongPassword
from agents_ui.shell.texts import read
from contactcentre.features.accounts import people
from contactcentre.features.accounts.people import PeopleService
from contactcentre.storage import tables as models
from lab.pages.people import PASSWORD

pytestmark = pytest.mark.web

SAY = {code: language.text for code, language in read().items()}
HERE, BESIDE = ("municipality", "jekabpils"), ("municipality", "ludza")
NEW = {"name": "Zane Ļaudone", "username": "zane", "role": "supervisor", "realm": "centre:talking"}


def admin(*realms, user_id="somebody"):
    """An administrator of these realms."""
    grants = frozenset(Grant(role="admin", realm=realm) for realm in realms)
    return Person(user_id=user_id, name="Somebody", grants=grants)


@pytest.fixture
def accounts(world):
    """The accounts as administrators see them."""
    return PeopleService(world.accounts)


@pytest.fixture
async def make(world):
    """Make an account: its id."""

    async def made(name, role="agent", realm=NETWORK, **more):
        return await world.accounts.create_user(
            name.casefold(), PASSWORD, name=name, role=role, realm=realm, **more
        )

    return made


async def names(accounts, person, search=""):
    """Those who are found."""
    found = await accounts.find(search, number=1, person=person)
    return [one.name for one in found.accounts]


# --- whom one sees -------------------------------------------------------------------------


async def test_an_administrator_sees_as_far_as_the_roles_reach(accounts, make):
    """An account by one of its roles or by its centre; of another municipality nothing."""
    await make("Network", "supervisor")
    await make("Here", "supervisor", HERE)
    await make("Centre", "agent", ("centre", "ludza"))
    await make("Desk", "agent", NETWORK, centre_id="ludza")
    everybody = {"Network", "Here", "Centre", "Desk"}
    for realm, seen in (
        (NETWORK, everybody),
        (HERE, {"Here"}),
        (BESIDE, {"Centre", "Desk"}),
        (("centre", "ludza"), {"Centre", "Desk"}),
    ):
        found = await accounts.find("", number=1, person=admin(realm))
        assert found.found == len(found.accounts) or found.pages > 1
        assert {one.name for one in found.accounts} & everybody == seen


async def test_search_and_order(accounts, make):
    """Without marks over letters, in any order of words, by role too; in Latvian order."""
    for name in ("Ļena Cīrule", "Lena Čakste", "Lauma Cīrule", "Līga Cīrule"):
        await make(name, "editor", BESIDE)
    order = ["Lauma Cīrule", "Lena Čakste", "Līga Cīrule", "Ļena Cīrule"]
    assert await names(accounts, admin(BESIDE), "editor") == order
    assert await names(accounts, admin(BESIDE), "cirule lena") == ["Ļena Cīrule"]
    assert await names(accounts, admin(BESIDE), "novads editor cakste") == ["Lena Čakste"]
    assert await names(accounts, admin(HERE), "cakste") == []


async def test_pages(accounts, world, monkeypatch):
    """So many at a time; a number beyond the last is the last."""
    monkeypatch.setattr(people, "PAGE", 5)
    pages = [await accounts.find("", number=n, person=admin(NETWORK)) for n in (1, 2, 99, -3)]
    assert [len(one.accounts) for one in pages[:2]] == [5, 5]
    assert pages[2].number == pages[0].pages
    assert pages[3].accounts == pages[0].accounts
    assert not {one.user_id for one in pages[0].accounts} & {
        one.user_id for one in pages[1].accounts
    }


# --- what one may do -----------------------------------------------------------------------


async def test_nobody_changes_their_own(accounts, world, make):
    """So nobody lifts themselves up, and the last administrator stays."""
    own = await make("Own", "admin")
    person = admin(NETWORK, user_id=own)
    for act in (
        accounts.give(own, Grant(role="dpo"), person=person),
        accounts.take(own, Grant(role="admin"), person=person),
        accounts.set_active(own, active=False, person=person),
        accounts.end_sessions(own, person=person),
    ):
        with pytest.raises(LookupError):
            await act
    assert not (await accounts.account(own, person=person)).may_edit


async def test_a_municipality_is_no_way_to_the_network(accounts, make):
    """Its administrator gives roles within it, and changes no account that has one beyond it: not
    its password, not its log-ins, not whether it is on."""
    wide = await make("Wide", "supervisor", HERE)
    mine = await make("Mine", "agent", ("centre", "talking"), centre_id="talking")
    await accounts.give(wide, Grant(role="admin"), person=admin(NETWORK))
    person = admin(HERE)
    for grant in (
        Grant(role="admin"),
        Grant(role="supervisor", realm=BESIDE),
        Grant(role="supervisor", realm=("centre", "ludza")),
        Grant(role="supervisor", realm=("centre", "no such")),
        Grant(role="auditor", realm=HERE),
        Grant(role="dpo", realm=("centre", "talking")),
    ):
        with pytest.raises(LookupError):
            await accounts.give(mine, grant, person=person)
    for act in (
        accounts.set_active(wide, active=False, person=person),
        accounts.end_sessions(wide, person=person),
        accounts.give(wide, Grant(role="agent", realm=HERE), person=person),
        accounts.take(wide, Grant(role="admin"), person=person),
    ):
        with pytest.raises(LookupError):
            await act
    await accounts.take(wide, Grant(role="supervisor", realm=HERE), person=person)
    await accounts.give(mine, Grant(role="admin", realm=HERE), person=person)
    choices = await accounts.choices(person)
    assert {"auditor", "dpo"}.isdisjoint(choices.roles)
    assert HERE in dict(choices.realms)
    assert not {NETWORK, BESIDE, ("centre", "ludza")} & dict(choices.realms).keys()


async def test_it_is_written_down(accounts, world, make):
    """Who gave and took what, with before and after, and that somebody was switched off."""
    user_id = await make("Anna", "agent", HERE)
    person = admin(NETWORK)
    await accounts.give(user_id, Grant(role="editor", realm=HERE), person=person)
    await accounts.set_active(user_id, active=False, person=person)
    columns = models.audit.c
    query = select(columns.action, columns.purpose, columns.details).where(
        columns.object == user_id, columns.who == "somebody"
    )
    async with world.database.connect() as connection:
        rows = [tuple(row) for row in await connection.execute(query.order_by(columns.number))]
    before, after = "agent@municipality:jekabpils", "editor@municipality:jekabpils"
    told = [(action, why, json.loads(details or "null")) for action, why, details in rows]
    assert told == [
        (
            "account.changed",
            "",
            {"before": {"roles": [before]}, "after": {"roles": [before, after]}},
        ),
        ("account.changed", "", {"before": {"active": True}, "after": {"active": False}}),
        ("sessions.ended", "disabled", None),
    ]


# --- the pages -----------------------------------------------------------------------------


async def test_an_account_is_made(enter, csrf, world):
    """Its first password is shown once, and opens what the role opens."""
    browser = await enter("admin")
    answer = await browser.post("/accounts/new", data={"csrf": csrf(browser), **NEW})
    page = await answer.text()
    (password,) = re.findall(r'id="password">([^<]+)<', page)
    session = await world.accounts.log_in("zane", password, address="a")
    assert session.person.grants == {Grant(role="supervisor", realm=("centre", "talking"))}
    again = await (await browser.get(f"/accounts/{session.person.user_id}")).text()
    assert password not in again
    assert "Zane Ļaudone" in unescape(again)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"name": " "}, "name"),
        ({"username": ""}, "username"),
        ({"username": "admin"}, "taken"),
        ({"role": "king"}, "role"),
        ({"realm": ""}, "role"),
        ({"realm": "centre:no such"}, "role"),
        ({"realm": "moon:x"}, "role"),
        ({"agent": "a51"}, "agent"),
    ],
)
async def test_what_is_wrong_is_said(enter, csrf, changed, wrong):
    """And what was filled in is still there."""
    browser = await enter("admin")
    form = {"csrf": csrf(browser), **NEW, **changed}
    answer = await browser.post("/accounts/new", data=form)
    assert answer.status == 400
    page = unescape(await answer.text())
    assert SAY["lv"](WRONG[wrong]) in page
    if "name" not in changed:
        assert 'value="Zane Ļaudone"' in page


@pytest.mark.parametrize("locale", ["lv", "en"])
async def test_roles_in_words(enter, csrf, make, locale):
    """Given and taken on the page, in the reader's language."""
    user_id = await make("Anna", "agent", ("centre", "talking"))
    browser = await enter("admin")
    browser.session.cookie_jar.update_cookies({"lang": locale})
    for role in ROLES:
        form = {"csrf": csrf(browser), "role": role, "realm": "municipality:ludza"}
        page = await (await browser.post(f"/accounts/{user_id}/give", data=form)).text()
        assert f"<b>{SAY[locale](ROLES[role])}</b><br>Ludzas novads" in page
        page = await (await browser.post(f"/accounts/{user_id}/take", data=form)).text()
        assert f"<b>{SAY[locale](ROLES[role])}</b><br>Ludzas novads" not in page


async def test_switched_off_and_on(enter, csrf, make, world):
    """Off, nobody logs in with it; on, as before."""
    user_id = await make("anna", "supervisor")
    browser = await enter("admin")
    for active, word in (("no", "Account off"), ("yes", "Not logged in")):
        form = {"csrf": csrf(browser), "active": active}
        page = await (await browser.post(f"/accounts/{user_id}/active", data=form)).text()
        assert SAY["lv"](word) in page
        if active == "no":
            with pytest.raises(WrongPassword):
                await world.accounts.log_in("anna", PASSWORD, address="a")
    await world.accounts.log_in("anna", PASSWORD, address="a")
    form = {"csrf": csrf(browser)}
    page = await (await browser.post(f"/accounts/{user_id}/sessions", data=form)).text()
    assert SAY["lv"]("Not logged in") in page


async def test_a_search_leaves_no_name_in_an_address(enter, csrf, make):
    """It is posted; what is searched for, and all that is not understood, is told calmly."""
    await make("Zane Ļaudone")
    browser = await enter("admin")
    for page in ("1", "٣", "-1", "9" * 40, "x"):
        form = {"csrf": csrf(browser), "search": "laudone", "page": page}
        answer = await browser.post("/accounts", data=form)
        assert answer.url.query_string == ""
        assert "Zane Ļaudone" in unescape(await answer.text())
    assert 'method="get"' not in await (await browser.get("/accounts")).text()
