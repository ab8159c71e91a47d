"""What is sealed with keys outside the database."""

import pytest

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


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAA", "ā", "\ud800", "A" * 5000])
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
