"""What is sealed with keys outside the database."""

import base64
import hashlib

import pytest
from cryptography.fernet import Fernet

from contactcentre.features.accounts.vault import BrokenSeal, Vault

pytestmark = pytest.mark.unit

NOW = 1_800_000_000.0


def test_a_seal_is_for_one_purpose() -> None:
    """What was sealed for one thing is nothing for another."""
    vault = Vault()
    sealed = vault.seal("ticket", "anna", at=NOW)
    assert vault.open("ticket", sealed, at=NOW) == "anna"
    with pytest.raises(BrokenSeal):
        vault.open("secret", sealed, at=NOW)


def test_a_seal_gets_old() -> None:
    """After its time it is nothing; without one it stays."""
    vault = Vault()
    sealed = vault.seal("ticket", "anna", at=NOW)
    assert vault.open("ticket", sealed, at=NOW + 60, within_s=60) == "anna"
    with pytest.raises(BrokenSeal):
        vault.open("ticket", sealed, at=NOW + 61, within_s=60)
    assert vault.open("ticket", sealed, at=NOW + 1e8) == "anna"


def test_a_seal_of_the_future_is_none() -> None:
    """By a minute clocks may differ."""
    vault = Vault()
    sealed = vault.seal("ticket", "anna", at=NOW)
    assert vault.open("ticket", sealed, at=NOW - 60, within_s=60) == "anna"
    with pytest.raises(BrokenSeal):
        vault.open("ticket", sealed, at=NOW - 61, within_s=60)


def test_no_part_of_a_seal_can_be_changed() -> None:
    """Not its version, its time, its nonce, its text or its tag."""
    vault = Vault()
    sealed = base64.urlsafe_b64decode(vault.seal("ticket", "anna", at=NOW))
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(BrokenSeal):
            vault.open("ticket", base64.urlsafe_b64encode(changed).decode(), at=NOW)
    with pytest.raises(BrokenSeal):
        vault.open("ticket", base64.urlsafe_b64encode(sealed[:-1]).decode(), at=NOW)


def test_what_was_sealed_before_still_opens() -> None:
    """By Fernet, for the same purpose, in its time, by a key that is kept."""
    key = base64.urlsafe_b64encode(hashlib.sha256(b"vault\nold").digest())
    former = Fernet(key).encrypt_at_time(b"secret\nanna", int(NOW)).decode()
    vault = Vault(lambda: ["new", "old"])
    assert vault.open("secret", former, at=NOW + 1e8) == "anna"
    assert vault.open("secret", former, at=NOW + 60, within_s=60) == "anna"
    for purpose, late_s in (("ticket", 0), ("secret", 61)):
        with pytest.raises(BrokenSeal):
            vault.open(purpose, former, at=NOW + late_s, within_s=60)
    with pytest.raises(BrokenSeal):
        Vault(lambda: ["new"]).open("secret", former, at=NOW)


@pytest.mark.parametrize(
    "sealed", ["", "x", "gAAAAA", "ā", "\ud800", "A" * 5000, "AQ==", "AQ" * 40]
)
def test_what_is_no_seal(sealed: str) -> None:
    """Anything else is refused in one way."""
    with pytest.raises(BrokenSeal):
        Vault().open("ticket", sealed, at=NOW, within_s=60)


def test_keys_are_replaced() -> None:
    """With a new key in front, what the old one sealed opens; once that is gone, no more."""
    keys = ["old"]
    vault = Vault(lambda: keys)
    sealed = vault.seal("secret", "anna", at=NOW)
    keys.insert(0, "new")
    assert vault.open("secret", sealed, at=NOW) == "anna"
    fresh = vault.seal("secret", "anna", at=NOW)
    keys.pop()
    assert vault.open("secret", fresh, at=NOW) == "anna"
    with pytest.raises(BrokenSeal):
        vault.open("secret", sealed, at=NOW)
