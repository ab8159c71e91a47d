"""What a citizen hears on days when not everybody is at work: the real calendar, on real dates."""

from datetime import datetime

import pytest

from contactcentre.engine import clock
from contactcentre.storage import tables as models
from lab.hotline import Rehearsal
from lab.listening import hears
from routing.calendar import LOCAL

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

CENTRE, COMMON = "60000101", "60000100"
NAME, COMMON_NAME = f"name/{CENTRE}", f"name/{COMMON}"
CITIZEN = "+37120000001"

# The network answers on working days; the sample's own calendar is open at all hours.
WEEKLY = {day: [["08:00", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
# They take ten seconds, and are the same on every day.
AT_ONCE = "UPDATE flows SET document = replace(document, '[greeting, notice.112, ', '[')"


async def live_at(hotline: Rehearsal, moment: str) -> None:
    """Start the service in that minute of Riga's clock."""
    then = datetime.fromisoformat(moment).replace(tzinfo=LOCAL).timestamp()
    hotline.environment["CC_CLOCK_SHIFT_S"] = str(then - clock.now())
    await hotline.edit(models.calendars, "hotline", public_holidays=True, weekly=WEEKLY)
    await hotline.sql(AT_ONCE)
    # As in the sample data; all other centres are always open.
    await hotline.edit(models.centres, "viesite", calendar_id="jekabpils")
    await hotline.edit(models.centres, "aglona", calendar_id="aglona")
    await hotline.start_service()


async def test_a_closed_saturday(hotline: Rehearsal) -> None:
    """The caller of a closed centre hears when it opens, by key 3 who is open, and may ask to be
    called back; the caller of a centre that is open on Saturdays is not sent away."""
    await live_at(hotline, "2026-01-10T10:00")
    async with hotline.telephone() as citizen, hotline.telephone() as neighbour:
        talk = await citizen.call(CENTRE, CITIZEN)
        other = await neighbour.call("60000109", "+37120000002")
        await hears(hotline, other, "menu.matter")
        await hears(hotline, talk, NAME, "hours/not-now", "again/open", "day/0-next")
        talk.media.press("3")
        await hears(hotline, talk, "day/0-next", "others/one", "name/60000109")
        talk.media.press("1")
        (row,) = await hotline.until_rows("SELECT * FROM contacts WHERE outcome IS NOT NULL", 1)
        assert (row["outcome"], row["home_centre_id"]) == ("callback", "viesite")


async def test_a_saturday_to_which_a_working_day_was_moved(hotline: Rehearsal) -> None:
    """On 17 January 2026, in place of Friday 2 January, an agent answers as on any day."""
    await live_at(hotline, "2026-01-17T10:00")
    async with hotline.agent("anna.berzina") as agent, hotline.telephone() as citizen:
        talk = await citizen.call(CENTRE, CITIZEN)
        await hears(hotline, talk, "menu.matter")
        talk.media.press("1")
        await (await agent.answer()).hang_up()


async def test_new_years_eve(hotline: Rehearsal) -> None:
    """31 December is a holiday: the common number says so, and that it opens on Monday."""
    await live_at(hotline, "2026-12-31T11:00")
    async with hotline.telephone() as citizen:
        talk = await citizen.call(COMMON, CITIZEN)
        said = ("hours/not-now", "hours/holiday", "again/open", "day/0-next", "hour/8-from")
        await hears(hotline, talk, COMMON_NAME, *said)


async def test_a_closed_centre_is_answered_by_the_network(hotline: Rehearsal) -> None:
    """At lunch the caller hears that another centre will answer, and it does."""
    await live_at(hotline, "2026-01-12T12:15")
    async with hotline.agent("olga.ziemeleva") as agent, hotline.telephone() as citizen:
        talk = await citizen.call(CENTRE, CITIZEN)
        await hears(hotline, talk, NAME, "hours/not-now", "hours/others-answer")
        talk.media.press("1")
        await (await agent.answer()).hang_up()
