"""The chain over the audit log, and how its rows are told to others."""

import json

import pytest

from contactcentre.features.audit.chain import (
    GENESIS,
    Anchor,
    Checkpoint,
    anchor,
    canonical,
    is_signed,
    link,
    signature,
)
from contactcentre.features.audit.export import json_line, syslog_line
from contactcentre.storage.audit import configured

pytestmark = pytest.mark.unit

ROW = {
    "number": 7,
    "at": 1_800_000_000.25,
    "who": "u1",
    "action": "history.opened",
    "object": "c1",
    "purpose": "ā",
    "person": "",
    "details": "",
}


def test_a_link_stays_what_it_is() -> None:
    """Logs of years ago verify with the software of today: these bytes are for ever."""
    assert canonical(ROW) == rb'[7,1800000000.25,"u1","history.opened","c1","\u0101","",""]'
    first = link(GENESIS, ROW)
    assert first == "b8e7f1cf1724560108ab0cccdf66893478306525dda4fd6c7125329394ac6a1f"
    assert link(first, ROW) != first


def test_rows_do_not_run_into_each_other() -> None:
    """What stands at a column's end is not the same as at the next one's beginning."""
    moved = {**ROW, "who": "u", "action": "1history.opened"}
    assert link(GENESIS, moved) != link(GENESIS, ROW)


def test_a_checkpoint_is_signed_whole() -> None:
    """Each of its fields, and by the key."""
    made = Checkpoint(position=3, hash="0" * 64, made_at=1.0, before_at=2.0)
    signed = signature(made, b"key")
    assert is_signed(made, signed, b"key")
    assert not is_signed(made, signed, b"other")
    for other in ({"position": 4}, {"hash": "1" * 64}, {"made_at": 5.0}, {"before_at": 5.0}):
        fields = {"position": 3, "hash": "0" * 64, "made_at": 1.0, "before_at": 2.0, **other}
        assert not is_signed(Checkpoint(**fields), signed, b"key")  # type: ignore[arg-type]


def test_an_anchor_is_read_as_it_is_printed() -> None:
    """And nothing else is one."""
    one = Anchor(12, "a" * 64)
    assert anchor(f" {one}\n") == one
    for wrong in ("", "12", f"12:{'A' * 64}", f"-1:{'a' * 64}", f"1:{'a' * 63}"):
        with pytest.raises(ValueError, match="an anchor is written as"):
            anchor(wrong)


def test_syslog_has_no_row_within_a_row() -> None:
    """Quotes and brackets are escaped, line breaks left out."""
    row = {**ROW, "position": 1, "hash": "f" * 64, "purpose": 'a"]\n<109>1 forged\\'}
    line = syslog_line(row)
    assert r'purpose="a\"\]<109>1 forged\\"' in line
    assert "\n" not in line
    assert json.loads(json_line(row))["purpose"] == row["purpose"]


def test_of_a_document_what_changed_is_told() -> None:
    """Both ways, and of an agent's own telephone only that it changed."""
    before = {"name": "Anna", "mobile": "+37120000001", "reserve": False}
    after = {"name": "Anna", "mobile": "+37120000002", "device": "mobile", "reserve": False}
    entry = configured("agents/a1", before, after, at=0.0, by="u")
    assert entry is not None
    assert entry.details == {
        "before": {"mobile": "…"},
        "after": {"mobile": "…", "device": "mobile"},
    }
    assert configured("agents/a1", after, after, at=0.0, by="u") is None
    new = configured("queues/q", None, {"wrap_up_s": 3}, at=0.0, by="u")
    assert new is not None
    assert new.details == {"before": None, "after": {"wrap_up_s": 3}}
