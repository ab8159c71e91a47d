"""What the areas of a service have in common: each tells what runs in it and how it is."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Protocol

from contactcentre.engine.alarms import Alarm

Runs = Mapping[str, Callable[[], Coroutine[Any, Any, object]]]
"""What runs until the service ends, by the name of its task."""

Gauges = Mapping[str, float]
"""Names of gauges (without the prefix) and their values now."""


class Area(Protocol):
    """Some parts that belong together."""

    def runs(self) -> Runs:
        """What is to be run."""

    def gauges(self) -> Gauges:
        """What `/metrics` has of it."""

    def alarms(self) -> Iterable[Alarm]:
        """What is wrong with it at this instant."""
