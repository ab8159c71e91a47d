"""A menu is published under calls: nobody notices, and the next caller hears the new one."""

import time

import pytest

from contactcentre.storage import database
from contactcentre.storage import tables as models
from contactcentre.storage.documents import save
from lab.hotline import Rehearsal, hears_speech, until
from lab.telephone import PhoneCall, Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]

HOTLINE = "60000100"
WAITING = "SELECT queue FROM contacts WHERE queued_at IS NOT NULL ORDER BY queued_at"


async def publish(hotline: Rehearsal, old: str, new: str) -> None:
    """Put a changed copy of the first menu in force, whether it is any good or not."""
    rows = await hotline.sql("SELECT version, document FROM flows WHERE name = 'hotline'")
    first = min(rows, key=lambda row: row["version"])["document"]
    assert old in first
    row = {
        "name": "hotline",
        "version": max(row["version"] for row in rows) + 1,
        "document": first.replace(old, new),
        "published_at": time.time(),
    }
    storage = database.engine(hotline.settings.database)
    async with storage.begin() as connection:
        await save(connection, {models.flows: [row]})
    await storage.dispose()


async def until_figure(hotline: Rehearsal, name: str, least: float) -> None:
    """Wait until a figure of /metrics is at least so high."""

    async def holds() -> bool:
        return (await hotline.figures()).get(name, 0.0) >= least

    await until(holds, f"{name} is below {least}", within_s=10.0)


async def rings(phone: Telephone, number: int) -> PhoneCall:
    """Another citizen, who hears the menu."""
    talk = await phone.call(HOTLINE, f"+3712000000{number}")
    await hears_speech(talk)
    return talk


async def queues(hotline: Rehearsal, count: int) -> list[str]:
    """Where the callers wait, in the order in which they came to it."""
    return [row["queue"] for row in await hotline.until_rows(WAITING, count)]


async def test_a_menu_is_published_under_calls(hotline: Rehearsal) -> None:
    """A broken one is refused and changes nothing; a good one is heard by the next caller, while
    who is in the old one comes to its end."""
    await hotline.start_service()
    before = (await hotline.figures())["configuration_version"]
    async with hotline.telephone() as citizen:
        first, second = await rings(citizen, 1), await rings(citizen, 2)

        await publish(hotline, "goto: benefits", "goto: benefitz")
        await until_figure(hotline, "configuration_problems", 1.0)
        assert "no node named 'benefitz'" in hotline.service_log()
        assert (await hotline.figures())["configuration_version"] == before
        first.media.press("1")
        assert await queues(hotline, 1) == ["benefits"]

        await publish(hotline, "queue: benefits", "queue: documents")
        await until_figure(hotline, "configuration_version", before + 2)
        assert (await hotline.figures())["configuration_problems"] == 0
        third = await rings(citizen, 3)
        third.media.press("1")
        assert await queues(hotline, 2) == ["benefits", "documents"]

        second.media.press("1")
        assert await queues(hotline, 3) == ["benefits", "documents", "benefits"]
        await hotline.until_calls(waiting=3)
        for talk in (first, second, third):
            await talk.hang_up()


async def test_a_service_starts_although_a_row_is_broken(hotline: Rehearsal) -> None:
    """With the version that it knew as good; callers reach their queue."""
    await hotline.start_service()
    await hotline.kill_service()
    await publish(hotline, "goto: benefits", "goto: benefitz")
    await hotline.start_service()
    assert (await hotline.figures())["configuration_problems"] == 1
    async with hotline.telephone() as citizen:
        talk = await rings(citizen, 1)
        talk.media.press("1")
        assert await queues(hotline, 1) == ["benefits"]
        await talk.hang_up()
