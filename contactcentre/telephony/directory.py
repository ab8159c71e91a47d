"""The directory: who has a phone, who is logged in, and the trunks, as Asterisk reads it.

A small SQLite file of its own that the service writes and Asterisk reads as realtime. A changed
secret refuses the old one at the next REGISTER; nothing is ever reloaded, and it holds nothing of
any citizen.

Every account has its rows before Asterisk starts, and they stay: a row that is newer than Asterisk
costs a walk over all endpoints at its first registration (76 ms of processor time each where there
are 1,850), so that 300 agents who log in at nine o'clock would hold Asterisk for a quarter of a
minute. Logging in and out change the secret only. A browser's secret lasts as long as its log-in. A
telephone on a table has one that an administrator typed into it; it lasts until it is revoked. That
of a trunk is nowhere but here, and lasts until another one is given.

Synchronous: its owner calls it from one worker thread.
"""

import re
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from contactcentre.core.config.trunk import Trunk
from contactcentre.telephony.shared_files import make
from contactcentre.telephony.synthetic import CONTEXT, ENDPOINT
from contactcentre.telephony.translation import CARRIER, trunk_endpoint, trunk_of
from contactcentre.telephony.trunk_rows import TABLES, rows

Kind = Literal["browser", "desk"]

FALLBACK_QUEUE = "cc-fallback"

_ENDPOINT = re.compile(r"[a-z0-9-]{1,40}")

_RESERVED = frozenset({CARRIER})

UNKNOWN = 64
"""Digits of a secret that nobody was given; those that somebody was given are shorter."""

# Asterisk reads every column as the text that would stand in pjsip.conf or queues.conf.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS ps_endpoints (
    id TEXT PRIMARY KEY, context TEXT, aors TEXT, auth TEXT, disallow TEXT, allow TEXT, webrtc TEXT,
    language TEXT, dtmf_mode TEXT, direct_media TEXT, allow_transfer TEXT, identify_by TEXT,
    rtp_symmetric TEXT, force_rport TEXT, rewrite_contact TEXT, device_state_busy_at TEXT,
    rtp_timeout TEXT, rtp_timeout_hold TEXT, rtp_keepalive TEXT
);
CREATE TABLE IF NOT EXISTS ps_auths (
    id TEXT PRIMARY KEY, auth_type TEXT, username TEXT, password TEXT
);
CREATE TABLE IF NOT EXISTS ps_aors (
    id TEXT PRIMARY KEY, max_contacts TEXT, remove_existing TEXT, qualify_frequency TEXT,
    qualify_timeout TEXT, minimum_expiration TEXT, default_expiration TEXT, maximum_expiration TEXT
);
CREATE TABLE IF NOT EXISTS ps_endpoint_id_ips (
    id TEXT PRIMARY KEY, endpoint TEXT, match TEXT, srv_lookups TEXT
);
CREATE TABLE IF NOT EXISTS ps_registrations (
    id TEXT PRIMARY KEY, transport TEXT, server_uri TEXT, client_uri TEXT, contact_user TEXT,
    outbound_auth TEXT, expiration TEXT, retry_interval TEXT, forbidden_retry_interval TEXT,
    auth_rejection_permanent TEXT, max_retries TEXT
);
CREATE TABLE IF NOT EXISTS queue_members (
    uniqueid TEXT PRIMARY KEY, queue_name TEXT, interface TEXT, membername TEXT, penalty TEXT,
    paused TEXT, state_interface TEXT, wrapuptime TEXT, ringinuse TEXT, reason_paused TEXT
);
"""

# Beside those of all rows. (A NULL comes to Asterisk as an empty text, which few columns may be.)
_SINCE = {
    "ps_endpoints": {
        "callerid": "<0>",
        "trust_id_inbound": "no",
        "transport": "",
        "outbound_auth": "",
        "from_domain": "",
        "media_encryption": "no",
    },
    "ps_aors": {"contact": ""},
    "ps_auths": {"supported_algorithms_uas": ""},
}
"""Columns that a file of before does not have, with what a phone has there."""

_ALLOW: dict[Kind, str] = {"browser": "opus,alaw,ulaw", "desk": "g722,alaw,ulaw"}


@dataclass(frozen=True, slots=True)
class DirectoryPhone:
    """An account's phone, whether anybody is logged in there or not."""

    endpoint: str
    kind: Kind


