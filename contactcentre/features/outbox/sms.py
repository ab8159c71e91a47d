"""Text messages by HTTP: a small JSON POST to a gateway of the house or of an operator
(docs/handbook/alerts.md says what is in it)."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from contactcentre.features.outbox.post import post
from contactcentre.features.outbox.store import Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsGateway:
    """Where it is, and what it knows us by. It is the settings' word, not a stranger's."""

    url: str
    token: str = field(default="", repr=False)

    async def send(self, one: Waiting) -> None:
        """Raises `NotSent`."""
        headers = {"Idempotency-Key": one.message_id}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        told = {"id": one.message_id, "to": one.to, "text": one.body}
        await post(self.url, msgspec.json.encode(told), headers)
