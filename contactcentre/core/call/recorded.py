"""What a leg knows of its recording: by what right, and whether it is paused."""

from __future__ import annotations

from msgspec import Struct


class Recorded(Struct, frozen=True, kw_only=True):
    """Of an agent's leg, from its ringing on; `basis` as the queue's policy had it then."""

    basis: str
    paused_at: float | None = None