class Directory:
    """Writes the directory file at `path`; every method is one transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def create(self) -> None:
        """Make the file and its tables where they are missing."""
        make(self._path)
        with self._opened() as db:
            db.execute("PRAGMA journal_mode = WAL")
        with self._writing() as db:
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            for table, columns in _SINCE.items():
                _add_columns(db, table, columns)

    def enrol(
        self,
        endpoint: str,
        secret: str,
        *,
        kind: Kind,
        queue_penalty: int | None = None,
        encrypted: bool = False,
        md5: bool = False,
    ) -> None:
        """Give `endpoint` a phone with `secret`; with a penalty it also joins the fallback queue.
        `encrypted`: one on a table must speak SRTP, and so register over TLS; a browser always is.
        `md5`: it logs in by that digest alone, whatever others do.

        Asterisk's penalty is the reverse of proficiency: 0 rings first. A phone whose row is newer
        than the running Asterisk may be dialled as soon as it registers, but the fallback queue
        takes it for unavailable until it is qualified: at once by AMI `PJSIPQualify` after its
        `ContactStatus: NonQualified`, else within 20 seconds.
        """
        with self._writing() as db:
            _write(db, DirectoryPhone(_checked(endpoint), kind), secret)
            _upsert(db, "ps_endpoints", _media_row(endpoint, encrypted=encrypted))
            _upsert(db, "ps_auths", _digest_row(endpoint, md5=md5))
            if queue_penalty is not None:
                _write_member(db, endpoint, paused=False, penalty=queue_penalty)

    def provision(
        self, phones: Iterable[DirectoryPhone], *, drop_others: bool = False
    ) -> dict[str, str]:
        """Give every account its rows; secrets in force stay, that of a new phone, or of another
        kind of phone than before, is one nobody knows: those of the latter are given, by phone.

        `drop_others` removes all other rows: before Asterisk starts, when nobody talks on them.
        """
        wanted = {_checked(phone.endpoint): phone for phone in phones}
        with self._writing() as db:
            kept = dict(db.execute("SELECT id, password FROM ps_auths"))
            former = dict(db.execute("SELECT id, webrtc FROM ps_endpoints"))
            changed: dict[str, str] = {}
            for endpoint, phone in wanted.items():
                same = former.get(endpoint) == _webrtc(phone.kind)
                secret = (kept.get(endpoint) if same else None) or _unknown()
                _write(db, phone, secret)
                if endpoint in former and not same:
                    changed[endpoint] = secret
            others = {one for one in kept if trunk_of(one) is None} - wanted.keys()
            for endpoint in others if drop_others else ():
                _drop(db, endpoint)
        return changed

    def lay(self, trunks: Iterable[Trunk]) -> None:
        """Have these trunks and no others; secrets in force stay, and none is forgotten."""
        wanted = {trunk_endpoint(one.trunk_id): one for one in trunks}
        with self._writing() as db:
            for table in TABLES:
                there = {row[0] for row in db.execute(f"SELECT id FROM {table}")}  # noqa: S608
                for name in there:
                    if trunk_of(name) is not None and table not in _rows_of(wanted.get(name)):
                        db.execute(f"DELETE FROM {table} WHERE id = ?", (name,))  # noqa: S608
            for name, trunk in wanted.items():
                for table, row in _rows_of(trunk).items():
                    _upsert(db, table, row)
                _write_log_in(db, name, trunk.user)

    def servers(self) -> tuple[tuple[str, str], ...]:
        """Trunks, and where each leads."""
        with self._opened() as db:
            rows = db.execute("SELECT id, contact FROM ps_aors WHERE contact <> '' ORDER BY id")
            return tuple((name, contact) for name, contact in rows)

    def give_secret(self, trunk_id: str, secret: str) -> None:
        """What the trunk's log-in is made with from now on."""
        row = {**_auth_row(trunk_endpoint(trunk_id), ""), "password": secret}
        with self._writing() as db:
            _upsert(db, "ps_auths", row, change=("password",))

    def has_secret(self, trunk_id: str) -> bool:
        """Whether somebody has given one."""
        with self._opened() as db:
            query = "SELECT password FROM ps_auths WHERE id = ?"
            row = db.execute(query, (trunk_endpoint(trunk_id),)).fetchone()
        return row is not None and 0 < len(row[0]) < UNKNOWN

    def forget_secret(self, trunk_id: str) -> None:
        """It is nowhere any more."""
        with self._writing() as db:
            db.execute("DELETE FROM ps_auths WHERE id = ?", (trunk_endpoint(trunk_id),))

    def secret(self, endpoint: str) -> str | None:
        """The secret that the phone registers with now; None where it was never enrolled."""
        with self._opened() as db:
            row = db.execute(
                "SELECT password FROM ps_auths WHERE id = ?", (_checked(endpoint),)
            ).fetchone()
        return None if row is None else str(row[0])

    def set_member(self, endpoint: str, *, paused: bool, queue_penalty: int = 0) -> None:
        """Put the phone into the fallback queue, or change whether it is rung there."""
        with self._writing() as db:
            _write_member(db, _checked(endpoint), paused=paused, penalty=queue_penalty)

    def renew(self, endpoint: str, secret: str) -> None:
        """Give the phone another secret, and change nothing else."""
        with self._writing() as db:
            _renew(db, _checked(endpoint), secret)

    def withdraw(self, endpoint: str) -> str:
        """Make the phone's secret worthless and take it out of the fallback queue. The new secret,
        which nobody else knows."""
        fresh = _unknown()
        with self._writing() as db:
            _withdraw(db, _checked(endpoint), fresh)
        return fresh

    def withdraw_those_given(self, endpoints: Iterable[str]) -> dict[str, str]:
        """The same of each of them whose secret somebody was given: at the start, of those whose
        agents are not logged in. The new secrets by phone."""
        with self._writing() as db:
            kept = dict(db.execute("SELECT id, password FROM ps_auths"))
            given = [one for one in endpoints if 0 < len(kept.get(one, "")) < UNKNOWN]
            fresh = {endpoint: _unknown() for endpoint in given}
            for endpoint, secret in fresh.items():
                _withdraw(db, endpoint, secret)
        return fresh

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self._path, timeout=5.0, isolation_level=None)
        try:
            yield db
        finally:
            db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._opened() as db:
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:  # rolled back and raised again, whatever it is
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")


