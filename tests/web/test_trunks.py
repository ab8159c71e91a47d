"""The page of trunks: declared, changed and taken away by an administrator of the network."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from agents_ui.shell.texts import read
from contactcentre.storage import tables as models

pytestmark = pytest.mark.web

SAY = {code: language.text for code, language in read().items()}
FORM = {
    "trunk_id": "lmt",
    "name": "LMT <b>līnija</b>",
    "server": "sip.lmt.lv",
    "peers": "192.0.2.10, 192.0.2.64/29",
    "user": "me",
    "secret": "s3cret; [x]",
    "registers": "yes",
    "numbers": "60000100 8345",
    "codecs": "alaw opus",
    "link": "IPsec",
}


async def send(browser, csrf, act="save", **form):
    """A form of the page; status and page of the answer."""
    data = {"csrf": csrf(browser), **form}
    async with browser.post(f"/trunks/{act}", data=data, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def shown(browser, path="/trunks"):
    """The page."""
    async with browser.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def ours(world):
    """Beside that of the sample data."""
    return [row for row in await world.trunks.trunks() if row.trunk_id != "demo"]


async def test_a_trunk_is_declared_and_changed(enter, csrf, world):
    """What is typed is the document; the secret is nowhere but where Asterisk reads it, and stays
    when it is left blank."""
    browser = await enter("admin")
    assert (await send(browser, csrf, **FORM))[0] == 303
    (row,) = await ours(world)
    assert (row.peers, row.numbers) == (("192.0.2.10", "192.0.2.64/29"), ("60000100", "8345"))
    assert (row.codecs, row.registers, row.has_secret) == (("alaw", "opus"), True, True)
    page = await shown(browser)
    assert "LMT &lt;b&gt;līnija" in page
    edited = await shown(browser, "/trunks/lmt")
    assert 'value="192.0.2.10 192.0.2.64/29"' in edited
    assert "s3cret" not in page + edited
    changed = {**FORM, "secret": "", "shows": "60000100", "replace": "yes", "registers": ""}
    assert (await send(browser, csrf, **changed))[0] == 303
    (row,) = await ours(world)
    assert (row.shows, row.registers, row.has_secret) == ("60000100", False, True)
    columns = models.audit.c
    query = select(columns.details).where(columns.object == "trunks/lmt").order_by(columns.number)
    async with world.database.connect() as connection:
        told = list((await connection.execute(query)).scalars())
    assert len(told) == 3
    assert "s3cret" not in "".join(told)
    assert (await send(browser, csrf, "remove", trunk_id="lmt"))[0] == 303
    assert await ours(world) == []
    assert (await send(browser, csrf, "remove", trunk_id="lmt"))[0] == 409


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"server": "x;lr", "user": "a b"}, "trunk lmt, server: must be a host"),
        ({"server": "x;lr", "user": "a b"}, "trunk lmt, user: must be 1 to 64"),
        ({"peers": "0.0.0.0/0"}, "trunk lmt, peers.0: is too wide"),
        ({"municipality": "nowhere"}, "no municipality named &#39;nowhere&#39;"),
        ({"numbers": ""}, "registers needs numbers"),
        ({"link": ""}, "trunk lmt, link: nothing encrypts it"),
        ({"srtp": "yes"}, "srtp needs transport tls"),
        ({"transport": "tls"}, "trunk lmt, transport: SIP over TLS is off: set CC_SIP_TLS_PORT"),
        ({"secret": "two\nlines"}, "the secret must be one line"),
    ],
)
async def test_what_is_wrong_is_told_at_once(enter, csrf, world, change, said):
    """All of it, with its place; what was typed stays, but for the secret, and nothing is kept."""
    status, page = await send(await enter("admin"), csrf, **{**FORM, **change})
    assert status == 400
    assert said in page
    assert "s3cret" not in page
    assert 'value="lmt"' in page
    assert await ours(world) == []


async def test_one_of_that_name_is_not_replaced_unasked(enter, csrf, world):
    """Two windows declare the same."""
    browser = await enter("admin")
    assert (await send(browser, csrf, **FORM))[0] == 303
    status, page = await send(browser, csrf, **FORM)
    assert (status, "is there already" in page) == (400, True)


async def test_without_the_database_the_page_says_so(enter, world):
    """It is no fault of the page."""
    browser = await enter("admin")
    await browser.get("/trunks")
    world.database_away = True
    assert (await browser.get("/trunks")).status == 503
