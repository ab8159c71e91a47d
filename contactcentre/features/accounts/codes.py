"""Codes of a second factor: those of an authenticator app, and those on paper for when it is lost.

The app's are RFC 6238's: six digits, a new one each half minute. The one before and the one after
are taken too, for clocks that differ. Those on paper have 120 bits, so that a plain hash keeps them
(ASVS 5.0, 6.5.2).
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets

import pyotp

from contactcentre.storage.digest import hashed

STEP_S = 30
NEIGHBOURS = (0, -1, 1)
LIVES_S = STEP_S * (len(NEIGHBOURS) + 1)
"""So long nobody may use the same code again."""

ON_PAPER = 10

_DIGITS = re.compile("[0-9]{6}")


def new_secret() -> str:
    """What an app and we share: 160 bits, in base 32."""
    return pyotp.random_base32()


def address(secret: str, *, username: str, issuer: str) -> str:
    """What the app reads from a picture (`otpauth://...`)."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=issuer)


def step_of(secret: str, code: str, at: float) -> int | None:
    """The half minute that the code is of; None where it is of none near `at`."""
    digits = tidy(code)
    if not _DIGITS.fullmatch(digits):
        return None
    app, now = pyotp.TOTP(secret), int(at) // STEP_S
    steps = [now + neighbour for neighbour in NEIGHBOURS]
    right = [hmac.compare_digest(app.generate_otp(step), digits) for step in steps]
    return next((step for step, is_it in zip(steps, right, strict=True) if is_it), None)


def on_paper() -> list[str]:
    """Fresh recovery codes, as people write them."""
    return [_grouped(base64.b32encode(secrets.token_bytes(15)).decode()) for _ in range(ON_PAPER)]


def digest(code: str) -> str:
    """What is kept of a recovery code."""
    return hashed("recovery", tidy(code))


def tidy(code: str) -> str:
    """Without what people put between: blanks and hyphens."""
    return re.sub(r"[\s-]", "", code).upper()


def _grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4)).lower()
