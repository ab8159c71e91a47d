"""How the service itself is: for /readyz and /metrics."""

from __future__ import annotations

from collections.abc import Mapping

from contactcentre.app.metrics import Metrics
from contactcentre.app.storage import Storage
from contactcentre.app.telephony import Telephony


class HealthService:
    """Keeps `agents_ui.shell.port.Health`."""

    def __init__(self, telephony: Telephony, storage: Storage, metrics: Metrics) -> None:
        self._telephony = telephony
        self._storage = storage
        self._metrics = metrics

    def ready(self) -> tuple[bool, Mapping[str, str]]:
        """Calls need the leash, the link to Asterisk and a journal that takes entries."""
        needed = {
            "leash": self._telephony.listening.is_set(),
            "asterisk": self._telephony.asterisk.up,
            "journal": self._storage.writes,
        }
        words = {name: "ok" if good else "down" for name, good in needed.items()}
        words["database"] = "behind" if self._storage.behind else "ok"
        return all(needed.values()), words

    def metrics(self) -> bytes:
        """See `Health`."""
        return self._metrics.text()
