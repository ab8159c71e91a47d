"""The keys of callers as the manager's events tell of them: every one, whoever listens.

While a channel is answered, rings through the dialplan, waits for a service that is coming back, or
stands between two commands of ours, nothing of ours reads it, and Asterisk drops the keys. Whoever
knows the menu has pressed by then (`keypad`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

EARLY_S: Final = 2.0
"""A key that is older was meant for something else."""

MOST: Final = 2_000
"""Callers whose keys are remembered; a flood pushes out who has pressed none for longest."""

MOST_EACH: Final = 40
"""Keys of one caller: more than anybody can press in that time."""


class Key(NamedTuple):
    """Pressed at one time, and handed on at another, at the earliest (seconds UTC)."""

    at: float
    handed_on: float
    digit: str


class PressedKeys:
    """The last keys of every channel, for as long as they may answer a menu."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[Key, ...]] = {}  # who has pressed last is the last

    def __len__(self) -> int:
        return sum(len(keys) for keys in self._keys.values())

    def pressed(self, channel_id: str, digit: str, at: float, handed_on: float) -> None:
        """A key, when it was pressed, and from when on a command may have it (seconds UTC)."""
        before = self._keys.pop(channel_id, ())
        self._keys[channel_id] = (*before, Key(at, handed_on, digit))[-MOST_EACH:]
        while len(self._keys) > MOST or self._oldest() < at - EARLY_S:
            del self._keys[next(iter(self._keys))]

    def take(self, channel_id: str, at: float) -> tuple[Key, ...]:
        """What was pressed on that channel until `at`, in order; it is told once."""
        return tuple(key for key in self._keys.pop(channel_id, ()) if key.at >= at - EARLY_S)

    def _oldest(self) -> float:
        return next(iter(self._keys.values()))[-1].at
