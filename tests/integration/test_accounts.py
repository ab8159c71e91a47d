"""Log-ins, sessions and guessing, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents_ui.shell.port import SlowDown, Unavailable, WrongPassword
from contactcentre.features.accounts.passwords import Passwords, Weak
from contactcentre.features.accounts.service import AccountService, Limits, UsernameTaken
from contactcentre.storage import database, documents
from contactcentre.storage import tables as models

pytestmark = pytest.mark.integration

AGENT = {
    models.agents: documents.rows(
        models.agents,
        [
            {
                "agent_id": "a1",
                "name": "Agent",
                "centre_id": "c",
                "endpoint": "a-1",
                "languages": {"lv": 3},
            }
        ],
    )
}
SECRET = "zaļa govs uz jumta"


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Rig:
    accounts: AccountService
    engine: AsyncEngine
    clock: Clock = field(default_factory=Clock)


def quick() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def rig(url: str) -> Rig:
    engine, clock = database.engine(url), Clock()
    return Rig(AccountService(engine, passwords=quick(), clock=clock), engine, clock)


@pytest.fixture
async def home(database_url: str) -> AsyncIterator[Rig]:
    made = rig(database_url)
    await made.accounts.create_user("Anna.Berzina", SECRET, name="Anna Bērziņa", role="supervisor")
    yield made
    await made.engine.dispose()


async def guess(home: Rig, words: str = "no", address: str = "192.0.2.1") -> None:
    await home.accounts.log_in("anna.berzina", words, address=address)


async def test_a_log_in_lasts_until_the_log_out(home: Rig) -> None:
    """The right password starts a session that its token finds again, until it is ended."""
    session = await home.accounts.log_in(" ANNA.berzina ", SECRET, address="192.0.2.1")
    assert session.person.name == "Anna Bērziņa"
    assert await home.accounts.session(session.token) == session
    await home.accounts.log_out(session.token)
    assert await home.accounts.session(session.token) is None


async def test_every_log_in_has_new_secrets(home: Rig) -> None:
    """Token and CSRF token are new each time, and unlike each other."""
    first = await home.accounts.log_in("anna.berzina", SECRET, address="a")
    second = await home.accounts.log_in("anna.berzina", SECRET, address="a")
    assert len({first.token, first.csrf, second.token, second.csrf}) == 4


async def test_the_token_itself_is_kept_nowhere(home: Rig) -> None:
    """A stolen database opens no session."""
    session = await home.accounts.log_in("anna.berzina", SECRET, address="a")
    async with home.engine.connect() as connection:
        rows = (await connection.execute(select(models.sessions))).all()
    assert session.token not in str(rows)
    assert session.csrf not in str(rows)


@pytest.mark.parametrize(("username", "password"), [("anna.berzina", "x"), ("nobody", SECRET)])
async def test_the_wrong_pair_is_refused(home: Rig, username: str, password: str) -> None:
    """Nothing tells an unknown user from a wrong password."""
    with pytest.raises(WrongPassword):
        await home.accounts.log_in(username, password, address="a")


async def test_an_account_that_is_closed_is_out_at_once(home: Rig) -> None:
    """A deactivated user loses every session and can't log in."""
    session = await home.accounts.log_in("anna.berzina", SECRET, address="a")
    await home.accounts.set_active("anna.berzina", active=False)
    assert await home.accounts.session(session.token) is None
    with pytest.raises(WrongPassword):
        await home.accounts.log_in("anna.berzina", SECRET, address="a")


async def test_a_new_password_ends_every_session(home: Rig) -> None:
    """After `set_password` only the new one counts."""
    session = await home.accounts.log_in("anna.berzina", SECRET, address="a")
    await home.accounts.set_password("anna.berzina", "cita laba parole")
    assert await home.accounts.session(session.token) is None
    with pytest.raises(WrongPassword):
        await guess(home, SECRET)
    await guess(home, "cita laba parole")


async def test_whoever_has_no_session_is_absent(home: Rig) -> None:
    """An agent whose sessions are old, unused, ended or of an account that was switched off."""
    limits = Limits(idle_s=100, absolute_s=250)
    accounts = AccountService(home.engine, limits=limits, passwords=quick(), clock=home.clock)
    async with home.engine.begin() as connection:
        await documents.save(connection, AGENT)
    await accounts.create_user("agent", SECRET, name="Agent", role="agent", agent_id="a1")
    await accounts.log_in("anna.berzina", SECRET, address="a")  # who answers no calls
    assert await accounts.absent_agents() == {"a1"}
    session = await accounts.log_in("agent", SECRET, address="a")
    for _ in range(3):
        assert await accounts.absent_agents() == set()
        home.clock.now += 80
        await accounts.session(session.token)
    home.clock.now += 10
    assert await accounts.absent_agents() == {"a1"}
    await accounts.log_in("agent", SECRET, address="a")
    home.clock.now += 100
    assert await accounts.absent_agents() == {"a1"}
    await accounts.log_in("agent", SECRET, address="a")
    await accounts.set_password("agent", "cita laba parole")
    assert await accounts.absent_agents() == {"a1"}
    await accounts.log_in("agent", "cita laba parole", address="a")
    await accounts.set_active("agent", active=False)
    assert await accounts.absent_agents() == {"a1"}


