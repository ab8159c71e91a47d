"""The page of services, which those who edit them start from."""

from __future__ import annotations

import pytest

from agents_ui.shell.port import Grant
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
