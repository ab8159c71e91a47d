"""One's own log-ins: where one is logged in, and another password."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from agents_ui.account.port import OpenSession, OwnProof, UnfitPassword
from agents_ui.shell.port import Session
from contactcentre.features.accounts import changes, store
from contactcentre.features.accounts.guesses import LogInPlace
from contactcentre.features.accounts.passwords import Passwords, Weak
from contactcentre.features.accounts.proofs import standing
from contactcentre.features.accounts.records import Records
from contactcentre.features.accounts.sessions import NAMED, Sessions
from contactcentre.storage.audit import Action
from contactcentre.storage.digest import hashed


class OwnAccountService:
    """Keeps `agents_ui.account.port.OwnAccount`."""

    def __init__(self, records: Records, sessions: Sessions, passwords: Passwords) -> None:
        self._records = records
        self._sessions = sessions
        self._passwords = passwords

    async def sessions(self, session: Session) -> Sequence[OpenSession]:
        """See `OwnAccount`."""
        now, limits = self._records.clock(), self._sessions.limits
        async with self._records.open() as connection:
            rows = await store.sessions_of(
                connection,
                session.person.user_id,
                started_after=now - limits.absolute_s,
                used_after=now - limits.idle_s,
            )
        return [_open_session(row, hashed(session.token)) for row in rows]

    async def proof(self, session: Session) -> OwnProof:
        """See `OwnAccount`."""
        async with self._records.open() as connection:
            return (await standing(connection, session.token, self._records.clock()))[1]

    async def end_session(self, session: Session, name: str) -> bool:
        """See `OwnAccount`."""
        user_id = session.person.user_id
        async with self._records.open() as connection:
            ended = await store.end_named_session(connection, user_id, name, NAMED)
            if ended:
                await changes.note(connection, user_id)
                await self._note(connection, Action.SESSION_ENDED, session)
        self._sessions.forget(user_id)
        return ended > 0

    async def end_others(self, session: Session) -> int:
        """See `OwnAccount`."""
        user_id = session.person.user_id
        async with self._records.open() as connection:
            ended = await store.end_other_sessions(connection, user_id, hashed(session.token))
            await changes.note(connection, user_id)
            await self._note(connection, Action.SESSIONS_ENDED, session)
        self._sessions.forget(user_id)
        return ended

    async def change_password(self, session: Session, password: str) -> Session:
        """See `OwnAccount`."""
        user_id = session.person.user_id
        async with self._records.open() as connection:
            user = await store.credentials_of(connection, user_id)
            former = await store.session_of(connection, hashed(session.token))
        if user is None or former is None or not user["password_hash"]:
            raise LookupError("no such session, or it is its institution that knows the user")
        place = LogInPlace(user_id, known=True)  # nobody waits for another's change
        if await self._passwords.verify(user["password_hash"], password, place=place):
            raise UnfitPassword("same")
        try:
            kept = await self._passwords.hash(password, username=user["username"], place=place)
        except Weak as weak:
            raise UnfitPassword(weak.reason) from None
        async with self._records.open() as connection:
            await store.keep_password(connection, user_id, kept)
            await store.mark_first(connection, user_id, None)
            await store.mark_sample(connection, user_id, sample=False)
            await store.end_sessions(connection, user_id)
            await changes.note(connection, user_id)
            await self._note(connection, Action.PASSWORD_CHANGED, session)
            own = {**user, "first_until": None}
            fresh = await self._sessions.renew(connection, own, former)
        self._sessions.forget(user_id)
        return fresh

    async def _note(self, connection: AsyncConnection, action: Action, session: Session) -> None:
        user_id = session.person.user_id
        await self._records.note(connection, action, who=user_id, of=user_id)


def _open_session(row: RowMapping, own: str) -> OpenSession:
    return OpenSession(
        name=row["token_hash"][:NAMED],
        current=row["token_hash"] == own,
        started_at=row["started_at"],
        used_at=row["used_at"],
        browser=row["browser"],
        network=row["network"],
        proof=row["proof"],
    )
