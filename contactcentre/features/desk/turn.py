"""A relay (TURN) for browsers whose network lets no sound through by itself.

coturn's `use-auth-secret`: the user name says until when it counts, the password is its HMAC-SHA-1
with a secret that the relay knows as well, so nobody has to be told to the relay.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

from agents_ui.shell.port import TurnServer

LASTS_H: Final = 24
"""More than a session; given anew with each opening of a page."""

_HOUR_S: Final = 3600


@dataclass(frozen=True, slots=True)
class Turn:
    """Where relays are, and the secret that they share with us; `only`: there is no other way."""

    urls: tuple[str, ...]
    secret: str = field(repr=False)
    only: bool = False

    def of(self, endpoint: str, at: float) -> TurnServer:
        """What that phone logs in with; the same for an hour, so that a page need not register
        anew each time."""
        ends = (int(at) // _HOUR_S + LASTS_H) * _HOUR_S
        username = f"{ends}:{endpoint}"
        proof = hmac.digest(self.secret.encode(), username.encode(), hashlib.sha1)
        return TurnServer(
            urls=self.urls, username=username, credential=base64.b64encode(proof).decode()
        )
