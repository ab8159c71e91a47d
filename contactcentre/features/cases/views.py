"""Rows of cases as their pages show them: pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import RowMapping

from agents_ui.cases import port
from agents_ui.shell.port import Realm
from contactcentre.core.config.network import Network
from contactcentre.features.cases import number as numbers
from contactcentre.features.cases import store, terms
from contactcentre.features.cases.realms import read
from contactcentre.features.cases.working_days import working_days
from routing.calendar import local_day

OURS: Final = ("open", "waiting")
"""The states in which it may still have to be sent on."""


def listed(row: RowMapping, network: Network, at: float) -> port.CaseRow:
    """In a list, at that instant."""
    number, owed_at = numbers.told(row["case_id"]), row["owed_at"]
    late = row["due_on"] < local_day(at).isoformat() or (owed_at is not None and owed_at < at)
    return port.CaseRow(
        number=number,
        spoken=numbers.spoken(number),
        kind=row["kind"],
        state=row["state"],
        subject=row["subject"],
        owner=_name(read(row["owner"]), network),
        opened_at=row["opened_at"],
        due_on=row["due_on"],
        late=row["state"] not in store.OVER and late,
        promise_on=_iso(owed_at),
    )


def opened(
    row: RowMapping, entries: Iterable[RowMapping], network: Network, at: float, *, acts: bool
) -> port.CaseView:
    """One that is opened at that instant."""
    send_on = terms.send_on_by(row["kind"], local_day(row["opened_at"]), working_days(network))
    unsent = row["state"] in OURS and send_on is not None
    return port.CaseView(
        row=listed(row, network, at),
        service=row["service"],
        municipality=municipality(row["municipality"], network),
        send_on_by=send_on.isoformat() if send_on is not None and unsent else None,
        entries=tuple(_entry(one, at) for one in entries),
        submission=row["submission"],
        submission_confirmed_at=row["submission_confirmed_at"],
        acts=acts,
    )


def _entry(row: RowMapping, at: float) -> port.CaseEntry:
    promised_at, kept_at = row["promised_at"], row["kept_at"]
    kept = None
    if promised_at is not None and (kept_at is not None or promised_at < at):
        kept = kept_at is not None and kept_at <= promised_at
    return port.CaseEntry(
        at=row["at"],
        by=row["name"] or row["by"],
        what=row["what"],
        text=row["text"],
        promise_on=_iso(promised_at),
        kept=kept,
    )


def _name(realm: Realm, network: Network) -> str:
    kind, key = realm
    if kind == "centre" and key in network.centres:
        return network.centres[key].name
    return municipality(key, network) if kind == "municipality" else key


def municipality(key: str, network: Network) -> str:
    """Its name, as long as there is one of that key."""
    known = network.municipalities.get(key)
    return known.name if known is not None else key


def _iso(at: float | None) -> str | None:
    return local_day(at).isoformat() if at is not None else None