async def test_sessions_end_unused_or_old(home: Rig) -> None:
    """A session ends after the idle limit, and at the absolute limit however busy it is."""
    limits = Limits(idle_s=100, absolute_s=250)
    accounts = AccountService(home.engine, limits=limits, passwords=quick(), clock=home.clock)
    idle = await accounts.log_in("anna.berzina", SECRET, address="a")
    busy = await accounts.log_in("anna.berzina", SECRET, address="a")
    for _ in range(3):
        home.clock.now += 80
        assert await accounts.session(busy.token)
    assert await accounts.session(idle.token) is None
    home.clock.now += 20
    assert await accounts.session(busy.token) is None


async def test_use_is_known_to_other_processes(home: Rig) -> None:
    """Another process finds the session, and counts the use that this one noted."""
    limits = Limits(idle_s=100, remembered_s=30)
    here, there = (
        AccountService(home.engine, limits=limits, passwords=quick(), clock=home.clock)
        for _ in "ab"
    )
    session = await here.log_in("anna.berzina", SECRET, address="a")
    home.clock.now += 80
    assert await here.session(session.token)
    home.clock.now += 80
    assert await there.session(session.token)
    await here.end_sessions(session.person.user_id)
    home.clock.now += 31
    assert await there.session(session.token) is None


async def test_a_page_comes_in_while_the_database_is_written(home: Rig) -> None:
    """After a restart every desk comes back at once: to know a session nothing is written, where it
    was used a moment ago."""
    session = await home.accounts.log_in("anna.berzina", SECRET, address="a")
    again = AccountService(home.engine, passwords=quick(), clock=home.clock)
    home.clock.now += 60
    async with home.engine.begin() as connection:
        await connection.execute(models.sessions.update().values(used_at=home.clock.now))
        async with asyncio.timeout(2):
            assert await again.session(session.token) == session


async def test_ten_guesses_a_minute_at_most(home: Rig) -> None:
    """A guesser who never rests gets at most ten tries in any first minute, then one a minute."""
    tries: list[float] = []
    waits: list[float] = []
    start = home.clock.now
    while home.clock.now < start + 600:
        try:
            await guess(home)
        except WrongPassword:
            tries.append(home.clock.now - start)
        except SlowDown as slow:
            home.clock.now += slow.retry_after_s
            waits.append(slow.retry_after_s)
    assert 0 < min(waits) <= max(waits) <= 60
    assert len([at for at in tries if at < 60]) <= 10
    assert len([at for at in tries if at >= 300]) <= 6


async def test_the_victim_still_gets_in(home: Rig) -> None:
    """The delay holds for the guesser's address alone, and a minute at most."""
    while True:
        try:
            await guess(home)
        except SlowDown as slow:
            wait_s = slow.retry_after_s
            break
        except WrongPassword:
            continue
    await guess(home, SECRET, address="198.51.100.7")
    with pytest.raises(SlowDown):
        await guess(home, SECRET)
    home.clock.now += wait_s
    await guess(home, SECRET)


async def test_who_has_to_wait_costs_the_database_nothing(home: Rig) -> None:
    """Guesses that come too fast are refused before the account is looked up."""
    for _ in range(3):
        with pytest.raises(WrongPassword):
            await guess(home)
    asked: list[object] = []
    event.listen(home.engine.sync_engine, "begin", asked.append)
    for _ in range(20):
        with pytest.raises(SlowDown):
            await guess(home)
    assert not asked


async def test_a_flood_is_turned_away(home: Rig) -> None:
    """Beyond a small crowd, log-ins are refused for two seconds instead of queueing up."""
    guesses = [guess(home, address=str(number)) for number in range(100)]
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert {type(result) for result in results} == {WrongPassword, SlowDown}


async def test_guesses_at_once_gain_nothing(home: Rig) -> None:
    """Thirty guesses at the same instant are counted one after the other."""
    guesses = [guess(home) for _ in range(30)]
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert len([result for result in results if isinstance(result, WrongPassword)]) <= 3


