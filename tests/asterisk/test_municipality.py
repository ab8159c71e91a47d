"""A citizen spells a municipality on the keypad of a real telephone."""

import pytest

from lab.hotline import Rehearsal, hears_speech

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

COUNTED = "SELECT key FROM flow_counts WHERE node = '{}' AND what = '{}'"
JEKABPILS = "535#"
MUNICIPAL = "4"


async def until(hotline: Rehearsal, node: str, what: str) -> None:
    """Wait until this has happened to the caller."""
    await hotline.until_rows(COUNTED.format(node, what), 1)


async def test_a_municipality_is_spelled(hotline: Rehearsal) -> None:
    """Letters, then the one that fits, then the queue; a centre's own number is not asked."""
    await hotline.start_service()
    async with hotline.telephone() as citizen:
        talk = await citizen.call("60000100", "+37120000001")
        for key, node, what in (
            (MUNICIPAL, "municipality", "entered"),
            (JEKABPILS, "municipality", "typed"),
            ("1", "municipality", "chosen"),
        ):
            await hears_speech(talk)
            talk.media.press(key)
            await until(hotline, node, what)
        await hotline.until_calls(waiting=1)
        (journal,) = await hotline.until_rows(
            "SELECT queue FROM contacts WHERE queued_at IS NOT NULL", 1
        )
        assert journal["queue"] == "municipal"
        home = await citizen.call("60000101", "+37120000002")
        await hears_speech(home)
        home.media.press(MUNICIPAL)
        await hotline.until_calls(waiting=2)
        for one in (talk, home):
            await one.hang_up()
