"""The municipalities as a caller may choose one in the menu, by its first letters."""

from __future__ import annotations

import re
from collections.abc import Sequence

from contactcentre.core.config.network import Network
from ivr.interpreter import Choice

LATVIAN = "lv:"
"""Their names exist in Latvian alone, so they are spoken by a Latvian voice."""


def choices(network: Network, dialled: str) -> Sequence[Choice]:
    """All of them for who rings the common number; a centre's own number leaves no choice."""
    if network.hotline(dialled).centre_id is not None:
        return ()
    return tuple(
        Choice(value=key, text=one.name, prompt=f"{LATVIAN}{prompt(key)}")
        for key, one in network.municipalities.items()
    )


def prompt(municipality_id: str) -> str:
    """The prompt that names a municipality; its text is the name in Latvian."""
    plain = re.sub(r"[^a-z0-9]+", "-", municipality_id.casefold()).strip("-")
    return f"name/municipality-{plain}"
