"""`contactcentre trunk`: declared as a whole or refused as a whole; the secret is in one place."""

import io
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from contactcentre import paths
from contactcentre.cli.command import work
from contactcentre.cli.trunk import app
from contactcentre.features.trunks import store
from contactcentre.settings import Settings
from contactcentre.storage import database
from contactcentre.storage.settings import version
from contactcentre.telephony.directory import Directory

pytestmark = pytest.mark.integration

SECRET = "pass;word [of] ours"
ACCOUNT = (
    "lmt --server sip.lmt.lv --peer 192.0.2.10 --user me --number 60000100 --registers --link VPN"
)
BY_ADDRESS = "add a --peer 192.0.2.1 --link VPN"

Trunk = Callable[..., Awaitable[int]]


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """An empty installation."""
    made = Settings(home=tmp_path / "home", cache=tmp_path / "cache")
    made.home.mkdir()
    await database.migrate(made.database)
    return made


@pytest.fixture
def trunk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Trunk:
    """The command, with what is typed after its name, and the secret on standard input."""

    async def command(words: str, secret: str = f"{SECRET}\n") -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(secret))
        made = work(app, words.split(), settings)
        return made if isinstance(made, int) else await made or 0

    return command


async def test_an_account_is_declared(
    trunk: Trunk, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its secret is in the directory alone, for its owner's eyes: in no list, no row, no log."""
    assert await trunk(f"add {ACCOUNT} --secret-file -") == 0
    assert await trunk("list") == 0
    told = capsys.readouterr()
    assert "calls go out to sip.lmt.lv as me, registered there" in told.out
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        (kept,) = await store.listed(storage)
        assert await version(connection) == 1
    assert (kept.user, kept.numbers, kept.codecs) == ("me", ("60000100",), ("g722", "alaw", "ulaw"))
    file = paths.directory(settings)
    assert Directory(file).has_secret("lmt")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SECRET not in told.out + told.err
    assert SECRET.encode() not in (settings.home / "contactcentre.sqlite").read_bytes()


async def test_a_change_keeps_the_secret(
    trunk: Trunk, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """All else is said anew; what was before and is now is on record, but for the secret."""
    assert await trunk(f"add {ACCOUNT} --secret-file -") == 0
    assert await trunk(f"add {ACCOUNT} --secret-file -", "other") == 1
    assert "is there already: add --replace" in capsys.readouterr().err
    assert await trunk(f"add {ACCOUNT} --replace --shows 60000199", "") == 0
    assert await trunk("secret lmt --secret-file -", "another") == 0
    async with database.opened(settings.database) as storage, storage.connect() as connection:
        said = await connection.exec_driver_sql("SELECT object, details FROM audit ORDER BY number")
        rows = [tuple(row) for row in said]
    assert [row[0] for row in rows] == ["trunks/lmt"] * 3
    assert '"after":{"shows":"60000199"}' in rows[1][1]
    assert not any(SECRET in row[1] or '"another"' in row[1] for row in rows)


async def test_what_is_removed_is_forgotten(
    trunk: Trunk, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its secret too; none of that name is told with those that there are."""
    assert await trunk(f"add {ACCOUNT} --secret-file -") == 0
    assert await trunk("remove lmd") == 1
    assert "no trunk 'lmd'; there are: lmt" in capsys.readouterr().err
    assert await trunk("remove lmt") == 0
    assert not Directory(paths.directory(settings)).has_secret("lmt")
    assert await trunk("remove lmt") == 1


@pytest.mark.parametrize(
    ("words", "secret", "said"),
    [
        ("add a --peer 192.0.2.1", "", "trunk a, link: nothing encrypts it"),
        ("add a --peer 192.0.2.1 --transport tls --srtp no", "", "trunk a, link: nothing encrypts"),
        ("add a --server sip.lmt.lv", "", "trunk a, peers: must name at least one address"),
        (
            f"{BY_ADDRESS} --centre no",
            "",
            "trunk a, centre_id: no centre named 'no'",
        ),
        ("add b --server 192.0.2.10:5080 --link VPN", "", "192.0.2.10 is lmt's already"),
        (
            f"{BY_ADDRESS} --user me --secret-file -",
            "\n",
            "one line of 1 to 63",
        ),
        (f"{BY_ADDRESS} --user me --secret-file /no/such", "", "/no/such"),
        ("secret no --secret-file -", "x", "no trunk 'no'"),
        ("try no", "", "no trunk 'no'"),
    ],
)
async def test_nothing_is_kept_of_what_is_refused(
    trunk: Trunk,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    words: str,
    secret: str,
    said: str,
) -> None:
    """It is told where and what."""
    assert await trunk(f"add {ACCOUNT} --secret-file -") == 0
    assert await trunk(words, secret) == 1
    assert said in capsys.readouterr().err
    async with database.opened(settings.database) as storage:
        assert [one.trunk_id for one in await store.listed(storage)] == ["lmt"]


async def test_a_transport_that_is_off_is_told_at_once(
    trunk: Trunk, capsys: pytest.CaptureFixture[str]
) -> None:
    """The trunk is kept; what Asterisk needs for it is said."""
    assert await trunk("add tet --server 192.0.2.1 --transport tls") == 1
    assert await trunk("try tet") == 1
    told = capsys.readouterr().err
    assert told.count("set CC_SIP_TLS_PORT, CC_SIP_TLS_CERTIFICATE and CC_SIP_TLS_KEY") == 2
