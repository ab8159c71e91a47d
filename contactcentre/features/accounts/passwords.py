"""Passwords: how they are kept, and which are too weak to be one.

Argon2id as OWASP's cheat sheet on password storage has it: 19 MiB, 2 passes, one lane. With the
defaults of argon2-cffi, five times as dear, seven hundred agents who log in at nine would need more
processors than the hotline has. No rules on which characters, as ASVS 5.0 (6.2.5) says: length, and
not one of the common ones.
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata

from argon2 import PasswordHasher

from contactcentre.features.accounts import hashing
from contactcentre.features.accounts.guesses import LogInPlace
from contactcentre.features.accounts.leaked import LeakedPasswords
from contactcentre.features.accounts.turns import Turns

SHORTEST = 12
LONGEST = 256
# Of the lists of leaked passwords, those of this length; the shorter ones are refused anyway.
_LEAKED = """
000000000000 111111111111 121212121212 123123123123 123321123321 123456123456 123456654321
123456789012 1234567890123 1234567891011 123456789123 123456789abc 123456789qwe 1234qwerasdf
123qweasdzxc 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx3edc 1qazxsw23edc abc123abc123 abcd12345678
adminadmin12 administrator administrators asdfasdfasdf asdfghjkl123 basketball12 changeme1234
charlie12345 computer1234 contactcentre dragon123456 football1234 iloveyou1234 iloveyou12345
internet1234 jelgava12345 latvija12345 latvija2024 latvija2025 latvija2026 letmein12345
liverpool123 manchester123 master123456 michael12345 monkey123456 pakalpojumi1 parole123456
parole12345678 password1234 password12345 password123456 passwordpassword princess1234
q1w2e3r4t5y6 qazwsxedcrfv qwer12345678 qwerty123456 qwerty1234567 qwertyqwerty qwertyuiop12
qwertyuiop123 qwertyuiopas riga12345678 samsung12345 sunshine1234 superman1234 testtesttest
trustno11234 valmiera1234 ventspils123 welcome12345 welcome123456 zaq12wsxcde3 zaqwsxcderfv
zvanucentrs1
"""
_COMMON = frozenset(_LEAKED.split())


class Weak(ValueError):
    """The password will not do; the text says why, for whoever chose it; `reason` in a word."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


HERE = LogInPlace("", known=True)
"""Where an administrator sits."""


class Passwords:
    """Hashes and verifies, elsewhere (`hashing`) and not too many at once; in turn, by where they
    come from. Both raise `NoRoom` where too many wait."""

    def __init__(
        self, hasher: PasswordHasher | None = None, leaked: LeakedPasswords | None = None
    ) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._leaked = leaked or LeakedPasswords()
        self._turns = Turns(hashing.AT_ONCE)
        self._nobody = ""  # in place of the hash that an unknown user does not have, once asked for

    async def hash(self, password: str, *, username: str, place: LogInPlace = HERE) -> str:
        """The text to keep. Raises Weak."""
        _check(password, username)
        if await asyncio.to_thread(self._leaked.knows, password):
            raise Weak("leaked", "this password has leaked somewhere, and is tried first")
        async with self._turns.turn(place):
            return await hashing.hashed(self._hasher, _normal(password))

    async def verify(self, kept: str | None, password: str, *, place: LogInPlace = HERE) -> bool:
        """Whether it is the password; without a kept text, no, after the same work."""
        if len(password) > LONGEST:
            return False
        async with self._turns.turn(place):
            right = await hashing.matches(kept or await self._nobodys(), _normal(password))
        return right and kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether it was kept in a way that is weaker than today's."""
        return self._hasher.check_needs_rehash(kept)

    async def _nobodys(self) -> str:
        self._nobody = self._nobody or await hashing.hashed(self._hasher, secrets.token_bytes())
        return self._nobody


def _normal(password: str) -> bytes:
    # The same letters from any keyboard; a broken surrogate is no reason to fail.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _check(password: str, username: str) -> None:
    folded = password.casefold()
    if len(password) < SHORTEST:
        raise Weak("short", f"a password has at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise Weak("long", f"a password has at most {LONGEST} characters")
    if folded in _COMMON or len(set(folded)) < 4:
        raise Weak("common", "this password is one of the first that anybody would guess")
    if folded in (username, username * 2, username + "123"):
        raise Weak("name", "the password must not be made of the user name")
