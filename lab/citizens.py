"""Synthetic citizens: they ring the hotline over the carrier's Asterisk, which acts them out."""

from __future__ import annotations

import asyncio
import random
from typing import Never

import structlog

from contactcentre.telephony.ami import Ami, AmiError, AmiMessage, AmiSettings, LinkState, LinkUp
from contactcentre.telephony.translation import trunk_endpoint
from lab.habits import Citizen, Habits

log = structlog.get_logger(__name__)

RING_S = 30

LINE = "hotline"
"""The carrier's trunk to it."""


class Citizens:
    """Everybody who is on the telephone just now, one call for each number.

    `carrier` and `hotline`: the manager ports of both Asterisks. Of the hotline only one fact is
    read: that an agent has answered, which a carrier cannot know, as the call was answered before
    by the menu. Without it every citizen gives up in the end.
    """

    def __init__(
        self,
        habits: Habits,
        *,
        carrier: AmiSettings,
        hotline: AmiSettings,
        dice: random.Random | None = None,
    ) -> None:
        self.rung = 0
        self._habits = habits
        self._dice = dice or random.Random()  # noqa: S311 - a lottery, not a secret
        self._carrier = Ami(carrier, on_event=self._at_carrier, on_link=self._on_carrier)
        self._hotline = Ami(hotline, on_event=self._at_hotline, on_link=lambda _state: None)
        self._linked = asyncio.Event()
        self._calls: dict[str, Citizen] = {}
        self._answered: asyncio.Queue[str] = asyncio.Queue()

    def __len__(self) -> int:
        return len(self._calls)

    async def run(self, rate_per_hour: float) -> Never:
        """Ring as citizens do, at random, so many an hour; 0 rings never."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._carrier.run(), name="carrier ami")
            tasks.create_task(self._hotline.run(), name="hotline ami")
            tasks.create_task(self._talk(), name="talks")
            while True:
                await asyncio.sleep(self._pause_s(rate_per_hour))
                await self.ring(self._habits.draw(self._dice))

    async def ring(self, citizen: Citizen) -> bool:
        """Let one ring, once the carrier is up. False when that number is on the telephone already,
        or the carrier went away in that instant.
        """
        await self._linked.wait()
        if citizen.caller in self._calls:
            return False
        self._calls[citizen.caller] = citizen
        try:
            await self._carrier.action("Originate", _originate(citizen))
        except AmiError as failure:
            self._calls.pop(citizen.caller, None)
            log.warning("citizen_failed", action="citizen_failed", why=type(failure).__name__)
            return False
        self.rung += 1
        log.info("citizen_rings", action="citizen_rings", language=citizen.language)
        return True

    async def _talk(self) -> Never:
        """Whoever was answered stops waiting and speaks."""
        while True:
            caller = await self._answered.get()
            target = {"Context": "cc-talk", "Exten": "s", "Priority": "1"}
            try:
                await self._carrier.action("Redirect", {"Channel": _channel_id(caller), **target})
            except AmiError as failure:
                # Mostly hung up in the same instant.
                log.info("talk_failed", action="talk_failed", why=type(failure).__name__)

    def _pause_s(self, rate_per_hour: float) -> float:
        return self._dice.expovariate(rate_per_hour / 3600) if rate_per_hour > 0 else float("inf")

    def _on_carrier(self, state: LinkState) -> None:
        """Calls do not outlive their Asterisk; whatever they were, all numbers are free again."""
        self._calls.clear()
        if isinstance(state, LinkUp):
            self._linked.set()
        else:
            self._linked.clear()

    def _at_carrier(self, message: AmiMessage) -> None:
        never = message.event == "OriginateResponse" and message.get("Response") == "Failure"
        if never or message.event == "Hangup":
            self._calls.pop(_caller(message.get("Uniqueid", "")), None)

    def _at_hotline(self, message: AmiMessage) -> None:
        caller = message.get("CallerIDNum", "")
        answered = message.event == "DialEnd" and message.get("DialStatus") == "ANSWER"
        if answered and caller in self._calls:
            self._answered.put_nowait(caller)


def _originate(citizen: Citizen) -> dict[str, str | list[str]]:
    variables = {
        "CHANNEL(language)": citizen.language,
        "CC_THINKS_S": f"{citizen.thinks_s:.1f}",
        "CC_KEYS": citizen.keys,
        "CC_PATIENCE_S": f"{citizen.patience_s:.1f}",
        "CC_TALK_S": f"{citizen.talk_s:.1f}",
        "CC_LINES": str(citizen.lines),
    }
    return {
        "Channel": f"PJSIP/{citizen.number}@{trunk_endpoint(LINE)}",
        "ChannelId": _channel_id(citizen.caller),
        "CallerID": citizen.caller,
        "Context": "cc-citizen",
        "Exten": "s",
        "Priority": "1",
        "Timeout": str(RING_S * 1000),
        "Async": "true",
        "Variable": [f"{name}={value}" for name, value in variables.items()],
    }


def _channel_id(caller: str) -> str:
    return f"citizen{caller}"


def _caller(channel_id: str) -> str:
    return channel_id.removeprefix("citizen")
