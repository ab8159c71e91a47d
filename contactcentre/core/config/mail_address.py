"""An address of e-mail, as it may stand in a document or a header."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

_FORM = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")


def is_mail_address(text: str) -> bool:
    """Whether it is one, as people have them: no name, no comment, no second one behind it."""
    return len(text) <= 254 and _FORM.fullmatch(text) is not None


def _checked(text: str) -> str:
    if not is_mail_address(text):
        raise ValueError(f"'{text[:60]}' is no address of e-mail")
    return text


MailAddress = Annotated[str, AfterValidator(_checked)]
"""One address of e-mail."""


def listed(text: str) -> list[str]:
    """What is written between commas, semicolons or blanks, each once; addresses or not."""
    return list(dict.fromkeys(text.replace(",", " ").replace(";", " ").split()))
