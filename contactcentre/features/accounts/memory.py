"""A memory with an end: each thing until a moment, and never more than so many."""

from __future__ import annotations

from typing import Generic, TypeVar

ROOM = 10_000
SWEEP_S = 60.0

Value = TypeVar("Value")


class FadingMemory(Generic[Value]):
    """What is over is forgotten at the next look after a minute. Where it is full, the half that
    would be over first makes room: whoever brings many new keys pushes out no weighty old one."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._kept: dict[str, tuple[float, Value]] = {}
        self._swept_at = 0.0

    def get(self, key: str, now: float) -> Value | None:
        """What is remembered under that key, if it is not over."""
        until, value = self._kept.get(key, (now, None))
        return value if until > now else None

    def put(self, key: str, value: Value, *, until: float, now: float) -> None:
        """Remember it until then."""
        self._sweep(now)
        self._kept[key] = until, value

    def drop(self, key: str) -> None:
        """Forget it."""
        self._kept.pop(key, None)

    def __len__(self) -> int:
        return len(self._kept)

    def _sweep(self, now: float) -> None:
        if abs(now - self._swept_at) >= SWEEP_S:
            self._swept_at = now
            for key in [key for key, (until, _) in self._kept.items() if until <= now]:
                del self._kept[key]
        if len(self._kept) >= self._room:
            for key in sorted(self._kept, key=lambda key: self._kept[key][0])[: self._room // 2]:
                del self._kept[key]
