"""The page of notices: what callers are told, by whom, and how it is taken back."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import select

from agents_ui.notices.port import LONGEST
from contactcentre.features.notices.service import MOST, prepared_words
from contactcentre.features.publication.network import load
from contactcentre.settings import ROOT
from contactcentre.storage import tables as models

pytestmark = pytest.mark.web

FORM = {"text-lv": "Portāls nestrādā.", "text-en": "The portal is down.", "to": "", "hours": "4"}


async def send(browser, csrf, path="/notices/publish", **fields):
    """A form of the page; status, where it leads, and what it shows."""
    data = {"csrf": csrf(browser), **fields}
    async with browser.post(path, data=data, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), unescape(await answer.text())


async def read(browser, path="/notices"):
    async with browser.get(path) as answer:
        assert answer.status == 200
        return unescape(await answer.text())


async def kept(world):
    """The notices that the next version of the network has."""
    return (await load(world.database)).notices


async def test_a_notice_is_published_and_taken_back(enter, csrf, world):
    """From the next version of the network on; who did either is on record."""
    browser = await enter("board")
    status, to, _ = await send(browser, csrf, **FORM)
    assert status == 303
    (notice,) = await kept(world)
    assert world.spoken == [{code: {notice.prompt: said} for code, said in notice.texts.items()}]
    assert notice.texts == {"lv": "Portāls nestrādā.", "en": "The portal is down."}
    assert notice.until_at == notice.from_at + 4 * 3600
    assert not notice.queues + notice.centres + notice.municipalities
    page = await read(browser, to)
    assert "Portāls nestrādā." in page
    assert page.count(f'value="{notice.notice_id}"') == 2  # in the list, and to be taken back
    ended = await send(browser, csrf, "/notices/end", notice=notice.notice_id)
    assert ended[0] == 303
    assert await kept(world) == ()
    assert (await send(browser, csrf, "/notices/end", notice=notice.notice_id))[0] == 404
    async with world.database.connect() as connection:
        audit = models.audit.c
        query = select(audit.who).where(audit.object == f"notices/{notice.notice_id}")
        who = list((await connection.execute(query)).scalars())
    assert len(who) == 2
    assert "shell" not in who


async def test_prepared_words_are_a_click_away(enter, world):
    """Each fills the form, in every language that callers hear; what is to be filled in is asked
    for, and no text is too long."""
    browser = await enter("board")
    words = prepared_words(ROOT / "config" / "starter" / "notices.yaml")
    assert len(words) >= 5
    for number, one in enumerate(words):
        page = await read(browser, f"/notices?like={number}")
        assert one.texts["lv"] in page
        assert {"lv", "ru", "en"} <= one.texts.keys()
        assert all(len(text) <= LONGEST for text in one.texts.values())
    assert words[0].texts["lv"] not in await read(browser, "/notices?like=99")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text-lv": " "}, "texts"),
        ({"text-lv": "x" * (LONGEST + 1)}, "texts"),
        ({"text-ru": "Буря [место]"}, "texts"),
        ({"to": "queue:nowhere"}, "to"),
        ({"hours": "5"}, "hours"),
        ({"begins": "tomorrow"}, "begins"),
        ({"begins": "2001-01-01T08:00"}, "begins"),
        ({"begins": "2026-01-01T08:00+02:00"}, "begins"),
    ],
)
async def test_what_cant_be_told_is_told_at_its_field(enter, csrf, world, wrong, field):
    """With what was typed, and callers hear nothing."""
    browser = await enter("board")
    status, _, page = await send(browser, csrf, **{**FORM, **wrong})
    assert status == 400
    assert f'id="wrong-{field}"' in page
    assert "The portal is down." in page
    assert await kept(world) == ()


async def test_so_many_and_no_more(enter, csrf, world):
    """Nobody listens to more before the wait."""
    browser = await enter("board")
    for _ in range(MOST):
        assert (await send(browser, csrf, **FORM))[0] == 303
    assert (await send(browser, csrf, **FORM))[0] == 400


async def test_a_part_of_the_network_tells_its_own_callers(enter, csrf, world, grant):
    """Who leads a municipality or a centre tells the callers there, and nobody else's; nor ends
    what others have published."""
    browser = await enter("board")
    assert (await send(browser, csrf, **FORM))[0] == 303
    (everybodys,) = await kept(world)
    centre = next(iter(world.world.network.centres.values()))
    await grant(browser, "supervisor", ("municipality", centre.municipality))
    for to in ("", "queue:general", "municipality:nowhere"):
        assert (await send(browser, csrf, **{**FORM, "to": to}))[0] == 400, to
    for to in (f"municipality:{centre.municipality}", f"centre:{centre.centre_id}"):
        assert (await send(browser, csrf, **{**FORM, "to": to}))[0] == 303, to
    assert (await send(browser, csrf, "/notices/end", notice=everybodys.notice_id))[0] == 404
    await grant(browser, "supervisor", ("centre", centre.centre_id))
    town = f"municipality:{centre.municipality}"
    assert (await send(browser, csrf, **{**FORM, "to": town}))[0] == 400
    (towns,) = (one for one in await kept(world) if one.municipalities)
    (own,) = (one for one in await kept(world) if one.centres)
    assert (await send(browser, csrf, "/notices/end", notice=towns.notice_id))[0] == 404
    assert (await send(browser, csrf, "/notices/end", notice=own.notice_id))[0] == 303


async def test_words_are_heard_before_they_are_published(enter, csrf, world):
    """As callers will hear them; a voice that cannot speak is told plainly."""
    browser = await enter("board")
    headers = {"X-CSRF": csrf(browser)}

    async def hear(**asked):
        return await browser.post("/notices/hear", json=asked, headers=headers)

    answer = await hear(language="lv", text="Vētra.")
    assert (answer.status, answer.content_type) == (200, "audio/wav")
    assert (await answer.read())[:4] == b"RIFF"
    assert (await hear(language="xx", text="Vētra.")).status == 400
    assert (await hear(language="lv", text="x" * (LONGEST + 1))).status == 400
    world.cannot_speak = "no voice"
    assert (await hear(language="lv", text="Vētra.")).status == 503
    assert (await send(browser, csrf, **FORM))[0] == 400  # a tone would be all that callers hear
    assert await kept(world) == ()


async def test_who_may_not(enter, grant):
    """An agent has no such page, nor its link."""
    browser = await enter("board")
    await grant(browser, "agent", ("network", ""))
    assert (await browser.get("/notices")).status == 403


async def test_without_the_database(enter, csrf, world):
    """It says so, and nothing is half done."""
    browser = await enter("board")
    world.database_away = True
    assert (await browser.get("/notices")).status == 503
    assert (await send(browser, csrf, **FORM))[0] == 503
    world.database_away = False
    assert await kept(world) == ()
