"""Personal codes: what can be one, what looks like a slip, and what is kept of it."""

import stat
from pathlib import Path

import pytest

from contactcentre import paths
from contactcentre.features.accounts.vault import Vault
from contactcentre.settings import Settings
from contactcentre.storage.personal_code import looks_wrong, masked, read
from contactcentre.storage.personal_codes import PersonalCodes

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("written", ["161175-19997", "16117519997", " 161175 - 19997 "])
def test_read_as_people_write_it(written: str) -> None:
    """With the hyphen or without."""
    assert read(written) == "16117519997"


@pytest.mark.parametrize("written", ["", "161175-1999", "161175_19997", "1611751999a", "١" * 11])
def test_what_can_be_none(written: str) -> None:
    """Eleven digits, and nothing else."""
    assert read(written) is None


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("16117519997", False),
        ("16117519996", True),  # one digit misheard
        ("99117519997", True),
        ("32867300679", False),  # since July 2017 nothing checks them
        ("33867300679", False),
        ("39000000000", False),
    ],
)
def test_a_sum_is_a_hint_for_old_codes_alone(code: str, wrong: bool) -> None:
    """New ones begin with 32 to 39, whatever follows."""
    assert looks_wrong(code) is wrong


def test_masked() -> None:
    """The last two digits are enough to compare."""
    assert masked("16117519997") == "······-···97"


def test_found_by_a_hash_that_nobody_can_try_out() -> None:
    """Of another key it is another one; a key that is replaced changes what seals, not the hash."""

    def codes(*keys: str) -> PersonalCodes:
        return PersonalCodes(Vault(lambda: keys), lambda: keys)

    old, both = codes("old"), codes("new", "old")
    assert old.hash_of("16117519997") == both.hash_of("16117519997")
    assert old.hash_of("16117519997") != codes("other").hash_of("16117519997")
    sealed = old.sealed("p", "16117519997", at=1.0)
    assert "19997" not in sealed
    assert both.opened(sealed, at=2.0) == "16117519997"
    with pytest.raises(ValueError, match=r"^$"):
        codes("other").opened(sealed, at=2.0)


def test_keys_that_others_may_read_are_refused(tmp_path: Path) -> None:
    """Made for their owner alone, where the setting says; opened up, they are no keys."""
    settings = Settings.model_validate(
        {"home": tmp_path, "personal_code_keys": tmp_path / "elsewhere"}
    )
    assert len(paths.personal_code_keys(settings)) == 1
    file = tmp_path / "elsewhere"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o640)
    with pytest.raises(paths.LooseKeys):
        paths.personal_code_keys(settings)