@pytest.mark.parametrize("way", ["switched off", "logged out", "doubted"])
async def test_the_end_of_a_session_is_heard_at_once(home: Rig, way: str) -> None:
    """By everybody who waits for it, once; nobody waits longer than was asked for, and nothing is
    kept of who has waited."""
    session = await home.accounts.log_in("anna.berzina", SECRET, address="a")
    async with asyncio.timeout(5):
        await home.accounts.until_ended(session.token, 0.001)
        waiting = [asyncio.create_task(home.accounts.until_ended(session.token, 60)) for _ in "ab"]
        await asyncio.sleep(0)
        match way:
            case "switched off":
                await home.accounts.set_active("anna.berzina", active=False)
            case "logged out":
                await home.accounts.log_out(session.token)
            case "doubted":
                home.accounts.doubt()
        await asyncio.gather(*waiting)
    assert home.accounts.sessions._awaited == {}


async def test_log_ins_are_written_down(home: Rig) -> None:
    """Who logged in and out, at whose account somebody failed, and that sessions were ended and
    why."""
    session = await home.accounts.log_in("anna.berzina", SECRET, address="a")
    for _ in range(2):
        await home.accounts.log_out(session.token)
    for name in ("anna.berzina", "nobody"):
        with pytest.raises(WrongPassword):
            await home.accounts.log_in(name, "x", address="a")
    await home.accounts.set_active("anna.berzina", active=False)
    columns = models.audit.c
    query = select(columns.who, columns.action, columns.object, columns.purpose)
    async with home.engine.connect() as connection:
        anna = await connection.scalar(select(models.users.c.user_id))
        rows = [tuple(row) for row in await connection.execute(query.order_by(columns.number))]
    assert rows == [
        ("shell", "account.changed", anna, ""),
        (anna, "login", "", ""),
        (anna, "logout", "", ""),
        ("", "login.refused", anna, ""),
        ("", "login.refused", "", ""),
        ("shell", "account.changed", anna, ""),
        ("shell", "sessions.ended", anna, "disabled"),
    ]


async def test_a_log_in_that_can_not_be_written_down_fails(home: Rig) -> None:
    """It fails closed, like one without a database."""
    async with home.engine.begin() as connection:
        await connection.run_sync(models.audit.drop)
    with pytest.raises(Unavailable):
        await home.accounts.log_in("anna.berzina", SECRET, address="a")


async def test_sample_accounts_go(home: Rig) -> None:
    """They, and their sessions; not the account whose password a person has set since."""
    for name in ("first", "second"):
        await home.accounts.create_user(name, SECRET, name="x", role="agent", sample=True)
    session = await home.accounts.log_in("first", SECRET, address="a")
    await home.accounts.set_password("second", "cita laba parole")
    assert await home.accounts.remove_samples() == 1
    home.clock.now += 31
    assert await home.accounts.session(session.token) is None
    with pytest.raises(WrongPassword):
        await home.accounts.log_in("first", SECRET, address="a")
    await home.accounts.log_in("second", "cita laba parole", address="a")


@pytest.mark.parametrize(
    "password", ["short", "qwertyuiop123", "anna.berzina", "aaaaaaaaaaaaaaa", "x" * 300]
)
async def test_weak_passwords_are_refused(home: Rig, password: str) -> None:
    """Short, common, endless and self-named passwords are refused with a reason."""
    with pytest.raises(Weak):
        await home.accounts.set_password("anna.berzina", password)


async def test_a_user_name_belongs_to_one(home: Rig) -> None:
    """A second account of the same name, however written, is refused."""
    with pytest.raises(UsernameTaken):
        await home.accounts.create_user("ANNA.BERZINA", SECRET, name="x", role="agent")


async def test_the_work_is_the_same_for_nobody() -> None:
    """An unknown user costs a whole verification, with the strength that OWASP asks for."""
    passwords = Passwords()
    kept = await passwords.hash(SECRET, username="a")
    assert kept.startswith("$argon2id$")
    memory, passes, _ = kept.split("$")[3].split(",")
    assert int(memory.removeprefix("m=")) >= 19 * 1024
    assert int(passes.removeprefix("t=")) >= 2
    assert await passwords.verify(kept, SECRET)
    assert not await passwords.verify(None, SECRET)


async def test_running_desks_survive_an_outage(postgres: Any) -> None:
    """While PostgreSQL is away, known sessions go on and log-ins fail closed."""
    url = postgres.create("accounts_outage")
    await database.migrate(url)
    home = rig(url)
    await home.accounts.create_user("anna.berzina", SECRET, name="Anna", role="admin")
    session = await home.accounts.log_in("anna.berzina", SECRET, address="a")
    postgres.stop()
    try:
        home.clock.now += 3600
        assert await home.accounts.session(session.token) == session
        with pytest.raises(Unavailable):
            await home.accounts.session("another")
        with pytest.raises(Unavailable):
            await guess(home, SECRET)
    finally:
        postgres.start()
    await guess(home, SECRET)
    await home.engine.dispose()
