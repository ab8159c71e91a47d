"""The rules of offers as the setting `offers` has them, and what an agent's row says of a phone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar, cast, get_args

import msgspec

from contactcentre.core.offer_rules import OfferRules
from routing.model import Device

SETTING = "offers"

_MOBILE = re.compile(r"\+[1-9][0-9]{7,14}")

Choice = TypeVar("Choice")


def offer_rules(value: Mapping[str, object] | None) -> OfferRules:
    """Whatever is left out is as `OfferRules` has it. Raises `ValueError` with the place."""
    unknown = set(value or ()) - {field.name for field in fields(OfferRules)}
    if unknown:
        raise ValueError(f"setting {SETTING}: {', '.join(sorted(unknown))} is not known")
    try:
        return msgspec.convert(value or {}, OfferRules)
    except msgspec.ValidationError as wrong:
        raise ValueError(f"setting {SETTING}: {wrong}") from None


def phone(row: Mapping[str, Any]) -> tuple[Device, str]:
    """What an agent answers on, and the number of a mobile; never a number in the error."""
    device = cast(Device, one_of(row["device"], Device, "device"))
    mobile = row.get("mobile") or ""
    if device != "mobile":
        return device, ""
    if not _MOBILE.fullmatch(mobile):
        raise ValueError("mobile: a number with its country is needed, as +37120000000")
    return device, mobile


def one_of(value: Choice, choices: Any, where: str) -> Choice:
    """Raises `ValueError` with the place where it is another."""
    known = get_args(choices)
    if value not in known:
        raise ValueError(f"{where}: not one of {', '.join(known)}")
    return value
