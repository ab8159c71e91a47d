"""Rows of the audit log as others read them: JSON lines, and syslog as RFC 5424 has it. Pure.

Both carry position and link, so a copy elsewhere is an anchor for every row that it has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from contactcentre.features.audit.chain import COLUMNS

PRIORITY = 13 * 8 + 5
"""Facility 13, log audit; severity 5, notice."""

SD_ID = "audit@32473"
"""32473 is the number for examples (RFC 5612): we have none of our own."""

_ESCAPED = re.compile(r'(["\\\]])')
_UNSAID = re.compile(r"[\x00-\x1f\x7f]")


def json_line(row: Mapping[Any, Any]) -> str:
    """One row. `details` stays the text that was hashed."""
    shown = {"position": row["position"], **{name: row[name] for name in COLUMNS}}
    return json.dumps({**shown, "hash": row["hash"]}, ensure_ascii=False)


def syslog_line(row: Mapping[Any, Any]) -> str:
    """One row. Control characters, which no row of ours has, are left out."""
    at = datetime.fromtimestamp(row["at"], UTC).isoformat(timespec="microseconds")
    shown = {"position": row["position"], **{name: row[name] for name in COLUMNS}}
    given = {**shown, "hash": row["hash"]}
    data = " ".join(f'{name}="{_value(value)}"' for name, value in given.items() if value != "")
    return (
        f"<{PRIORITY}>1 {at.removesuffix('+00:00')}Z - contactcentre - {row['action']} "
        f"[{SD_ID} {data}]"
    )


def _value(value: object) -> str:
    return _ESCAPED.sub(r"\\\1", _UNSAID.sub("", str(value)))
