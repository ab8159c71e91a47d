"""Why somebody does what stays on record: a line that they must write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LONGEST: Final = 200


def written(given: Mapping[str, str]) -> str | None:
    """The reason in the form's field `why`; None where there is none, or it is too long."""
    why = given.get("why", "").strip()
    return why if 0 < len(why) <= LONGEST else None
