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


def test_a_list_longer_than_memory_should_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sorted a part at a time, and each stands in it once; nothing is left lying about."""
    monkeypatch.setattr(leaked, "RUN", 700)
    path = tmp_path / "list"
    assert write(path, [*many(), *many()], shortest=12) == 5000
    content = path.read_bytes()[len(leaked.HEAD) :]
    kept = [content[at : at + leaked.KEPT] for at in range(0, len(content), leaked.KEPT)]
    assert kept == sorted(set(kept))
    assert all(LeakedPasswords(path).knows(f"password number {number}") for number in range(5000))
    assert [*tmp_path.iterdir()] == [path]


def test_those_that_were_seen_often(tmp_path: Path) -> None:
    """Of a list with counts one may take the frequent ones alone."""
    path = tmp_path / "list"
    hashes = [hashlib.sha1(bytes([n]), usedforsecurity=False).hexdigest() for n in range(9)]
    lines = [f"{one}:{seen}".encode() for seen, one in enumerate(hashes, 1)]
    assert write(path, lines, shortest=12, least=6) == 4
    assert LeakedPasswords(path).count() == 4
    assert write(path, [*lines, hashes[0].encode()], shortest=12, least=6) == 5


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


def test_the_list_that_comes_along(root: Path) -> None:
    """What is long enough of the million most common ones, and nothing that only looks like it."""
    shipped = root / "config" / "leaked-passwords"
    known = LeakedPasswords(shipped.with_name("none"), shipped)
    assert known.count() > 44_000
    for one in ("passwordpassword", "1234567890qwertyuiop", "Manchesterunited", "iloveyouforever"):
        assert known.knows(one), one
    assert not known.knows("zaļa govs uz jumta")


def test_two_lists_are_one(tmp_path: Path) -> None:
    """What either has is known."""
    for name in ("own", "shipped"):
        write(tmp_path / name, [f"the list of {name}".encode()], shortest=12)
    known = LeakedPasswords(tmp_path / "own", tmp_path / "shipped")
    assert known.knows("the list of own")
    assert known.knows("the list of shipped")
    assert known.count() == 2


def test_no_list_and_another_file(tmp_path: Path) -> None:
    """Without a list nothing has leaked; another file is named, not believed."""
    assert not LeakedPasswords(tmp_path / "none").knows("correct horse battery")
    (tmp_path / "other").write_text("something else altogether")
    with pytest.raises(BadList, match="other"):
        LeakedPasswords(tmp_path / "other").knows("correct horse battery")
    assert LeakedPasswords(tmp_path / "none").count() == 0
