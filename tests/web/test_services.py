"""The page of services, which those who edit them start from."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from agents_ui.shell.port import Grant
from contactcentre.features.catalogue.missed import MissedSearches
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from lab.pages.people import PASSWORD

pytestmark = pytest.mark.web


@pytest.fixture
async def editor(enter, world):
    """Somebody who edits the services of one institution, and has no other role."""
    user_id = await world.accounts.create_user(
        "editor", PASSWORD, name="Redaktore", role="editor", centre_id="ludza"
    )
    grants = {Grant(role="editor", realm=("institution", "PMLP"))}
    await world.accounts.set_grants(user_id, grants, by="shell")
    return await enter("editor")


async def test_an_editor_starts_at_the_cards(editor):
    """All of today's by their names, and those that words find."""
    async with editor.get("/") as answer:
        assert answer.url.path == "/services"
        every = await answer.text()
    async with editor.get("/services", params={"q": "dzivesvieta"}) as answer:
        found = await answer.text()
    assert 1 < found.count("<details") < every.count("<details")
    assert "Dzīvesvietas deklarēšana" in found


async def test_what_is_asked_for_is_only_text(editor):
    """However it is written, and however long."""
    for text in ("<script>", "ā" * 500, "\0", "%"):
        async with editor.get("/services", params={"q": text}) as answer:
            assert answer.status == 200
            assert "<script>„" not in await answer.text()


async def _look(browser, csrf, words):
    """An agent looks for it in vain."""
    headers = {"X-CSRF": csrf(browser)}
    async with browser.post("/desk/missing", json={"q": words}, headers=headers) as answer:
        assert answer.status == 200


async def test_editors_learn_what_is_looked_for_in_vain(enter, csrf, world, editor):
    """It is counted however it is written; what finds a card, or may be about somebody, is not."""
    agent = await enter("talking")
    for words in ("Zemūdenes  noma", "zemudenes noma", "pase", "xq", "190290-12345", "a@b.lv"):
        await _look(agent, csrf, words)
    (one,) = await world.missed.listed()
    assert (one.words, one.times) == ("zemudenes noma", 2)
    async with editor.get("/services") as answer:
        assert "zemudenes noma" in await answer.text()


async def test_what_is_not_ours_is_so_from_then_on(enter, csrf, world, editor):
    """It leaves the list and is published; what is gone meanwhile is no fault."""
    await _look(await enter("talking"), csrf, "zemūdenes noma")
    for _ in range(2):
        data = {"csrf": csrf(editor), "words": "zemudenes noma"}
        async with editor.post("/services/not-ours", data=data) as answer:
            assert answer.status == 200
    assert await world.missed.listed() == []
    async with world.database.connect() as connection:
        told = await documents.read(connection, models.not_ours)
    assert "zemudenes noma" in [one["phrase"] for one in told]


async def test_the_list_has_an_end(world):
    """Ninety days without such a search, and it is forgotten."""
    days = [0.0]
    missed = MissedSearches(world.database, lambda _: False, clock=lambda: days[0] * 86_400)
    await missed.note("zemūdene")
    days[0] = 60.0
    await missed.note("dirižablis")
    days[0] = 91.0
    assert [one.words for one in await missed.listed()] == ["dirizablis"]
    await missed.note("zirgs")
    async with world.database.connect() as connection:
        kept = await connection.scalars(select(models.missed_searches.c.words))
    assert set(kept) == {"dirizablis", "zirgs"}
