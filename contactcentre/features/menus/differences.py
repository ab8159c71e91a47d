"""What differs between two versions of a menu."""

from __future__ import annotations

from difflib import unified_diff


def differences(before: str, after: str) -> tuple[str, ...]:
    """The lines of a unified diff, without the names of files: `@@`, ` `, `-`, `+`."""
    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
    return tuple(lines)[2:]
