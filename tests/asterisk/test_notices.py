"""A notice is published on its page, and the next caller hears it; taken back, nobody does."""

import re

import pytest

from lab.hotline import Rehearsal, hears_speech, until
from lab.listening import hears

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

LEADER, HOTLINE = "dace.zvaigznucela", "60000100"
WORDS = "Vētras dēļ Ludzas novadā daļa klientu apkalpošanas centru šodien ir slēgta."
HEARD = "SELECT notices FROM contacts WHERE ended_at IS NOT NULL ORDER BY arrived_at"


async def test_published_heard_and_taken_back(hotline: Rehearsal) -> None:
    """The words are spoken within seconds; who hangs up on them was informed."""
    await hotline.start_service()
    origin = hotline.settings.panel_origin
    async with hotline.client(LEADER) as client, hotline.telephone() as citizen:
        async with client.get(f"{origin}/notices") as page:
            token = re.search(r'name="csrf" value="([^"]+)"', await page.text())
        assert token is not None
        version = (await hotline.figures())["configuration_version"]
        form = {"csrf": token[1], "text-lv": WORDS, "to": "", "hours": "1"}
        async with client.post(f"{origin}/notices/publish", data=form) as answer:
            notice_id = answer.url.query["made"]

        async def told() -> bool:
            return (await hotline.figures())["configuration_version"] > version

        await until(told, "it is not taken up", 10)
        prompt = f"notice/{notice_id}"
        talk = await citizen.call(HOTLINE, "+37120000001")
        await hears(hotline, talk, prompt)
        await talk.hang_up()
        assert notice_id in (await hotline.until_rows(HEARD, 1))[0]["notices"]
        before = (await hotline.figures())["configuration_version"]
        form = {"csrf": token[1], "notice": notice_id}
        async with client.post(f"{origin}/notices/end", data=form) as answer:
            answer.raise_for_status()

        async def taken_up() -> bool:
            return (await hotline.figures())["configuration_version"] > before

        await until(taken_up, "it is not taken back", 10)
        talk = await citizen.call(HOTLINE, "+37120000002")
        await hears_speech(talk)
        talk.media.press("1")
        await hotline.until_calls(waiting=1)
        await talk.hang_up()
        assert notice_id not in (await hotline.until_rows(HEARD, 2))[1]["notices"]
