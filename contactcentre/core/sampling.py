"""Which calls belong to a share of all: always the same ones, and nobody chooses them."""

from __future__ import annotations

from hashlib import blake2b


def is_sampled(call_id: str, what: str, share: float) -> bool:
    """Whether the call is of that share (0 to 1); `what` keeps two samples apart."""
    place = int.from_bytes(blake2b(f"{what} {call_id}".encode(), digest_size=4).digest())
    return place < share * 2**32
