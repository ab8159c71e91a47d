"""The command `user`: log-ins made, and passwords set, by whoever has a shell."""

import getpass
import stat
from functools import partial
from pathlib import Path

import pyotp
import pytest

from agents_ui.shell.port import SecondStep, WrongPassword
from contactcentre.cli.command import work
from contactcentre.cli.passwords import app as passwords
from contactcentre.cli.user import app
from contactcentre.features.accounts.service import AccountService
from contactcentre.features.accounts.vault import Vault
from contactcentre.paths import account_keys
from contactcentre.settings import Settings
from contactcentre.storage import database

pytestmark = pytest.mark.integration

FIRST, SECOND = "zaļa govs uz jumta", "balts zirgs pie loga"
ANNA = ("--name", "Anna Bērziņa", "--role", "supervisor")


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Settings:
    """An empty database."""
    return Settings(home=tmp_path, database_url=database_url)


async def user(settings: Settings, password: str, *words: str) -> int:
    """Run `contactcentre user` with these words, and type this password."""
    with pytest.MonkeyPatch.context() as terminal:
        terminal.setattr(getpass, "getpass", lambda _: password)
        return await work(app, words, settings)


async def name_of(settings: Settings, password: str) -> str:
    """Who is let in as `anna` with this password."""
    async with database.opened(settings.database) as storage:
        session = await AccountService(storage).log_in("anna", password, address="192.0.2.1")
    return session.person.name


async def test_a_log_in_is_made_and_gets_another_password(settings: Settings) -> None:
    """The new password counts, the old one no more."""
    assert await user(settings, FIRST, "anna", *ANNA) == 0
    assert await name_of(settings, FIRST) == "Anna Bērziņa"
    assert await user(settings, SECOND, "anna") == 0
    assert await name_of(settings, SECOND) == "Anna Bērziņa"
    with pytest.raises(WrongPassword):
        await name_of(settings, FIRST)


@pytest.mark.parametrize(
    ("password", "words", "told"),
    [
        (SECOND, ("anna", *ANNA), "somebody has that user name"),
        (SECOND, ("jānis",), "no such user"),
        (SECOND, ("jānis", "--role", "admin"), "give --name and --role"),
        (SECOND, ("jānis", "--name", "J", "--role", "king"), "'king' is no role; there are: agent"),
        (
            SECOND,
            ("jānis", "--name", "J", "--role", "admin@centre:x"),
            "no centre 'x'; there are: none yet",
        ),
        (SECOND, ("jānis", *ANNA, "--agent", "a9"), "no agent 'a9'; there are: none yet"),
        ("short", ("jānis", *ANNA), "at least 12 characters"),
    ],
)
async def test_what_cannot_be_is_refused(
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    password: str,
    words: tuple[str, ...],
    told: str,
) -> None:
    """In words, without the password; who was there keeps theirs."""
    await user(settings, FIRST, "anna", *ANNA)
    assert await user(settings, password, *words) == 1
    said = capsys.readouterr().err
    assert told in said
    assert password not in said
    assert await name_of(settings, FIRST) == "Anna Bērziņa"


async def test_a_log_in_is_switched_off_and_on(settings: Settings) -> None:
    """Its sessions end, nobody gets in with it, and later the same password counts again."""
    await user(settings, FIRST, "anna", *ANNA)
    async with database.opened(settings.database) as storage:
        accounts = AccountService(storage)
        session = await accounts.log_in("anna", FIRST, address="192.0.2.1")
        assert await user(settings, "", "disable", "Anna") == 0
        accounts.doubt()
        assert await accounts.session(session.token) is None
    with pytest.raises(WrongPassword):
        await name_of(settings, FIRST)
    assert await user(settings, "", "enable", "anna") == 0
    assert await name_of(settings, FIRST) == "Anna Bērziņa"


