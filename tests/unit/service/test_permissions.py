"""The one table: what follows from a row, and how grants are written."""

import pytest

from agents_ui.shell.permissions import TABLE, Act, around, home, may, may_second, reach
from agents_ui.shell.port import NETWORK, Grant, Person, Realm, Role
from contactcentre.features.accounts.grants import BadGrant, grants_of, read, written
from routing.scope import Place

pytestmark = pytest.mark.unit

SALA = around(Place("sala", "jekabpils", "zemgale"))


def person(*grants: tuple[Role, Realm], agent_id: str | None = None) -> Person:
    """Somebody with these roles."""
    given = frozenset(Grant(role=role, realm=realm) for role, realm in grants)
    return Person(user_id="u", name="Anna", grants=given, agent_id=agent_id)


@pytest.mark.parametrize(
    ("realm", "seen"),
    [
        (NETWORK, True),
        (("municipality", "jekabpils"), True),
        (("centre", "sala"), True),
        (("municipality", "ludza"), False),
        (("centre", "viesite"), False),
        (("institution", "jekabpils"), False),
    ],
)
def test_an_object_lies_in_realms(realm: Realm, seen: bool) -> None:
    """A grant reaches what lies in its realm: the centre, all around it, and nothing beside it."""
    assert may(person(("supervisor", realm)), Act.CALLS_EXPLAIN, SALA) is seen


def test_grants_add_up() -> None:
    """Several roles in several realms are each what it is alone: none is widened by another."""
    both = person(("supervisor", ("centre", "sala")), ("auditor", NETWORK))
    assert may(both, Act.AUDIT_READ)
    assert may(both, Act.BOARD_SEE)
    assert reach(both.grants, Act.BOARD_SEE) == {("centre", "sala")}
    assert not may(both, Act.CALLS_EXPLAIN, around(Place("ludza", "ludza", "latgale")))


def test_what_is_one_for_all_needs_a_grant_for_all() -> None:
    """A municipality's supervisor does not switch the whole network."""
    assert not may(person(("supervisor", ("municipality", "jekabpils"))), Act.CRISIS_SWITCH)
    assert may(person(("supervisor", NETWORK)), Act.CRISIS_SWITCH)


def test_a_desk_is_of_somebody_who_answers() -> None:
    """The role needs an agent, and the agent the role."""
    assert not may(person(("agent", NETWORK)), Act.CALLS_ANSWER)
    assert not may(person(("admin", NETWORK), agent_id="a1"), Act.CALLS_ANSWER)
    assert home(person(("agent", ("centre", "sala")), agent_id="a1")) == "/desk"
    assert home(person()) == "/"


def test_the_second_person() -> None:
    """Only where the table asks for one, and of the roles that it names."""
    for act, rule in TABLE.items():
        seconds = rule.seconds or rule.roles
        for role in ("agent", "supervisor", "editor", "admin", "auditor", "dpo"):
            other = person((role, NETWORK))
            assert may_second(other, act, SALA) is (bool(rule.second) and role in seconds)


@pytest.mark.parametrize("text", ["admin@network", "supervisor@municipality:ludza"])
def test_grants_are_written(text: str) -> None:
    """As they are read."""
    assert written(read(text)) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("king@network", "'king' is no role"),
        ("admin@moon:1", "'moon' is no realm"),
        ("admin@centre", "write it as in admin@network"),
        ("admin@network:x", "write it as in admin@network"),
    ],
)
def test_no_grant(text: str, why: str) -> None:
    """What is misspelt is told."""
    with pytest.raises(BadGrant, match=why):
        read(text)


def test_an_identity_provider_grants_by_groups() -> None:
    """Each group what the rules say, a group that they do not have nothing, whatever its form."""
    rules = {"leads": ("supervisor@municipality:ludza", "editor"), "all": ("agent@centre:sala",)}
    found = grants_of({"groups": ["leads", "strangers", 7]}, rules)
    assert {*map(written, found)} == {"supervisor@municipality:ludza", "editor@network"}
    assert {*map(written, grants_of({"groups": "all"}, rules))} == {"agent@centre:sala"}
    assert grants_of({}, rules) == frozenset()
