"""An agent's leg that has gone in the very moment in which it was to be taken out of its talk."""

import asyncio
from typing import Any

import pytest

from contactcentre.core import effects, events
from contactcentre.telephony.pbx import Pbx
from lab.pitch import CALLER, HOTLINE
from lab.telephone import Telephone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(60)]

GONE = "PJSIP/a-1-00000099"
SEEN_WITHIN_S = 10.0


def park(leg_id: str, caller: str) -> effects.Park:
    """The order."""
    return effects.Park(call_id="1", offer_id=leg_id, leg=GONE, caller=caller)


async def test_a_leg_that_has_gone_before_is_told_of(
    pbx: Pbx, citizen: Telephone, service: Any, linked: Any
) -> None:
    """Its end was told when the talk's end was still to say what it means. Of a caller who is not
    there his own line tells."""
    told: asyncio.Queue[events.Event] = asyncio.Queue()
    async with linked(pbx, told=told.put_nowait) as orders:
        dialled = asyncio.create_task(citizen.call(HOTLINE, CALLER))
        channel = (await service.calls.get()).environment["agi_channel"]
        orders.put_nowait(park("1-1", caller="PJSIP/carrier-00000099"))
        orders.put_nowait(park("1-2", caller=channel))
        async with asyncio.timeout(SEEN_WITHIN_S):
            while not isinstance(event := await told.get(), events.LegHungUp):
                pass
        assert event.offer_id == "1-2"
        await (await dialled).hang_up()
