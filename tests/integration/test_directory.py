"""What the directory's file says after each change."""

import sqlite3
import stat
from pathlib import Path

import pytest

from contactcentre.telephony.directory import Directory, DirectoryPhone

pytestmark = pytest.mark.integration


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the directory lies."""
    return tmp_path / "new" / "directory.sqlite"


@pytest.fixture
def directory(path: Path) -> Directory:
    """An empty directory."""
    made = Directory(path)
    made.create()
    return made


def column(path: Path, query: str) -> list[str]:
    """The only column of the rows."""
    db = sqlite3.connect(path)
    try:
        return [row[0] for row in db.execute(query)]
    finally:
        db.close()


def test_it_can_be_made_twice(directory: Directory, path: Path) -> None:
    """Making it again keeps what is in it, and only its owner may read it."""
    directory.enrol("a-1", "secret", kind="browser")
    directory.create()
    assert column(path, "SELECT id FROM ps_endpoints") == ["a-1"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_readers_do_not_wait_for_the_writer(directory: Directory, path: Path) -> None:
    """Asterisk reads while the service writes."""
    assert column(path, "PRAGMA journal_mode") == ["wal"]


@pytest.mark.parametrize(("kind", "webrtc"), [("browser", "yes"), ("desk", "no")])
def test_a_phone_is_an_endpoint(directory: Directory, path: Path, kind: str, webrtc: str) -> None:
    """A browser speaks WebRTC, a desk phone plain SIP; both may dial nothing."""
    directory.enrol("a-1", "secret", kind=kind)  # type: ignore[arg-type]
    assert column(path, "SELECT webrtc FROM ps_endpoints") == [webrtc]
    assert column(path, "SELECT context FROM ps_endpoints") == ["cc-agent"]
    assert column(path, "SELECT password FROM ps_auths WHERE id = 'a-1'") == ["secret"]


def test_enrolling_again_changes_the_secret(directory: Directory, path: Path) -> None:
    """There is one phone of a name, with the secret of the last log-in."""
    directory.enrol("a-1", "first", kind="browser")
    directory.enrol("a-1", "second", kind="desk")
    assert column(path, "SELECT password FROM ps_auths") == ["second"]
    assert column(path, "SELECT webrtc FROM ps_endpoints") == ["no"]


def test_only_who_is_asked_into_it_joins_the_fallback_queue(
    directory: Directory, path: Path
) -> None:
    """A penalty makes a member; without it there is a phone only."""
    directory.enrol("a-1", "secret", kind="desk")
    directory.enrol("a-2", "secret", kind="desk", queue_penalty=3)
    assert column(path, "SELECT interface FROM queue_members") == ["PJSIP/a-2"]
    assert column(path, "SELECT penalty FROM queue_members") == ["3"]


def test_a_member_can_pause(directory: Directory, path: Path) -> None:
    """Pausing and going on change one row."""
    paused = []
    for value in (True, False):
        directory.set_member("a-1", paused=value)
        paused += column(path, "SELECT paused FROM queue_members")
    assert paused == ["1", "0"]


def test_a_withdrawn_phone_is_worthless(directory: Directory, path: Path) -> None:
    """The secret becomes one that nobody knows, and the fallback queue forgets the phone."""
    directory.enrol("a-1", "secret", kind="desk", queue_penalty=0)
    directory.withdraw("a-1")
    assert column(path, "SELECT interface FROM queue_members") == []
    (password,) = column(path, "SELECT password FROM ps_auths")
    assert len(password) == 64


def test_every_account_has_a_phone_before_anybody_logs_in(directory: Directory, path: Path) -> None:
    """With a secret that nobody knows; those in force stay, and so do the rows of others."""
    directory.enrol("a-1", "in force", kind="browser", queue_penalty=0)
    directory.enrol("a-9", "other", kind="desk")
    directory.provision([DirectoryPhone("a-1", "browser"), DirectoryPhone("a-2", "desk")])
    assert column(path, "SELECT id || webrtc FROM ps_endpoints ORDER BY id") == [
        "a-1yes",
        "a-2no",
        "a-9no",
    ]
    assert column(path, "SELECT id FROM ps_aors ORDER BY id") == ["a-1", "a-2", "a-9"]
    assert directory.secret("a-1") == "in force"
    assert len(directory.secret("a-2") or "") == 64


def test_phones_of_former_accounts_are_dropped(directory: Directory, path: Path) -> None:
    """Before Asterisk starts: so the directory grows with the accounts there are, no further."""
    directory.enrol("a-1", "in force", kind="desk", queue_penalty=0)
    directory.provision([DirectoryPhone("a-2", "browser")], drop_others=True)
    for table in ("ps_endpoints", "ps_auths", "ps_aors"):
        assert column(path, f"SELECT id FROM {table}") == ["a-2"]  # noqa: S608 - names from above
    assert column(path, "SELECT uniqueid FROM queue_members") == []


def test_one_bad_name_and_nothing_is_provisioned(directory: Directory, path: Path) -> None:
    """The old whole stays."""
    directory.enrol("a-1", "secret", kind="desk")
    with pytest.raises(ValueError, match="endpoint"):
        directory.provision(
            [DirectoryPhone("a-2", "desk"), DirectoryPhone("Not OK", "desk")], drop_others=True
        )
    assert column(path, "SELECT id FROM ps_endpoints") == ["a-1"]


@pytest.mark.parametrize("name", ["", "A-1", "a 1", "a/1", "a&b", "a\n", "ā", "x" * 41, "carrier"])
def test_a_name_that_is_not_ours_is_refused(directory: Directory, name: str) -> None:
    """No name can mean anything else to Asterisk."""
    with pytest.raises(ValueError, match="endpoint"):
        directory.enrol(name, "secret", kind="desk")


def test_a_phone_without_a_secret_is_refused(directory: Directory) -> None:
    """An empty secret would let everybody in."""
    with pytest.raises(ValueError, match="secret"):
        directory.enrol("a-1", "", kind="desk")
