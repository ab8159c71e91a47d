"""How the service itself is: for /readyz and /metrics, and for the board's alarms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contactcentre.app.parts import House
from contactcentre.engine.alarms import BEHIND_S, Alarm, standing
from contactcentre.engine.clock import now


class LiveHealth:
    """Keeps `agents_ui.shell.port.Health`."""

    def __init__(self, house: House) -> None:
        self._house = house

    def ready(self) -> tuple[bool, Mapping[str, str]]:
        """Calls need the leash, the link to Asterisk and a journal that takes entries."""
        house = self._house
        _, behind_s = house.projector.lag()
        needed = {
            "leash": house.listening.is_set(),
            "asterisk": house.asterisk.up,
            "journal": house.spool.trouble is None,
        }
        words = {name: "ok" if good else "down" for name, good in needed.items()}
        words["database"] = "ok" if behind_s < BEHIND_S else "behind"
        return all(needed.values()), words

    def metrics(self) -> bytes:
        """See `Health`."""
        return self._house.metrics.text()


def readings(house: House) -> Mapping[str, float]:
    """What `/metrics` has of the service's own parts."""
    records, seconds = house.projector.lag()
    refusal = house.publication.refusal
    return {
        "configuration_version": house.world.network.version,
        "configuration_problems": len(refusal.problems) if refusal is not None else 0,
        "leashed_calls": len(house.leash),
        "inbox_backlog": house.engine.backlog,
        "asterisk_up": float(house.asterisk.up),
        "journal_unsent_records": records,
        "journal_lag_seconds": seconds,
        "agi_requests": house.agi.counts.requests,
        "agi_malformed": house.agi.counts.malformed,
        "watchdog_calls": house.watchdog.standing,
        "watchdog_alarms": house.watchdog.raised,
        "callbacks_overdue": house.overdue.standing,
        "callbacks_overdue_alarms": house.overdue.raised,
        "decisions_unsent": house.decisions.backlog,
        "decisions_dropped": house.decisions.dropped,
    }


def troubles(house: House) -> Iterator[Alarm]:
    """What is wrong with the service's own parts."""
    _, behind_s = house.projector.lag()
    yield from standing("exchange-away", not house.asterisk.up)
    yield from standing("journal-stuck", house.spool.trouble is not None)
    yield from standing("database-behind", behind_s >= BEHIND_S, since=now() - behind_s)
