"""Traces of calls, where there is a collector for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from contactcentre.app.area import Gauges, Runs
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.consumer import Changes
from contactcentre.features.outbox.mail import NotSent
from contactcentre.features.outbox.post import post
from contactcentre.features.traces.exporter import Exporter, NotTaken
from contactcentre.settings import Settings


@dataclass(frozen=True, slots=True)
class Tracing:
    """Nothing at all without an exporter."""

    exporter: Exporter | None

    def watchers(self) -> tuple[Callable[[Changes], None], ...]:
        """Who is told of what an event has changed."""
        return () if self.exporter is None else (self.exporter.note,)

    def runs(self) -> Runs:
        """See `Area`."""
        return {} if self.exporter is None else {"traces": self.exporter.run}

    def gauges(self) -> Gauges:
        """See `Area`."""
        if self.exporter is None:
            return {}
        return {"traces_waiting": self.exporter.waiting, "traces_lost": self.exporter.lost}

    def alarms(self) -> Iterable[Alarm]:
        """None: no call needs a trace."""
        return ()


def build_tracing(settings: Settings) -> Tracing:
    """By the settings."""
    if not settings.traces_url:
        return Tracing(None)
    token = settings.traces_token.get_secret_value()
    return Tracing(Exporter(collector(settings.traces_url, token)))


def collector(url: str, token: str) -> Callable[[bytes], Awaitable[None]]:
    """What sends to that collector."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def send(body: bytes) -> None:
        try:
            await post(url, body, headers)
        except NotSent as why:
            raise NotTaken(str(why), final=why.final) from None

    return send
