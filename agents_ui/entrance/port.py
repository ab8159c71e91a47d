"""What coming in and going out needs from the service, beside the accounts."""

from __future__ import annotations

from typing import Protocol


class Shifts(Protocol):
    """The agents who are at work."""

    async def close(self, agent_id: str) -> None:
        """Log the agent out of the hotline; the phone's secret becomes worthless."""
