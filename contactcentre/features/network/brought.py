"""A file that somebody has brought to the page: a table, YAML, or a ZIP of YAML files.

Nothing of it is written to a disk, so no name in an archive leads anywhere; and no more is unpacked
than a file may be large. It travels through the page as text: a table or YAML as it is, an archive
as the JSON of its files by name.
"""

from __future__ import annotations

import codecs
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Table

from agents_ui.network.port import LARGEST_TABLE, MOST_FILES, Kind
from contactcentre.core.config import document
from contactcentre.core.config.document import Refused
from contactcentre.features.network import sheet, yaml_file
from contactcentre.features.network.kinds import KINDS
from contactcentre.features.network.load import FileContents
from contactcentre.features.publication.draft import Draft

TABLE: Final = "table"
WHOLE: Final = "network.yaml"
"""A table and a YAML file, in faults: their own names are somebody's words."""

WORKBOOK: Final = "is a workbook, not a table: save it as CSV UTF-8"
CHARSET: Final = "is not UTF-8: save it as CSV UTF-8"
EMPTY: Final = "is empty"
NO_TABLE: Final = "the first line has neither agent_id nor centre_id"
NO_ARCHIVE: Final = "is no ZIP file that can be opened, nor is a workbook taken"
LOCKED: Final = "is locked by a password: make it without one"
NO_FILE: Final = "an archive has YAML files alone, in no folder: take one from here"
ELSEWHERE: Final = "is not brought in here: „contactcentre network load” does that"

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")  # the second of one without any file
_OLE: Final = b"\xd0\xcf\x11\xe0"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}\.ya?ml")
_KEY: Final = re.compile(r"\s*(#[^\n]*\n\s*|---\s*\n\s*)*[a-z_]+ *:(\s|$)")
"""How YAML of ours begins."""

_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError),
    *(OSError, OverflowError, struct.error),
)
"""What `zipfile` says of what is broken."""

_TABLES: Final[Mapping[str, Kind]] = {one.table.name: kind for kind, one in KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What it says; `log_ins` are named in it, and are not made on the page."""

    kinds: tuple[Kind, ...]
    contents: FileContents
    log_ins: int


def text_of(content: bytes) -> str:
    """The file as the text that travels. Raises `Refused`."""
    if len(content) > LARGEST_TABLE:
        raise Refused([_too_large(TABLE)])
    if content.startswith(_ZIP):
        return json.dumps(_unpacked(content), ensure_ascii=False)
    return lines(_decoded(TABLE, content))


def lines(text: str) -> str:
    """With one kind of ends of lines: a form has its own."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(text: str) -> Brought:
    """What that text says. Raises `Refused` with the place of every fault."""
    if not text.strip():
        raise Refused([f"{TABLE}: {EMPTY}"])
    if text.startswith("{"):
        return _of_files(_travelled(text))
    return _of_files({WHOLE: text}) if _KEY.match(text) else _of_table(text)


def packed(draft: Draft, kinds: Sequence[Kind]) -> bytes:
    """These kinds as an archive, a file each, as it is taken again."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in kinds:
            table = KINDS[kind].table
            own = Draft(version=draft.version, rows={table.name: draft.rows[table.name]})
            if own.of(table):
                archive.writestr(zipfile.ZipInfo(f"{kind}.yaml"), yaml_file.written(own))
    return into.getvalue()


# --- archives -------------------------------------------------------------------------------


def _unpacked(content: bytes) -> dict[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return dict(_members(archive))
    except Refused:
        raise
    except _UNREADABLE:
        raise Refused([f"{TABLE}: {NO_ARCHIVE}"]) from None


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name and text of each. Raises `Refused`, before anything is unpacked where the head says so
    already."""
    members = archive.infolist()
    names = [one.filename for one in members]
    if "[Content_Types].xml" in names:
        raise Refused([f"{TABLE}: {WORKBOOK}"])
    if any(one.flag_bits & 0x1 for one in members):
        raise Refused([f"{TABLE}: {LOCKED}"])
    if any(one.compress_type not in _METHODS for one in members):
        raise Refused([f"{TABLE}: {NO_ARCHIVE}"])
    _check_names(names)
    left = LARGEST_TABLE
    for one in members:
        with archive.open(one) as file:
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise Refused([_too_large(TABLE)])
        yield one.filename, lines(_decoded(one.filename, content))


def _check_names(names: Sequence[str]) -> None:
    if not 0 < len(names) <= MOST_FILES or not all(map(_NAME.fullmatch, names)):
        raise Refused([f"{TABLE}: {NO_FILE}"])
    if len(set(names)) < len(names):
        raise Refused([f"{TABLE}: stands here twice"])


def _travelled(text: str) -> Mapping[str, str]:
    """The files of an archive that was looked at; what a page sends is nobody's word."""
    try:
        given = document.read(dict[str, str], json.loads(text), TABLE)
    except (ValueError, RecursionError):
        raise Refused([f"{TABLE}: {NO_TABLE}"]) from None
    _check_names(list(given))
    return given


def _decoded(name: str, content: bytes) -> str:
    """UTF-8, or the UTF-16 of a spreadsheet's own „Unicode text”. Raises `Refused`."""
    if content.startswith((*_ZIP, _OLE)):
        raise Refused([f"{name}: {WORKBOOK}"])
    begun = (one for one in _MARKS if content.startswith(one[0]))
    mark, charset = next(begun, (b"", "utf-8"))
    try:
        text = content[len(mark) :].decode(charset)
    except UnicodeDecodeError:
        raise Refused([f"{name}: {CHARSET}"]) from None
    if "\0" in text:
        raise Refused([f"{name}: {CHARSET}"])
    return text


def _too_large(name: str) -> str:
    return f"{name}: is larger than {LARGEST_TABLE // 1_000_000} MB"


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
