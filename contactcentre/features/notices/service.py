"""The page of notices, kept: words, time and callers read, looked at, and published."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.notices import port
from agents_ui.shell.permissions import WHOLE, Act, around, may
from agents_ui.shell.port import NETWORK, Person, Realm, Texts, Unavailable
from contactcentre.core.config import document
from contactcentre.core.config.network import STATE_LANGUAGE, Network
from contactcentre.core.config.notice import PREFIX, Notice
from contactcentre.engine.clock import now
from contactcentre.features.notices import store
from contactcentre.storage import database
from routing.calendar import LOCAL

MOST: Final = 20
"""In force or to come: each is some seconds of every caller's time."""

LATELY_S: Final = 14 * 86_400.0
HEARD_S: Final = 7 * 86_400.0
AHEAD: Final = timedelta(days=366)


Labels = Mapping[tuple[port.ReachKind, str], Texts]
"""What people call queues and places, by kind and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedWords:
    """An entry of the file of prepared words."""

    name: Mapping[str, str]
    texts: Mapping[str, str]


class NoticeService:
    """Keeps `agents_ui.notices.port.NoticeRoom`. `prepared` is a file; `say` makes speech (WAV),
    and `render` has words of prompts, by language, said from now on: both may raise `NotSaid`."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        network: Callable[[], Network],
        prepared: Path,
        say: Callable[[str, str], Awaitable[bytes]],
        render: Callable[[Mapping[str, Mapping[str, str]]], Awaitable[None]],
        clock: Callable[[], float] = now,
    ) -> None:
        self._engine = engine
        self._network = network
        self._prepared = prepared
        self._say = say
        self._render = render
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    def languages(self) -> Sequence[str]:
        """See `NoticeRoom`."""
        others = (one for one in self._network().languages if one != STATE_LANGUAGE)
        return (STATE_LANGUAGE, *others)

    def reaches(self, person: Person) -> Sequence[port.NoticeReach]:
        """See `NoticeRoom`."""
        network = self._network()
        return tuple(
            one
            for one in _reaches(network)
            if may(person, Act.NOTICES_EDIT, _lies_in(one.kind, one.key, network))
        )

    async def prepared(self) -> Sequence[port.PreparedNotice]:
        """See `NoticeRoom`."""
        found = await asyncio.to_thread(prepared_words, self._prepared)
        return tuple(port.PreparedNotice(name=one.name, texts=one.texts) for one in found)

    async def listed(self, person: Person) -> Sequence[port.NoticeRow]:
        """See `NoticeRoom`."""
        at, network = self._clock(), self._network()
        try:
            told = await store.listed(self._engine, since=at - LATELY_S, heard_since=at - HEARD_S)
        except database.AWAY:
            raise Unavailable from None
        labels = {(one.kind, one.key): one.label for one in _reaches(network)}
        rows = [_row(one, at, network, labels, person) for one in told]
        return sorted(rows, key=lambda row: ("now", "later", "over").index(row.state))

    async def publish(self, text: port.NoticeText, *, person: Person) -> str:
        """See `NoticeRoom`."""
        at = self._clock()
        texts = {code: words.strip() for code, words in text.texts.items() if words.strip()}
        problems = [*_wrong_words(texts)]
        reach = next((one for one in self.reaches(person) if one.to == text.to), None)
        if reach is None:
            problems.append(("to", "form"))
        if text.hours not in port.HOURS:
            problems.append(("hours", "form"))
        from_at = _moment(text.begins, at)
        if from_at is None:
            problems.append(("begins", "form"))
        if reach is None or from_at is None or problems:
            raise port.NoticeRefused(*problems)
        until_at = from_at + 3600.0 * int(text.hours) if text.hours else None
        try:
            open_ones = await store.listed(self._engine, since=at, heard_since=at)
            if len(open_ones) >= MOST:
                raise port.NoticeRefused(("texts", "many"))
            notice_id = store.new_id()
            # Before anybody may hear it: what is not spoken yet is a tone.
            await self._render({code: {PREFIX + notice_id: said} for code, said in texts.items()})
            await store.add(
                self._engine,
                texts,
                notice_id=notice_id,
                from_at=from_at,
                until_at=until_at,
                by=person.user_id,
                **_callers(reach),
            )
        except database.AWAY:
            raise Unavailable from None
        except store.NoSuchPlace:
            raise port.NoticeRefused(("to", "form")) from None
        except port.NotSaid:
            raise port.NoticeRefused(("texts", "unspoken")) from None
        return notice_id

    async def end(self, notice_id: str, *, person: Person) -> None:
        """See `NoticeRoom`."""
        at, network = self._clock(), self._network()
        try:
            told = await store.listed(self._engine, since=at, heard_since=at)
            mine = (one.notice for one in told if _is_mine(one.notice, network, person))
            if not any(one.notice_id == notice_id for one in mine):
                raise LookupError(notice_id)
            if not await store.end(self._engine, notice_id, at, by=person.user_id):
                raise LookupError(notice_id)
        except database.AWAY:
            raise Unavailable from None

    async def hear(self, text: str, language: str) -> bytes:
        """See `NoticeRoom`."""
        async with self._one_at_a_time:
            return await self._say(text, language)


