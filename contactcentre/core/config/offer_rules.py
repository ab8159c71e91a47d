"""How long a phone rings, and what follows for an agent whose offer came to nothing."""

from __future__ import annotations

from dataclasses import dataclass

from contactcentre.core.outcomes import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRules:
    """The same for the whole network. All `..._s` are seconds.

    After an offer that came to nothing the agent rests, is then ready again without a click, and
    may end the rest at any time. `misses` calls missed in a row are no rest any more: somebody has
    left the desk, and says when he is back. A device's own ring time wins over the queue's.

    A phone that is dialled and does not begin to ring within `rings_within_s` is not there. A
    mobile has longer: it is looked for first, and may have to fall back from 4G (ITU-T E.721 lets
    the network take 11 s in 95 of 100 calls). `absent_s` without any phone that can be rung log
    the agent out.
    """

    rejected_s: float = 10.0
    busy_s: float = 30.0
    missed_s: float = 60.0
    unreachable_s: float = 30.0
    misses: int = 1
    again_s: float = 20.0  # how often it is asked whether others could take what somebody refused
    browser_ring_s: float | None = None
    desk_ring_s: float | None = None
    mobile_ring_s: float | None = 25.0
    rings_within_s: float = 3.0
    mobile_rings_within_s: float = 12.0
    absent_s: float = 600.0

    def __post_init__(self) -> None:
        """Refuse rules by which phones would ring without a pause, or never."""
        rests = (self.rejected_s, self.busy_s, self.missed_s, self.unreachable_s, self.again_s)
        if any(not 1.0 <= seconds <= 3600.0 for seconds in rests):
            raise ValueError("a rest lasts 1 to 3600 seconds")
        if self.misses < 1:
            raise ValueError("misses: at least 1")
        rings = (self.browser_ring_s, self.desk_ring_s, self.mobile_ring_s)
        if any(ring is not None and not 1.0 <= ring <= 120.0 for ring in rings):
            raise ValueError("a phone rings for 1 to 120 seconds")
        limits = (self.rings_within_s, self.mobile_rings_within_s)
        if any(not 1.0 <= seconds <= 60.0 for seconds in limits):
            raise ValueError("a phone begins to ring within 1 to 60 seconds")
        if not 60.0 <= self.absent_s <= 86_400.0:
            raise ValueError("absent_s: 60 to 86400 seconds")

    def rest_s(self, result: Result) -> float:
        """How long an agent rests after such an end; 0 where nothing was the agent's doing."""
        rests = {
            Result.REJECTED: self.rejected_s,
            Result.BUSY: self.busy_s,
            Result.MISSED: self.missed_s,
            Result.UNREACHABLE: self.unreachable_s,
        }
        return rests.get(result, 0.0)

    def ring_s(self, device: str, otherwise: float) -> float:
        """How long a phone of that kind rings."""
        own = {
            "browser": self.browser_ring_s,
            "desk": self.desk_ring_s,
            "mobile": self.mobile_ring_s,
        }.get(device)
        return otherwise if own is None else own

    def silent_s(self, device: str) -> float:
        """How long a phone of that kind may be dialled without ringing."""
        return self.mobile_rings_within_s if device == "mobile" else self.rings_within_s
