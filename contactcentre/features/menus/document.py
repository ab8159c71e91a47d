"""A published version of a menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ivr.flow import Flow, parse


def flow(row: Mapping[str, Any], queues: frozenset[str] | None) -> Flow:
    """A row of `flows`; the number is the row's: the one in the document is its author's.

    Raises `FlowError`.
    """
    return replace(_parsed(row["name"], row["document"], queues), version=row["version"])


@lru_cache(maxsize=64)
def _parsed(name: str, document: str, queues: frozenset[str] | None) -> Flow:
    # Most publications leave the menus as they are, and reading one takes milliseconds.
    return parse(document, name=name, queues=queues)
