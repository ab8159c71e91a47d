"""Whether the hotline answers: what the synthetic calls of each minute have come to.

Whoever makes them is a process of its own, so that they are counted while the service is away as
well; it leaves the sums in a file, and the service shows them among its figures.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from contactcentre.app.area import Gauges, Runs
from contactcentre.engine.alarms import Alarm


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """Sums since the installation; times in seconds, the last one UTC since the epoch."""

    calls: int = 0
    failures: int = 0
    last_at: float = 0.0
    greeting_s: float = 0.0  # of the last one that was served

    def after(self, at: float, greeting_s: float | None) -> Availability:
        """One call later; None: it was not served."""
        failed = greeting_s is None
        return Availability(
            calls=self.calls + 1,
            failures=self.failures + failed,
            last_at=at,
            greeting_s=self.greeting_s if greeting_s is None else greeting_s,
        )


def read(file: Path) -> Availability:
    """Of that file, or from the beginning."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Availability)
    except (OSError, msgspec.DecodeError):
        return Availability()


def write(file: Path, sums: Availability) -> None:
    """At once, for the service reads it at any time."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_bytes(msgspec.json.encode(sums))
    draft.replace(file)


@dataclass(frozen=True, slots=True)
class Measured:
    """The area of these figures."""

    file: Path

    def runs(self) -> Runs:
        """See `Area`."""
        return {}

    def gauges(self) -> Gauges:
        """See `Area`; none where nobody has ever tried."""
        sums = read(self.file)
        if not sums.calls:
            return {}
        return {
            "synthetic_calls": sums.calls,
            "synthetic_failures": sums.failures,
            "synthetic_last_timestamp_seconds": sums.last_at,
            "synthetic_greeting_seconds": sums.greeting_s,
        }

    def alarms(self) -> Iterable[Alarm]:
        """See `Area`: a supervisor can do nothing about it, an operator is told by Prometheus."""
        return ()
