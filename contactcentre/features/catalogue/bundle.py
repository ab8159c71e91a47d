"""The cards as a ZIP of files, for who keeps each by itself: YAML, a card a file, by its code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

import yaml

from agents_ui.services.port import LARGEST_FILE, MOST_FILES
from contactcentre.core.config import archive
from contactcentre.features.catalogue.document import Service, written

BOUNDS: Final = archive.ArchiveBounds(
    largest=LARGEST_FILE,
    most_files=MOST_FILES,
    names=re.compile(r"\w[\w.-]{0,79}\.(ya?ml|json|csv)", re.ASCII | re.IGNORECASE),
    else_="an archive has cards alone (YAML, JSON or CSV), in no folder: take one from here",
)


def packed(services: Iterable[Service]) -> bytes:
    """All of these, as they are taken again."""
    texts: dict[str, str] = {}
    taken: set[str] = set()
    for service in services:
        name = _name(service.code, taken)
        taken.add(name.casefold())
        plain = json.loads(json.dumps([written(service)]))  # tuples are lists to whoever reads it
        texts[f"{name}.yaml"] = yaml.dump(
            plain, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=100
        )
    return archive.packed(texts)


def _name(code: str, taken: set[str]) -> str:
    """A code is anybody's text; a file's name must be one on every disk, and no other's there."""
    plain = re.sub(r"[^\w-]+", "_", code, flags=re.ASCII)[:60].strip("_-") or "card"
    number = 1
    name = plain
    while name.casefold() in taken:
        number += 1
        name = f"{plain}-{number}"
    return name
