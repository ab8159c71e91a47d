"""The whole network as one YAML file, as `config/seed/network.yaml` is written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import yaml
from sqlalchemy import Table

from contactcentre.core.config import document
from contactcentre.core.config.document import Refused
from contactcentre.features.network.load import FileContents
from contactcentre.features.publication.draft import RULES, Draft
from contactcentre.storage import documents
from contactcentre.storage import tables as models

PEOPLE = "staff"
"""Log-ins beside those of the agents; whoever loads the file makes them."""


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A file, read; `people` are the log-ins that it names, unchecked."""

    contents: FileContents
    people: list[dict[str, Any]]


def written(draft: Draft) -> str:
    """The network as a file; what nobody has chosen is left out."""
    rows = {table.name: list(map(dict, draft.of(table))) for table in models.NETWORK}
    keys = {table.name: documents.key_of(table) for table in models.NETWORK}
    whole: dict[str, Any] = {
        name: [{keys[name]: one[keys[name]], **one} for one in some]
        for name, some in rows.items()
        if some
    }
    whole |= {key: value for key, value in draft.settings.items() if value is not None}
    plain = json.loads(json.dumps(whole))  # names of tables and columns are no plain texts
    return yaml.dump(plain, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=100)


def read(text: str, name: str, *, aliases: bool = True) -> NetworkFile:
    """A file's documents. Raises `Refused` with line and column of what can't be read; of a
    stranger's file `aliases` are not taken."""
    parsed = document.parse(text, name, aliases=aliases)
    given = document.read(dict[str, Any], parsed, name)
    tables = {table.name: table for table in models.NETWORK}
    if unknown := [one for one in given if one not in (*tables, *RULES, PEOPLE)]:
        known = ", ".join((*tables, *RULES, PEOPLE))
        raise Refused(f"{name}, {one}: is not a known key; there are: {known}" for one in unknown)
    nodes = _Nodes(text, name)
    rows: dict[Table, dict[str, dict[str, Any]]] = {}
    people = document.read(list[dict[str, Any]], given.get(PEOPLE) or [], f"{name}, {PEOPLE}")
    problems: list[str] = []
    for table in (tables[one] for one in given if one in tables):
        rows[table] = {}
        listed = document.read(list[dict[str, Any]], given[table.name] or [], table.name)
        for number, one in enumerate(listed):
            _take(rows[table], table, one, number, people, problems, nodes)
    if problems:
        raise Refused(problems)
    rules = {key: given[key] for key in RULES if key in given}
    return NetworkFile(FileContents(documents=rows, settings=rules, locate=nodes.locate), people)


def _take(
    rows: dict[str, dict[str, Any]],
    table: Table,
    given: dict[str, Any],
    number: int,
    people: list[dict[str, Any]],
    problems: list[str],
    nodes: _Nodes,
) -> None:
    name = documents.key_of(table)
    key = given.pop(name, None)
    if not isinstance(key, str) or not key or key in rows:
        what = "is there twice" if key in rows else "is missing, or no text (write it in quotes)"
        problems.append(f"{nodes.of_row(table.name, number)}: {name} {what}")
        return
    if table is models.agents and (username := given.pop("username", None)):
        shared = {one: given.get(one) for one in ("name", "centre_id")}
        people.append({"username": username, "agent_id": key, **shared})
    rows[key] = given
    nodes.numbers[table.name, key] = number


class _Nodes:
    """Where each thing stands in the text."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._root = yaml.compose(text, Loader=yaml.CSafeLoader)
        self.numbers: dict[tuple[str, str], int] = {}

    def of_row(self, table: str, number: int) -> str:
        """The place of a document."""
        return self._at(_inside(_inside(self._root, table), str(number)))

    def locate(self, table: str, key: str, place: str) -> str:
        """The place of a field, or of whatever is around it; "" of what is not in the file."""
        number = self.numbers.get((table, key))
        if number is None:
            return ""
        node = _inside(_inside(self._root, table), str(number))
        for part in place.split(".") if place else ():
            node = _inside(node, part) or node
        return self._at(node)

    def _at(self, node: yaml.Node | None) -> str:
        mark = node.start_mark if node is not None else None
        return f"{self._name}: line {mark.line + 1}, column {mark.column + 1}" if mark else ""


def _inside(node: yaml.Node | None, part: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and part.isdecimal() and int(part) < len(node.value):
        found: yaml.Node = node.value[int(part)]
        return found
    return None
