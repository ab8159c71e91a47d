"""What the directory's file says after each change."""

import asyncio
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from contactcentre.core.config.network import Network
from contactcentre.core.config.trunk import Trunk
from contactcentre.features.agents.document import AgentDocument
from contactcentre.telephony.directory import Directory, DirectoryPhone
from contactcentre.telephony.phones import Phones
from lab.hotline import until
from routing.model import AgentProfile

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


def test_an_encrypted_phone_stays_one(directory: Directory, path: Path) -> None:
    """Until another one is enrolled in its place, whatever is provisioned meanwhile."""
    encryption = "SELECT media_encryption FROM ps_endpoints"
    directory.enrol("a-1", "secret", kind="desk", encrypted=True)
    directory.provision([DirectoryPhone("a-1", "desk")])
    assert column(path, encryption) == ["sdes"]
    directory.enrol("a-1", "another", kind="desk")
    assert column(path, encryption) == ["no"]


def test_an_old_telephone_is_asked_for_md5(directory: Directory, path: Path) -> None:
    """It alone, also when all accounts are gone over, until its next password."""
    directory.enrol("a-1", "one", kind="desk", md5=True)
    directory.enrol("a-2", "two", kind="desk")
    directory.provision([DirectoryPhone("a-1", "desk"), DirectoryPhone("a-2", "desk")])
    asked = "SELECT supported_algorithms_uas FROM ps_auths ORDER BY id"
    assert column(path, asked) == ["MD5", ""]
    directory.enrol("a-1", "three", kind="desk")
    assert column(path, asked) == ["", ""]


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


def test_a_phone_of_another_kind_has_another_secret(directory: Directory) -> None:
    """It is told, so that what registered with the former one can be ended; the others' are not."""
    directory.enrol("a-1", "of a browser", kind="browser")
    directory.enrol("a-2", "typed in", kind="desk")
    phones = [DirectoryPhone("a-1", "desk"), DirectoryPhone("a-2", "desk")]
    assert directory.provision(phones) == {"a-1": directory.secret("a-1")}
    assert directory.secret("a-1") != "of a browser"
    assert directory.secret("a-2") == "typed in"


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


@pytest.mark.parametrize("field", ["endpoint", "agent_id"])
@pytest.mark.parametrize("name", ["A1", "anna.b", "a_1", "x" * 41, "carrier", "check"])
def test_an_agent_has_no_phone_that_the_directory_refuses(field: str, name: str) -> None:
    """One such name, and no phone at all would be written: so it is told where people write it, be
    it the telephone's own name or the agent's that stands for it."""
    document = {"agent_id": "a1", "name": "Anna", "centre_id": "c", field: name}
    with pytest.raises(ValueError, match=r"^endpoint: "):
        AgentDocument(**document)  # type: ignore[arg-type]


def test_a_phone_without_a_secret_is_refused(directory: Directory) -> None:
    """An empty secret would let everybody in."""
    with pytest.raises(ValueError, match="secret"):
        directory.enrol("a-1", "", kind="desk")


# --- trunks --------------------------------------------------------------------------------

LMT = Trunk(
    trunk_id="lmt",
    peers=("192.0.2.10",),
    server="sip.lmt.lv",
    user="me",
    registers=True,
    numbers=("60000100",),
)
LINES = ("ps_endpoints", "ps_aors", "ps_endpoint_id_ips", "ps_registrations")


def test_a_trunk_s_secret_outlives_its_changes(directory: Directory, path: Path) -> None:
    """It is given once, before the trunk is there or after, and taken away by name alone."""
    directory.give_secret("lmt", "s3cret")
    assert directory.has_secret("lmt")
    directory.lay([LMT])
    directory.lay([replace(LMT, user="other")])
    directory.lay([])
    directory.lay([LMT])
    log_in = "SELECT username || ' ' || password FROM ps_auths"
    assert column(path, log_in) == ["me s3cret"]
    directory.forget_secret("lmt")
    directory.lay([LMT])
    assert not directory.has_secret("lmt")
    assert column(path, log_in) != ["me s3cret"]


def test_a_trunk_that_is_no_more_leaves_nothing(directory: Directory, path: Path) -> None:
    """Nor does what it was before, beside phones, which stay."""
    directory.enrol("a-1", "secret", kind="desk")
    directory.lay([LMT, replace(LMT, trunk_id="tet", peers=("192.0.2.11",))])
    assert column(path, "SELECT id FROM ps_registrations") == ["carrier_lmt", "carrier_tet"]
    directory.lay([replace(LMT, server=None, registers=False)])
    there = {
        table: [one for one in column(path, f"SELECT id FROM {table}") if one != "a-1"]  # noqa: S608
        for table in LINES
    }
    assert there == {
        "ps_endpoints": ["carrier_lmt"],
        "ps_aors": [],
        "ps_endpoint_id_ips": ["carrier_lmt"],
        "ps_registrations": [],
    }
    directory.provision([], drop_others=True)
    assert column(path, "SELECT id FROM ps_endpoints") == ["carrier_lmt"]


def test_a_file_of_before_takes_trunks(tmp_path: Path) -> None:
    """Asterisk finds no empty column in what it had of phones."""
    path = tmp_path / "directory.sqlite"
    directory = Directory(path)
    directory.create()
    directory.enrol("a-1", "secret", kind="desk")
    with closing(sqlite3.connect(path)) as db:
        for name in ("transport", "media_encryption"):
            db.execute(f"ALTER TABLE ps_endpoints DROP COLUMN {name}")
    directory.create()
    directory.lay([LMT])
    assert column(path, "SELECT media_encryption FROM ps_endpoints") == ["no", "no"]
    assert column(path, "SELECT transport FROM ps_endpoints ORDER BY id") == ["", "udp"]


async def test_a_telephone_that_is_taken_away(
    directory: Directory, free_port: Callable[[], int]
) -> None:
    """Its password ends with it; not that of an agent who is in no network for a while."""
    phones = Phones(directory, ("127.0.0.1", free_port()))
    has = AgentProfile(agent_id="a1", name="A", centre_id="c", endpoint="a-1", table="a-1-table")
    reserve = replace(has, agent_id="a2", endpoint="a-2", table="a-2-table")
    phones.note(Network(version=1, agents={"a1": has, "a2": reserve}))
    writing = asyncio.create_task(phones.run())

    async def made() -> bool:
        return directory.secret("a-2-table") is not None

    async def ended() -> bool:
        return directory.secret("a-1-table") != "typed in"

    try:
        await until(made, "no rows")
        for endpoint in ("a-1-table", "a-2-table"):
            directory.enrol(endpoint, "typed in", kind="desk")
        phones.note(Network(version=2, agents={"a1": replace(has, table="")}))
        await until(ended, "it counts still")
        assert directory.secret("a-2-table") == "typed in"
    finally:
        writing.cancel()
        await asyncio.wait([writing])
