"""Text of a document that would end the process, or fill its memory, is refused with its place."""

import pytest

from contactcentre.core.config.document import DEEPEST, Refused, parse

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("piece", ["[", "{a: ", "- ", "? ", "[{"])
def test_what_is_nested_too_deep(piece: str) -> None:
    """libyaml would compose it by recursion, and take the whole service with it."""
    with pytest.raises(Refused, match=r"cards\.yaml: line 1, column .*: nested too deep"):
        parse(piece * 100_000, "cards.yaml")


def test_what_people_write_is_not() -> None:
    """Far less deep than that."""
    text = "[" * DEEPEST + "]" * DEEPEST
    found = parse(text, "")
    for _ in range(DEEPEST - 1):
        (found,) = found
    assert found == []


def test_aliases() -> None:
    """Nine lines would stand for a thousand million words: who takes a stranger's file has none."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(Refused, match="line 2, column 10: aliases are not taken"):
        parse("\n".join(lines), "cards.yaml", aliases=False)
    assert parse("a: &a [1]\nb: *a", "network.yaml") == {"a": [1], "b": [1]}