def _checked(endpoint: str) -> str:
    if not _ENDPOINT.fullmatch(endpoint) or endpoint in _RESERVED:
        raise ValueError(f"not an endpoint name: {endpoint!r}")
    return endpoint


def _write(db: sqlite3.Connection, phone: DirectoryPhone, secret: str) -> None:
    name = phone.endpoint
    if not secret:
        raise ValueError(f"no secret for {name}")
    _upsert(db, "ps_endpoints", _endpoint_row(name, phone.kind))
    _upsert(db, "ps_auths", {**_auth_row(name, name), "password": secret})
    _upsert(db, "ps_aors", _aor_row(name))


def _auth_row(name: str, user: str) -> dict[str, str]:
    return {"id": name, "auth_type": "userpass", "username": user, "password": _unknown()}


def _rows_of(trunk: Trunk | None) -> Mapping[str, Mapping[str, str]]:
    return {} if trunk is None else rows(trunk)


def _write_log_in(db: sqlite3.Connection, name: str, user: str | None) -> None:
    """The secret stays; one that nobody has given yet is one that nobody knows."""
    if user is not None:
        _upsert(db, "ps_auths", _auth_row(name, user), change=("username",))


def _add_columns(db: sqlite3.Connection, table: str, columns: Mapping[str, str]) -> None:
    there = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
    for name, default in columns.items():
        if name not in there:
            db.execute(f"ALTER TABLE {table} ADD COLUMN {name} TEXT NOT NULL DEFAULT '{default}'")


