"""Certificates, looked at before browsers and carriers refuse them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509

from contactcentre.cli.part import Sick

SOON: Final = timedelta(days=14)


def lasts(pem: bytes, renew: str) -> str:
    """Until when. Raises `Sick` where that is soon, and `ValueError` for what is none."""
    ends = x509.load_pem_x509_certificate(pem).not_valid_after_utc
    if ends < datetime.now(UTC):
        raise Sick(f"the certificate ended on {ends:%Y-%m-%d}", renew)
    if ends < datetime.now(UTC) + SOON:
        raise Sick(f"the certificate ends on {ends:%Y-%m-%d}", renew)
    return f"certificate until {ends:%Y-%m-%d}"
