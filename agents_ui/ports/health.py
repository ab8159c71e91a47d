"""How the service itself is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Health(Protocol):
    """For /healthz, /readyz and /metrics."""

    def ready(self) -> tuple[bool, Mapping[str, str]]:
        """Whether calls can be taken, and the state of each part in a word."""

    def metrics(self) -> bytes:
        """Prometheus text."""
