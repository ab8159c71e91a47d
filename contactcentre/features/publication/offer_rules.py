"""The rules of offers as people write them: one setting, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import msgspec

from contactcentre.core.config.offer_rules import OfferRules

KEY = "offers"
"""The setting's name."""


def read(value: object) -> OfferRules:
    """The rules of a setting; what is left out is as usual. Raises `ValueError` with the place."""
    given = {} if value is None else value
    known = {field.name for field in fields(OfferRules)}
    if isinstance(given, Mapping) and (unknown := given.keys() - known):
        raise ValueError(f"setting {KEY}: {', '.join(sorted(unknown))} is not known")
    try:
        return msgspec.convert(given, OfferRules)
    except msgspec.ValidationError as wrong:
        raise ValueError(f"setting {KEY}: {wrong}") from None
