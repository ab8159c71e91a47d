"""The chain over the audit log, pure: what a link is, and what shows that one was tampered with.

A link is the SHA-256 of the link before it and of its row's canonical bytes, so one changed row
changes every link behind it. Whoever owns the whole database could make all of them anew: against
that stand anchors, which are links written down elsewhere (on paper, in a syslog, in the service's
folder). A checkpoint says where the chain begins after its oldest part went by age; it is signed
with a key that the database does not have.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

GENESIS = "0" * 64
"""The link before the first."""

COLUMNS = ("number", "at", "who", "action", "object", "purpose", "person", "details")
"""What is hashed of a row, in this order."""

_ANCHOR = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link and its place in the chain, counted from 1. Written as 1204:9f86d0..."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


BEGINNING = Anchor(0, GENESIS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Everything up to that position was older than `before_at`, and went at `made_at`."""

    position: int
    hash: str
    made_at: float
    before_at: float

    @property
    def anchor(self) -> Anchor:
        """From where the rest goes on."""
        return Anchor(self.position, self.hash)


def anchor(written: str) -> Anchor:
    """Read one. Raises `ValueError`."""
    found = _ANCHOR.fullmatch(written.strip())
    if found is None:
        raise ValueError("an anchor is written as the position, a colon, and 64 characters 0-9 a-f")
    return Anchor(int(found[1]), found[2])


def link(before: str, row: Mapping[Any, Any]) -> str:
    """The link of a row behind that one."""
    return hashlib.sha256(before.encode() + b"\n" + canonical(row)).hexdigest()


def canonical(row: Mapping[Any, Any]) -> bytes:
    """The same bytes on every database and in every export: a JSON list, in ASCII."""
    return json.dumps([row[name] for name in COLUMNS], separators=(",", ":")).encode()


def signature(checkpoint: Checkpoint, key: bytes) -> str:
    """Of whoever has the key."""
    said = json.dumps(["checkpoint", *astuple(checkpoint)], separators=(",", ":"))
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def is_signed(checkpoint: Checkpoint, by: str, key: bytes) -> bool:
    """Whether that signature is right."""
    return hmac.compare_digest(signature(checkpoint, key), by)
