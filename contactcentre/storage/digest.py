"""What is kept of a secret that is long enough by itself: its SHA-256."""

from __future__ import annotations

import hashlib


def hashed(*parts: str) -> str:
    """SHA-256 of the parts, a line each, in hexadecimal digits (FIPS 180-4).

    For what nobody could guess (128 bits and more), and for keys of tables; never for passwords.
    """
    text = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()
