"""A file that somebody has brought to the page: a table, YAML, or a ZIP of YAML files.

It travels through the page as text: a table or YAML as it is, an archive as the JSON of its files
by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Table

from agents_ui.network.port import LARGEST_TABLE, MOST_FILES, Kind
from contactcentre.core.config import archive, document
from contactcentre.core.config.document import Refused
from contactcentre.features.network import sheet, yaml_file
from contactcentre.features.network.kinds import KINDS
from contactcentre.features.network.load import FileContents
from contactcentre.features.publication.draft import Draft

TABLE: Final = "table"
WHOLE: Final = "network.yaml"
"""A table and a YAML file, in faults: their own names are somebody's words."""

EMPTY: Final = "is empty"
NO_TABLE: Final = "the first line has neither agent_id nor centre_id"
ELSEWHERE: Final = "is not brought in here: „contactcentre network load” does that"

BOUNDS: Final = archive.ArchiveBounds(
    largest=LARGEST_TABLE,
    most_files=MOST_FILES,
    names=re.compile(r"[a-z][a-z0-9_-]{0,39}\.ya?ml"),
    else_="an archive has YAML files alone, in no folder: take one from here",
)

_KEY: Final = re.compile(r"\s*(#[^\n]*\n\s*|---\s*\n\s*)*[a-z_]+ *:(\s|$)")
"""How YAML of ours begins."""

_TABLES: Final[Mapping[str, Kind]] = {one.table.name: kind for kind, one in KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What it says; `log_ins` are named in it, and are not made on the page."""

    kinds: tuple[Kind, ...]
    contents: FileContents
    log_ins: int


def text_of(content: bytes) -> str:
    """The file as the text that travels. Raises `Refused`."""
    found = archive.files(content, TABLE, BOUNDS)
    return json.dumps(found, ensure_ascii=False) if archive.is_archive(content) else found[TABLE]


def read(text: str) -> Brought:
    """What that text says. Raises `Refused` with the place of every fault."""
    if not text.strip():
        raise Refused([f"{TABLE}: {EMPTY}"])
    if text.startswith("{"):
        return _of_files(_travelled(text))
    return _of_files({WHOLE: text}) if _KEY.match(text) else _of_table(text)


def packed(draft: Draft, kinds: Sequence[Kind]) -> bytes:
    """These kinds as an archive, a file each, as it is taken again."""
    texts: dict[str, str] = {}
    for kind in kinds:
        table = KINDS[kind].table
        own = Draft(version=draft.version, rows={table.name: draft.rows[table.name]})
        if own.of(table):
            texts[f"{kind}.yaml"] = yaml_file.written(own)
    return archive.packed(texts)


def _travelled(text: str) -> Mapping[str, str]:
    """The files of an archive that was looked at; what a page sends is nobody's word."""
    try:
        given = document.read(dict[str, str], json.loads(text), TABLE)
    except (ValueError, RecursionError):
        raise Refused([f"{TABLE}: {NO_TABLE}"]) from None
    archive.check_names(list(given), TABLE, BOUNDS)
    return given


# --- what they say --------------------------------------------------------------------------


def _of_table(text: str) -> Brought:
    columns = {one.strip().strip('"') for one in re.split(r"[;,\t]", text.partition("\n")[0])}
    kind: Kind = "agents" if "agent_id" in columns else "centres"
    if not columns & {"agent_id", "centre_id"}:
        raise Refused([f"{TABLE}: line 1: {NO_TABLE}"])
    contents, people = sheet.read(text, TABLE, sheet.SHEETS[kind])
    return Brought(kinds=(kind,), contents=contents, log_ins=len(people))


@dataclass(slots=True)
class _Together:
    """What some files say together; each thing stands in one of them."""

    documents: dict[Table, Any] = field(default_factory=dict)
    places: dict[str, Callable[[str, str, str], str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    log_ins: int = 0

    def take(self, name: str, text: str) -> None:
        try:
            found = yaml_file.read(text, name, aliases=False)
        except Refused as refused:
            self.problems += refused.problems
            return
        others: list[str] = [
            one.name for one in found.contents.documents if one.name not in _TABLES
        ]
        self.problems += [
            f"{name}: {one} {ELSEWHERE}" for one in (*others, *found.contents.settings)
        ]
        for table, rows in found.contents.documents.items():
            if table in self.documents:
                self.problems.append(f"{name}: {table.name} stands in another file already")
            self.documents[table] = rows
            self.places[table.name] = found.contents.locate
        self.log_ins += len(found.people)

    def locate(self, table: str, key: str, place: str) -> str:
        found = self.places.get(table)
        return found(table, key, place) if found is not None else ""


def _of_files(files: Mapping[str, str]) -> Brought:
    read_ones = _Together()
    for name, text in files.items():
        read_ones.take(name, text)
    if read_ones.problems:
        raise Refused(read_ones.problems)
    return Brought(
        kinds=tuple(_TABLES[table.name] for table in read_ones.documents),
        contents=FileContents(documents=read_ones.documents, locate=read_ones.locate),
        log_ins=read_ones.log_ins,
    )
