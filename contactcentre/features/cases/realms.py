"""In which realms a case lies, as it is written down and as the table of permissions asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from agents_ui.shell.permissions import around
from agents_ui.shell.port import NETWORK, Realm, RealmKind
from contactcentre.core.config.network import Network


def written(realm: Realm) -> str:
    """As it stands in a row: centre:sala."""
    return ":".join(realm)


def read(text: str) -> Realm:
    """The realm of a row."""
    kind, _, key = text.partition(":")
    for known in get_args(RealmKind):
        if known == kind:
            return known, key
    raise ValueError("no realm")


def lies_in(realm: Realm, network: Network) -> frozenset[Realm]:
    """The realms that it lies in: itself, and those around it."""
    kind, key = realm
    return around(network.place(key)) | {realm} if kind == "centre" else frozenset({NETWORK, realm})


def seen(realms: Iterable[Realm], network: Network) -> frozenset[str]:
    """Whose cases somebody sees who has these, as they are written."""
    mine = frozenset(realms)
    inside = (
        written(("centre", one.centre_id))
        for one in network.centres.values()
        if ("municipality", one.municipality) in mine
    )
    return frozenset((*map(written, mine), *inside))
