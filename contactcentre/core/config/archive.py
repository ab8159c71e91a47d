"""Files that somebody has brought: one that is text, or a ZIP of such files.

Nothing of it is written to a disk, so no name in an archive leads anywhere; and no more is unpacked
than a file may be large.
"""

from __future__ import annotations

import codecs
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contactcentre.core.config.document import Refused

WORKBOOK: Final = "is a workbook, not a table: save it as CSV UTF-8"
CHARSET: Final = "is not UTF-8: save it as CSV UTF-8"
NO_ARCHIVE: Final = "is no ZIP file that can be opened, nor is a workbook taken"
LOCKED: Final = "is locked by a password: make it without one"
TWICE: Final = "stands here twice"

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")  # the second of one without any file
_OLE: Final = b"\xd0\xcf\x11\xe0"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError),
    *(OSError, OverflowError, struct.error),
)
"""What `zipfile` says of what is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveBounds:
    """What is taken: so many bytes, unpacked; of an archive so many files, of such names. `else_`
    is said of others."""

    largest: int
    most_files: int
    names: re.Pattern[str]
    else_: str


def is_archive(content: bytes) -> bool:
    """Whether it begins as a ZIP does, as a workbook does too."""
    return content.startswith(_ZIP)


def files(content: bytes, name: str, bounds: ArchiveBounds) -> dict[str, str]:
    """The texts of an archive by the names of its files; of what is none, its own by that `name`.
    Raises `Refused`, with the file's name."""
    if not is_archive(content):
        return {name: text(content, name, bounds.largest)}
    if len(content) > bounds.largest:
        raise Refused([_too_large(name, bounds.largest)])
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return dict(_members(archive, name, bounds))
    except Refused:
        raise
    except _UNREADABLE:
        raise Refused([f"{name}: {NO_ARCHIVE}"]) from None


def text(content: bytes, name: str, largest: int) -> str:
    """UTF-8, or the UTF-16 of a spreadsheet's own „Unicode text”, as `lines`. Raises `Refused`."""
    if len(content) > largest:
        raise Refused([_too_large(name, largest)])
    if content.startswith((*_ZIP, _OLE)):
        raise Refused([f"{name}: {WORKBOOK}"])
    begun = (one for one in _MARKS if content.startswith(one[0]))
    mark, charset = next(begun, (b"", "utf-8"))
    try:
        found = content[len(mark) :].decode(charset)
    except UnicodeDecodeError:
        raise Refused([f"{name}: {CHARSET}"]) from None
    if "\0" in found:
        raise Refused([f"{name}: {CHARSET}"])
    return lines(found)


def lines(text: str) -> str:
    """With one kind of ends of lines: a form has its own."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def packed(texts: Mapping[str, str]) -> bytes:
    """The same texts, the same bytes: no time of day is in them."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return into.getvalue()


def check_names(names: Sequence[str], of: str, bounds: ArchiveBounds) -> None:
    """Of the files of an archive. Raises `Refused`."""
    if not 0 < len(names) <= bounds.most_files or not all(map(bounds.names.fullmatch, names)):
        raise Refused([f"{of}: {bounds.else_}"])
    if len(set(names)) < len(names):
        raise Refused([f"{of}: {TWICE}"])


def _members(archive: zipfile.ZipFile, of: str, bounds: ArchiveBounds) -> Iterator[tuple[str, str]]:
    """Name and text of each. Raises `Refused`, before anything is unpacked where the head says so
    already."""
    members = archive.infolist()
    names = [one.filename for one in members]
    if "[Content_Types].xml" in names:
        raise Refused([f"{of}: {WORKBOOK}"])
    if any(one.flag_bits & 0x1 for one in members):
        raise Refused([f"{of}: {LOCKED}"])
    if any(one.compress_type not in _METHODS for one in members):
        raise Refused([f"{of}: {NO_ARCHIVE}"])
    check_names(names, of, bounds)
    left = bounds.largest
    for one in members:
        with archive.open(one) as file:
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise Refused([_too_large(of, bounds.largest)])
        yield one.filename, text(content, one.filename, bounds.largest)


def _too_large(name: str, largest: int) -> str:
    size = f"{largest // 1_000} kB" if largest < 1_000_000 else f"{largest // 1_000_000} MB"
    return f"{name}: is larger than {size}"
