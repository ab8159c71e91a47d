"""Knowing people again while the database is away."""

from __future__ import annotations

import pytest

from agents_ui.ports import Unavailable
from agents_ui.remembering import Remembering
from agents_ui.testing import PASSWORD, fakes

pytestmark = pytest.mark.web


@pytest.fixture
def now():
    """The clock's hand, to be moved by the test."""
    return [0.0]


@pytest.fixture
def accounts(now):
    """Accounts that remember for a minute."""
    return Remembering(accounts=fakes().accounts, keep_s=60, clock=lambda: now[0])


async def enter(accounts):
    """Log in and be seen once."""
    session = await accounts.log_in("idle", PASSWORD, address="127.0.0.1")
    await accounts.session(session.token)
    return session


async def test_who_was_seen_is_known(accounts, now):
    """A session that was good is good without the database, for a while."""
    session = await enter(accounts)
    accounts.accounts.away = True
    now[0] = 60.0
    assert await accounts.session(session.token) == session
    now[0] = 60.1
    with pytest.raises(Unavailable):
        await accounts.session(session.token)


async def test_each_good_answer_counts_anew(accounts, now):
    """The while begins with the last good answer."""
    session = await enter(accounts)
    now[0] = 50.0
    await accounts.session(session.token)
    accounts.accounts.away = True
    now[0] = 100.0
    assert await accounts.session(session.token) == session


async def test_who_was_never_seen_is_not(accounts):
    """Nobody comes in while the database is away."""
    session = await accounts.log_in("idle", PASSWORD, address="127.0.0.1")
    accounts.accounts.away = True
    for token in (session.token, "guess"):
        with pytest.raises(Unavailable):
            await accounts.session(token)
    with pytest.raises(Unavailable):
        await accounts.log_in("idle", PASSWORD, address="127.0.0.1")


async def test_an_ended_session_is_forgotten(accounts):
    """Once the accounts say no, it stays no."""
    session = await enter(accounts)
    accounts.accounts.sessions.clear()
    assert await accounts.session(session.token) is None
    accounts.accounts.away = True
    with pytest.raises(Unavailable):
        await accounts.session(session.token)


async def test_logging_out_counts_without_the_database(accounts):
    """Who logs out while the database is away is out."""
    session = await enter(accounts)
    accounts.accounts.away = True
    with pytest.raises(Unavailable):
        await accounts.log_out(session.token)
    with pytest.raises(Unavailable):
        await accounts.session(session.token)
