"""What a hotline of a rehearsal leaves behind: its logs, addresses, manager traffic, variables.

A folder a rehearsal, all of them in one folder of the run, where the scan finds them when all is
over. Beside the traces lies what must not be in them: whatever the hotline has known of people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Column, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from contactcentre.storage import documents
from contactcentre.storage import tables as models
from contactcentre.storage.pseudonyms import is_pseudonym
from lab import overheard
from lab.personal import Hidden, HiddenSearch, Kind, nothing

HIDDEN: Final = "hidden.json"
NAMES: Final = "file-names.txt"

COLUMNS: Final[tuple[tuple[Kind, Column[str]], ...]] = (
    ("number", models.contacts.c.caller),
    ("note", models.contacts.c.note),
    ("number", models.legs.c.number),
    ("number", models.person_numbers.c.number),
    ("name", models.people.c.name),
    ("name", models.users.c.name),
    ("number", models.cases.c.caller),
    ("note", models.cases.c.subject),
    ("note", models.cases.c.submission),
    ("note", models.case_entries.c.text),
    ("note", models.case_files.c.name),
    ("number", models.outbox.c.to),
)
"""Where the database has something of a person."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands where it may not; the words themselves are not repeated."""

    file: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


class Traces:
    """The folder of one rehearsal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._hidden: set[Hidden] = set()
        folder.mkdir(parents=True)

    def hide(self, kind: Kind, *texts: str) -> None:
        """These must not be found."""
        self._hidden |= {Hidden(kind, text) for text in texts}

    async def hide_known(self, engine: AsyncEngine) -> None:
        """Nor whatever that database has of people; one that is away has nothing to tell."""
        try:
            async with engine.connect() as connection:
                for kind, column in COLUMNS:
                    found = await connection.execute(select(column).where(column.is_not(None)))
                    texts = {str(text) for text in found.scalars()}
                    self.hide(kind, *(text for text in texts if not is_pseudonym(text)))
                for agent in await documents.read(connection, models.agents):
                    self.hide("number", str(agent.get("mobile") or ""))
        except (SQLAlchemyError, OSError):
            return

    def note(self, file: str, line: str) -> None:
        """A line more of a trace."""
        with (self.folder / file).open("a") as traces:
            traces.write(line + "\n")

    def keep(self, name: str, data: bytes) -> None:
        """More of a file as it comes."""
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        with file.open("ab") as traces:
            traces.write(data)

    def keep_home(self, home: Path) -> None:
        """The logs of a hotline's folder, and what its files are called."""
        logs = [*home.glob("*.log*"), *(home / "pbx" / "log").rglob("*")]
        for file in logs:
            if file.is_file():
                self.keep(f"logs/{file.name}", file.read_bytes())
        for file in sorted(home.rglob("*")):
            self.note(NAMES, str(file.relative_to(home)))

    def close(self) -> None:
        """Lay what is hidden beside the traces."""
        known = [[one.kind, one.text] for one in sorted(self._hidden)]
        (self.folder / HIDDEN).write_text(json.dumps(known))


def scan(run: Path) -> list[Finding]:
    """What is found in the traces of all rehearsals of a run."""
    return [finding for beside in sorted(run.rglob(HIDDEN)) for finding in _scanned(beside, run)]


def _scanned(beside: Path, run: Path) -> Iterator[Finding]:
    search = HiddenSearch(Hidden(kind, text) for kind, text in json.loads(beside.read_text()))
    for file in sorted(beside.parent.rglob("*")):
        if file.is_file() and file != beside:
            for line, what in _read(file, search):
                yield Finding(file.relative_to(run), line, what)


def _read(file: Path, search: HiddenSearch) -> Iterable[tuple[int, str]]:
    text = file.read_text(errors="replace")
    match file.suffix:
        case overheard.ASKED:
            yield from overheard.asked(text, search)
        case overheard.TOLD:
            yield from search.lines(text, overheard.may_be_told)
        case overheard.VARIABLES:
            yield from overheard.variables(text, search)
        case _:
            yield from search.lines(text, nothing)
