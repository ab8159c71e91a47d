"""What was done for a citizen, in the words of the law's statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

WorkKind = Literal["consultation", "application", "e_service", "referral", "complaint", "other"]
"""What was done."""

WorkOutcome = Literal["answered", "handed_on", "callback", "not_ours"]
"""What came of it."""

CameBy = Literal["phone", "callback", "voice_message", "visit", "email", "letter", "e_address"]
"""How the citizen came to us."""

ByHand = Literal["visit", "email", "letter", "e_address", "voice_message"]
"""The same, of a contact of which the hotline had no call: an agent writes it down."""

ServiceCode = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*\Z")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDone:
    """One service of a record whose kind or outcome is another than that of the whole."""

    service: ServiceCode
    kind: WorkKind
    outcome: WorkOutcome