def prepared_words(path: Path) -> Sequence[PreparedWords]:
    """Of a file: a list of them. Raises `Refused`."""
    given = document.parse(path.read_text("utf-8"), path.name)
    return document.read(tuple[PreparedWords, ...], given, path.name)


def _wrong_words(texts: Texts) -> Iterator[tuple[str, str]]:
    if not texts.get(STATE_LANGUAGE):
        yield "texts", "missing"
    if any(len(words) > port.LONGEST for words in texts.values()):
        yield "texts", "long"
    if any("[" in words or "]" in words for words in texts.values()):
        yield "texts", "blank"


def _moment(text: str, at: float) -> float | None:
    """Latvian time; None for what is no time to come, or one that the clock skips."""
    if not text:
        return at
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    here = datetime.fromtimestamp(at, LOCAL).replace(tzinfo=None)
    if when.tzinfo is not None or not here - timedelta(minutes=1) <= when <= here + AHEAD:
        return None
    instant = when.replace(tzinfo=LOCAL).timestamp()
    if datetime.fromtimestamp(instant, LOCAL).replace(tzinfo=None) != when:
        return None
    return max(at, instant)


# --- whom ------------------------------------------------------------------------------------


def _reaches(network: Network) -> Iterator[port.NoticeReach]:
    yield port.NoticeReach(kind="everybody", label={})
    for key, queue in network.queues.items():
        yield port.NoticeReach(kind="queue", key=key, label=queue.labels)
    for key, town in network.municipalities.items():
        yield port.NoticeReach(kind="municipality", key=key, label={STATE_LANGUAGE: town.name})
    for key, centre in network.centres.items():
        yield port.NoticeReach(kind="centre", key=key, label={STATE_LANGUAGE: centre.name})


def _lies_in(kind: str, key: str, network: Network) -> frozenset[Realm]:
    """In whose part of the network these callers are told something."""
    match kind:
        case "centre":
            return around(network.place(key))
        case "municipality":
            return frozenset({NETWORK, ("municipality", key)})
        case _:
            return WHOLE


def _callers(reach: port.NoticeReach) -> dict[str, tuple[str, ...]]:
    fields = {"queue": "queues", "municipality": "municipalities", "centre": "centres"}
    return {fields[reach.kind]: (reach.key,)} if reach.kind in fields else {}


def _parts(notice: Notice) -> Iterator[tuple[port.ReachKind, str]]:
    """Whom it is for, one by one; none: everybody."""
    yield from (("queue", key) for key in notice.queues)
    yield from (("municipality", key) for key in notice.municipalities)
    yield from (("centre", key) for key in notice.centres)


def _is_mine(notice: Notice, network: Network, person: Person) -> bool:
    parts = tuple(_parts(notice)) or (("everybody", ""),)
    return all(may(person, Act.NOTICES_EDIT, _lies_in(*part, network)) for part in parts)


def _row(
    told: store.Told, at: float, network: Network, labels: Labels, person: Person
) -> port.NoticeRow:
    notice = told.notice
    over = notice.until_at is not None and notice.until_at <= at
    return port.NoticeRow(
        notice_id=notice.notice_id,
        texts=notice.texts,
        to=[labels.get(part, {STATE_LANGUAGE: part[1]}) for part in _parts(notice)],
        from_at=notice.from_at,
        until_at=notice.until_at,
        state="over" if over else "now" if notice.in_force(at) else "later",
        heard=told.heard,
        informed=told.informed,
        mine=_is_mine(notice, network, person),
    )