def _unknown() -> str:
    return secrets.token_hex(UNKNOWN // 2)


def _withdraw(db: sqlite3.Connection, endpoint: str, secret: str) -> None:
    db.execute("DELETE FROM queue_members WHERE uniqueid = ?", (endpoint,))
    _renew(db, endpoint, secret)


def _renew(db: sqlite3.Connection, endpoint: str, secret: str) -> None:
    db.execute("UPDATE ps_auths SET password = ? WHERE id = ?", (secret, endpoint))


def _drop(db: sqlite3.Connection, endpoint: str) -> None:
    for table in ("ps_endpoints", "ps_auths", "ps_aors"):
        db.execute(f"DELETE FROM {table} WHERE id = ?", (endpoint,))  # noqa: S608 - as above
    db.execute("DELETE FROM queue_members WHERE uniqueid = ?", (endpoint,))


def _webrtc(kind: Kind) -> str:
    return "yes" if kind == "browser" else "no"


def _endpoint_row(name: str, kind: Kind) -> dict[str, str]:
    browser = kind == "browser"
    return {
        "id": name,
        "context": CONTEXT if name == ENDPOINT else "cc-agent",
        "aors": name,
        "auth": name,
        "disallow": "all",
        "allow": _ALLOW[kind],
        "webrtc": _webrtc(kind),
        "language": "lv",
        "dtmf_mode": "auto",
        "direct_media": "no",
        "allow_transfer": "no",
        "identify_by": "username",
        "rtp_symmetric": "yes",
        "force_rport": "yes",
        "rewrite_contact": "yes",
        "device_state_busy_at": "1",
        # A browser that has gone is noticed by its silence; a desk phone may suppress silence.
        "rtp_timeout": "20" if browser else "60",
        "rtp_timeout_hold": "300",
        "rtp_keepalive": "15",
        # Not what the phone writes into From: Asterisk would unescape it into manager events.
        "callerid": "<0>",
    }


def _media_row(name: str, *, encrypted: bool) -> dict[str, str]:
    """Apart from the rest: it is the telephone's own, and stays when all accounts are gone over."""
    return {
        "id": name,
        "media_encryption": "sdes" if encrypted else "no",
        "transport": "tls" if encrypted else "",
    }


def _digest_row(name: str, *, md5: bool) -> dict[str, str]:
    """Apart from the rest, too. Empty: as all do."""
    return {"id": name, "supported_algorithms_uas": "MD5" if md5 else ""}


def _aor_row(name: str) -> dict[str, str]:
    return {
        "id": name,
        "max_contacts": "1",
        "remove_existing": "yes",
        "qualify_frequency": "20",
        "qualify_timeout": "3.0",
        "minimum_expiration": "30",
        "default_expiration": "90",
        "maximum_expiration": "120",
    }


def _write_member(db: sqlite3.Connection, endpoint: str, *, paused: bool, penalty: int) -> None:
    row = {
        "uniqueid": endpoint,
        "queue_name": FALLBACK_QUEUE,
        "interface": f"PJSIP/{endpoint}",
        "membername": endpoint,  # so the fallback queue's log names it
        "penalty": str(penalty),
        "paused": "1" if paused else "0",
        "state_interface": f"PJSIP/{endpoint}",
        "wrapuptime": "0",
        "ringinuse": "no",
        "reason_paused": "",
    }
    _upsert(db, "queue_members", row)


def _upsert(
    db: sqlite3.Connection, table: str, row: Mapping[str, str], *, change: Sequence[str] = ()
) -> None:
    """`change`: what is written of a row that is there; all of it if none is named."""
    key, *others = row
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    changes = ", ".join(f"{name} = excluded.{name}" for name in change or others)
    db.execute(
        f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of this file only
        f" ON CONFLICT ({key}) DO UPDATE SET {changes}",
        tuple(row.values()),
    )
