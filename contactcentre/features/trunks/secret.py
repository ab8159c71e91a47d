"""The secret of a trunk's log-in: what it may be."""

from __future__ import annotations

import re
from typing import Final

from contactcentre.telephony.directory import UNKNOWN

_SHAPE: Final = re.compile(rf"[^\x00-\x1f\x7f]{{1,{UNKNOWN - 1}}}")


class BadSecret(ValueError):
    """Such a secret cannot be; it is not shown."""


def checked(secret: str) -> str:
    """The same. Raises `BadSecret`."""
    if not _SHAPE.fullmatch(secret):
        raise BadSecret(f"the secret must be one line of 1 to {UNKNOWN - 1} characters")
    return secret
