"""What a contact is written down with of the network as it is now: the centres of its hotline and
its agent, and what its queue promises. Read from the configuration's rows, and known for as long as
the network's number stays the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, select

from contactcentre.core.config.network import DEFAULT_QUEUE
from contactcentre.storage import documents
from contactcentre.storage import tables as models
from routing.model import Queue

Promise = tuple[float, float]
"""Of a queue: answered within, and short abandons, in seconds."""

_PROMISED = select(models.queues.c.queue_id, models.queues.c.document)


class PresentNetwork:
    """`as_of` each transaction, which has read the number before anything else; then ask."""

    def __init__(self) -> None:
        self._version: object = None
        self._forget()

    def _forget(self) -> None:
        # By table, then by key; no more of them than the network has had at one time.
        self._centres: defaultdict[Table, dict[str, Any]] = defaultdict(dict)
        self._promises: dict[str, Any] | None = None

    def as_of(self, version: object) -> None:
        """What is known of another version is forgotten."""
        if version != self._version:
            self._version = version
            self._forget()

    def centres(
        self, connection: Connection, table: Table, keys: Collection[str]
    ) -> dict[str, Any]:
        """The centre of each of these hotlines or agents."""
        known = self._centres[table]
        if unknown := [key for key in keys if key not in known]:
            found = connection.execute(_centres_in(table), {"keys": unknown})
            known |= {row[0]: row[1] for row in found}
        return {key: known[key] for key in keys if key in known}

    def promises(self, connection: Connection, queues: Collection[str]) -> dict[str, Promise]:
        """Of these queues; one that is not there any more promises what the usual one does."""
        if not queues:
            return {}
        if self._promises is None:
            self._promises = {row[0]: row[1] for row in connection.execute(_PROMISED)}
        known = self._promises
        usual = known.get(DEFAULT_QUEUE)
        return {queue: _promised(known.get(queue) or usual or {}) for queue in queues}


def _promised(said: dict[str, Any]) -> Promise:
    plain = Queue(queue_id="", labels={"lv": "", "en": ""})
    within_s = said.get("answer_within_s", plain.answer_within_s)
    return float(within_s), float(said.get("short_abandon_s", plain.short_abandon_s))


@cache
def _centres_in(table: Table) -> Select[Any]:
    key = table.c[documents.key_of(table)]
    centre = table.c.document["centre_id"].as_string()
    return select(key, centre).where(key.in_(bindparam("keys", expanding=True)))
