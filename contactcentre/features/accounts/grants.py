"""Grants as people write them: `supervisor@municipality:ludza`, `admin@network`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, get_args

from agents_ui.shell.port import NETWORK, Grant, RealmKind, Role

ROLES: Final[Mapping[str, Role]] = {role: role for role in get_args(Role)}
KINDS: Final[Mapping[str, RealmKind]] = {kind: kind for kind in get_args(RealmKind)}


class BadGrant(ValueError):
    """What was written is no grant; says why."""


def written(grant: Grant) -> str:
    """The text that `read` takes."""
    kind, key = grant.realm
    return f"{grant.role}@{kind}:{key}" if key else f"{grant.role}@{kind}"


def read(text: str) -> Grant:
    """The grant of that text; without a realm it is for the whole network. Raises `BadGrant`."""
    role, _, realm = text.strip().partition("@")
    kind, _, key = (realm or "network").partition(":")
    if role not in ROLES:
        raise BadGrant(f"'{role}' is no role; there are: {', '.join(ROLES)}")
    if kind not in KINDS:
        raise BadGrant(f"'{kind}' is no realm; there are: {', '.join(KINDS)}")
    if (kind == NETWORK[0]) != (key == ""):
        raise BadGrant(f"'{text}': write it as in {role}@network or {role}@municipality:ludza")
    return Grant(role=ROLES[role], realm=(KINDS[kind], key))


def grants_of(
    claims: Mapping[str, Any], rules: Mapping[str, Sequence[str]], *, claim: str = "groups"
) -> frozenset[Grant]:
    """The grants of somebody whom an identity provider vouches for.

    `rules` has, for each group of the provider, the grants of its members as they are written;
    a group that is not there grants nothing. Raises `BadGrant` for a rule that is none.
    """
    groups = claims.get(claim, ())
    named: Iterable[Any] = groups if isinstance(groups, list | tuple) else (groups,)
    return frozenset(
        read(text) for group in named if isinstance(group, str) for text in rules.get(group, ())
    )
