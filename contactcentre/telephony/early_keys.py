"""Keys that are pressed before a caller's first menu: only the manager's events tell of them.

While a channel is answered, rings through the dialplan or waits for a service that is coming back,
nothing of ours reads it, and Asterisk drops the keys. Whoever knows the menu has pressed by then.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

EARLY_S: Final = 2.0
"""A key that is older was meant for something else."""

MOST: Final = 2_000
"""Keys that are remembered of all callers together; a flood pushes the oldest out."""


class _Key(NamedTuple):
    at: float
    channel_id: str
    digit: str


class EarlyKeys:
    """The last keys of every channel, for as long as they may answer a menu."""

    def __init__(self) -> None:
        self._keys: deque[_Key] = deque(maxlen=MOST)

    def __len__(self) -> int:
        return len(self._keys)

    def pressed(self, channel_id: str, digit: str, at: float) -> None:
        """A key, and when (seconds UTC)."""
        while self._keys and self._keys[0].at < at - EARLY_S:
            self._keys.popleft()
        self._keys.append(_Key(at, channel_id, digit))

    def of(self, channel_id: str, at: float) -> str:
        """What was typed on that channel until `at`, in order; "" for nothing."""
        since = at - EARLY_S
        return "".join(
            key.digit for key in self._keys if key.channel_id == channel_id and key.at >= since
        )
