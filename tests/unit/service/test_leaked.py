"""Leaked passwords: a list that tells nobody what is on it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactcentre.features.accounts import leaked
from contactcentre.features.accounts.leaked import BadList, LeakedPasswords, write

pytestmark = pytest.mark.unit


def many() -> Iterator[bytes]:
    return (f"password number {number}\r\n".encode() for number in range(5000))


def test_each_of_the_list_is_known(tmp_path: Path) -> None:
    """The first, the last, any between; no other."""
    path = tmp_path / "list"
    assert write(path, many(), shortest=12) == 5000
    known = LeakedPasswords(path).knows
    assert all(known(f"password number {number}") for number in range(5000))
    assert not any(known(f"password numbre {number}") for number in range(5000))
    assert known("PASSWORD Number 7")


def test_hashes_as_they_are_published(tmp_path: Path) -> None:
    """A list of SHA-1 with counts is as good as one of passwords."""
    path = tmp_path / "list"
    sha1 = hashlib.sha1(b"correct horse battery", usedforsecurity=False).hexdigest().upper()
    write(path, [f"{sha1}:12345\r\n".encode()], shortest=12)
    assert LeakedPasswords(path).knows("correct horse battery")


def test_the_short_ones_are_left_out(tmp_path: Path) -> None:
    """Nobody may choose them anyway."""
    path = tmp_path / "list"
    assert write(path, [b"123456\n", b"\xff\xfe\n", b"\n"], shortest=12) == 0
    assert not LeakedPasswords(path).knows("123456")


def test_the_file_says_nothing(tmp_path: Path) -> None:
    """Forty bits of a hash, sorted: neither the password nor the whole hash is in it."""
    path = tmp_path / "list"
    write(path, [b"correct horse battery\n"], shortest=12)
    assert len(path.read_bytes()) == len(leaked.HEAD) + leaked.KEPT


def test_no_list_and_another_file(tmp_path: Path) -> None:
    """Without a list nothing has leaked; another file is named, not believed."""
    assert not LeakedPasswords(tmp_path / "none").knows("correct horse battery")
    (tmp_path / "other").write_text("something else altogether")
    with pytest.raises(BadList, match="other"):
        LeakedPasswords(tmp_path / "other").knows("correct horse battery")
