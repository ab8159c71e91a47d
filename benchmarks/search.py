"""Recall, refusals and time of the catalogue's search, against SQLite's FTS5 with trigrams.

Every third row of the tables was kept apart while the search was made: its figures stand beside
those of all rows (`held_out`).
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from search_cards import TABLES, cards, code_of, not_ours

from contactcentre.features.catalogue.document import Service
from contactcentre.features.catalogue.search import SearchIndex
from routing.plain import plain

SHOWN: Final = 8
HELD_OUT: Final = 3
"""Every so many-th row."""
DAY: Final = "2026-11-28"

Find = Callable[[str, str], Sequence[str]]
"""From a query and the caller's municipality to codes, best first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of the table: any of the codes answers it."""

    query: str
    codes: frozenset[str]
    kind: str
    municipality: str


def asked() -> list[Asked]:
    """What a card answers."""
    return [
        Asked(row["query"], _codes(row), row["kind"], row["municipality"] or "")
        for row in _rows("asked.csv")
    ]


def unanswered(name: str = "unanswered.csv") -> list[str]:
    """What no card answers."""
    return [row["query"] for row in _rows(name)]


def _rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _codes(row: dict[str, str]) -> frozenset[str]:
    return frozenset(
        code_of(code[1:], row["municipality"]) if code.startswith("@") else code
        for code in row["codes"].split("|")
    )


# --- the contestants ------------------------------------------------------------------------------


def ours(services: Sequence[Service]) -> Find:
    """The product's own index."""
    index = SearchIndex(services, not_ours=not_ours(), day=DAY)

    def find(query: str, municipality: str) -> Sequence[str]:
        found = index.search(query, locale="lv", limit=SHOWN, municipality=municipality)
        return [card.code for card in found]

    return find


def fts5(services: Sequence[Service]) -> Find:
    """SQLite's full-text search by trigrams, over the same folded texts: a card that has any three
    letters of the query, by BM25 (name and aliases ten times the rest); of the caller's
    municipality and of the whole country before others. It has no floor of its own."""
    base = sqlite3.connect(":memory:")
    base.execute(
        "create virtual table card using fts5(code unindexed, place unindexed, said, rest,"
        " tokenize='trigram')"
    )
    for service in services:
        said = [service.lv.name, service.en.name, *sum(service.aliases.values(), ())]
        rest = [service.lv.summary, service.en.summary, *service.institution.values()]
        row = (service.code, service.municipality, plain(" ".join(said)), plain(" ".join(rest)))
        base.execute("insert into card values (?, ?, ?, ?)", row)

    def find(query: str, municipality: str) -> Sequence[str]:
        pieces = {word[at : at + 3] for word in plain(query).split() for at in range(len(word) - 2)}
        if not pieces:
            return []
        match = " OR ".join('"' + piece.replace('"', "") + '"' for piece in sorted(pieces))
        found = base.execute(
            "select code from card where card match ? order by"
            " bm25(card, 0, 0, 10, 1) * (case when place = '' then 1 when place = ? then 1.15"
            " when ? = '' then 0.8 else 0.5 end) limit ?",
            (match, municipality, municipality, SHOWN),
        )
        return [code for (code,) in found]

    return find


def noted(services: Sequence[Service]) -> dict[str, float]:
    """How often what a note is about is among the three cards that are shown beside it, how often
    nothing is shown where it is about nothing, and what it costs."""
    index = SearchIndex(services, not_ours=not_ours(), day=DAY)
    told: list[tuple[frozenset[str], list[str], float]] = []
    for row in _rows("notes.csv"):
        began = time.thread_time_ns()
        found = [card.code for card in index.spoken_of(row["note"], locale="lv")]
        took_ms = (time.thread_time_ns() - began) / 1e6
        told.append((frozenset(filter(None, row["codes"].split("|"))), found, took_ms))
    took = sorted(took_ms for _, _, took_ms in told)
    return {
        **_noted(told),
        "note_p50_ms": _at(took, 0.5),
        "note_max_ms": _at(took, 1),
    }