async def test_roles_are_given_and_taken(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Several at a time; what is no role, no realm or not there is told."""
    await user(settings, FIRST, "anna", *ANNA)
    for words in (("grant", "anna", "auditor"), ("revoke", "anna", "supervisor@network")):
        assert await user(settings, "", *words) == 0
    assert await user(settings, "", "grant", "anna", "admin@municipality:x") == 1
    assert await user(settings, "", "revoke", "anna", "dpo") == 1
    told = capsys.readouterr().err
    assert "no municipality 'x'; there are: none yet" in told
    assert "anna has no role dpo; there are: auditor@network" in told
    assert await user(settings, "", "roles", "anna") == 0
    assert capsys.readouterr().out == "auditor@network\n"


@pytest.mark.parametrize("action", ["disable", "enable"])
async def test_nobody_is_switched(
    settings: Settings, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    """A misspelt name is told."""
    assert await user(settings, "", action, "jānis") == 1
    assert capsys.readouterr().err == "no such user\n"


async def test_a_database_that_is_not_ready(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody types a password in vain: it is told before, with what to do."""
    monkeypatch.setattr(getpass, "getpass", _never)
    for words in (["anna"], ["disable", "anna"]):
        assert await work(app, words, Settings(home=tmp_path)) == 1
        assert "contactcentre migrate" in capsys.readouterr().err


def _never(question: str) -> str:
    raise AssertionError(question)


async def enrolled(settings: Settings) -> str:
    """Anna has set up an app; its secret."""
    async with database.opened(settings.database) as storage:
        accounts = AccountService(storage, vault=Vault(partial(account_keys, settings)))
        person = (await accounts.log_in("anna", FIRST, address="192.0.2.1")).person
        begun = accounts.factors.begin(person)
        now = int(accounts.records.clock()) // 30
        code = pyotp.TOTP(begun.secret).generate_otp(now - 1)
        await accounts.factors.finish(person, begun.ticket, code)
    return begun.secret


async def second_step(settings: Settings, secret: str, shift: int) -> str:
    """Who is let in by the password and the code of now, or of a half minute beside it."""
    async with database.opened(settings.database) as storage:
        accounts = AccountService(storage, vault=Vault(partial(account_keys, settings)))
        with pytest.raises(SecondStep) as step:
            await accounts.log_in("anna", FIRST, address="192.0.2.1")
        now = int(accounts.records.clock()) // 30
        code = pyotp.TOTP(secret).generate_otp(now + shift)
        session = await accounts.second_step(step.value.ticket, code, address="192.0.2.1")
    return session.person.name


async def test_a_lost_second_factor_is_forgotten(settings: Settings) -> None:
    """The password is enough again, and every session is over."""
    await user(settings, FIRST, "anna", *ANNA)
    await enrolled(settings)
    assert await work(app, ["forget-factor", "anna"], settings) == 0
    assert await name_of(settings, FIRST) == "Anna Bērziņa"
    assert await work(app, ["forget-factor", "nobody"], settings) == 1


async def test_keys_are_rotated(settings: Settings) -> None:
    """Afterwards the codes count as before, and the former key opens nothing."""
    await user(settings, FIRST, "anna", *ANNA)
    secret = await enrolled(settings)
    before = account_keys(settings)
    assert await work(app, ["rotate-keys"], settings) == 0
    assert len(account_keys(settings)) == 1
    assert account_keys(settings) != before
    assert await second_step(settings, secret, 0) == "Anna Bērziņa"
    assert stat.S_IMODE((settings.home / "account-keys").stat().st_mode) == 0o600


async def test_the_list_of_leaked_passwords(settings: Settings, tmp_path: Path) -> None:
    """Made by a command, it counts for every password that is set from then on."""
    (tmp_path / "list.txt").write_text(f"{SECOND}\nshort\n")
    assert await work(passwords, [str(tmp_path / "list.txt")], settings) == 0
    assert await user(settings, FIRST, "anna", *ANNA) == 0
    assert await user(settings, SECOND, "anna") == 1
    assert await work(passwords, [str(tmp_path / "nowhere.txt")], settings) == 1