def _noted(told: Sequence[tuple[frozenset[str], list[str], float]]) -> dict[str, float]:
    about = [(wanted, found) for wanted, found, _ in told if wanted]
    return {
        "notes": len(told),
        "note_in_three": _share(bool(wanted.intersection(found)) for wanted, found in about),
        "note_cards": round(sum(len(found) for _, found in about) / len(about), 2),
        "note_silent_right": _share(not found for wanted, found, _ in told if not wanted),
    }


# --- what they are worth --------------------------------------------------------------------------


def figures(find: Find, table: Sequence[Asked], nothing: Sequence[str]) -> dict[str, float]:
    """Shares of these rows. A refusal is right where nothing at all is shown."""
    ranks = [_rank(find, row) for row in table]
    empty = [not find(row.query, row.municipality) for row in table]
    return {
        "queries": len(table),
        "recall_at_1": _share(rank == 1 for rank in ranks),
        "recall_at_3": _share(0 < rank <= 3 for rank in ranks),
        "mrr": round(sum(1 / rank for rank in ranks if rank) / len(ranks), 4),
        "refused_right": _share(not find(query, "") for query in nothing),
        "wrong_refusals": _share(empty),
    }


def _rank(find: Find, row: Asked) -> int:
    found = find(row.query, row.municipality)
    return next((place for place, code in enumerate(found, 1) if code in row.codes), 0)


def _share(given: Sequence[bool] | object) -> float:
    values = list(given)  # type: ignore[call-overload]
    return round(sum(values) / len(values), 4)


def times(find: Find, table: Sequence[Asked], rounds: int) -> dict[str, float]:
    """Milliseconds of this thread's own time: of whole queries, and of each letter typed. Words
    that were looked for before are remembered, so each round is in another order."""
    typed = [row.query[:end] for row in table for end in range(3, len(row.query) + 1)]
    queries = [row.query for row in table] * rounds
    random.Random(7).shuffle(queries)  # noqa: S311 - the same order each time
    whole, letters = sorted(map(_timed(find), queries)), sorted(map(_timed(find), typed))
    return {
        "p50_ms": _at(whole, 0.5),
        "p95_ms": _at(whole, 0.95),
        "max_ms": _at(whole, 1),
        "typed_p95_ms": _at(letters, 0.95),
    }


def _timed(find: Find) -> Callable[[str], float]:
    def timed(query: str) -> float:
        began = time.thread_time_ns()
        find(query, "")
        return (time.thread_time_ns() - began) / 1e6

    return timed


def _at(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


def main() -> None:
    """Measure, print for people, and with --json one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--missed", action="store_true", help="show what was not found, tuned rows")
    given = parser.parse_args()
    services, table, nothing = cards(), asked(), unanswered()
    contestants = {"ours": ours(services), "fts5_trigram": fts5(services)}
    told = {name: _told(find, table, nothing) for name, find in contestants.items()}
    for name, one in told.items():
        print(f"{name:>15}: {one}")
    notes = noted(services)
    print(f"{'from notes':>15}: {notes}")
    if given.missed:
        _show(contestants["ours"], _tuned(table), _tuned(nothing))
    if given.json:
        mine = told.pop("ours")
        print(json.dumps({"cards": len(services), **mine, **notes, **told}))


def _told(find: Find, table: Sequence[Asked], nothing: Sequence[str]) -> dict[str, object]:
    kept, empty = table[HELD_OUT - 1 :: HELD_OUT], nothing[HELD_OUT - 1 :: HELD_OUT]
    return {
        **times(find, table, 3),
        **figures(find, table, nothing),
        "refused_right_later": _share(
            not find(query, "") for query in unanswered("unanswered_later.csv")
        ),
        "held_out": figures(find, kept, empty),
        "tuned": figures(find, _tuned(table), _tuned(nothing)),
    }


def _tuned(rows: Sequence[object]) -> list:
    return [row for at, row in enumerate(rows, 1) if at % HELD_OUT]


def _show(find: Find, table: Sequence[Asked], nothing: Sequence[str]) -> None:
    for row in table:
        found = list(find(row.query, row.municipality))
        if not set(found[:3]) & row.codes:
            print(f"  {row.query!r}: {'|'.join(sorted(row.codes))}, found {found[:4]}")
    for query in nothing:
        if found := list(find(query, "")):
            print(f"  {query!r}: nothing, found {found[:4]}")


if __name__ == "__main__":
    main()
