"""Which rows are a person's over all numbers: contacts, cases, and looks at them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, or_, select

from contactcentre.storage import tables as models
from contactcentre.storage.people import KnownPerson, theirs
from contactcentre.storage.pseudonyms import Pseudonyms

_contacts, _cases, _audit = models.contacts.c, models.cases.c, models.audit.c
_ties = models.contact_people.c


class Belongings:
    """Conditions on rows, of persons who are asked for together: one, as a rule."""

    def __init__(self, persons: Sequence[KnownPerson], pseudonyms: Pseudonyms) -> None:
        self._persons = persons
        self._pseudonyms = pseudonyms

    def contacts(self) -> ColumnElement[bool]:
        """On `contacts`."""
        return or_(*(theirs(one.people, *_CONTACT, self._own(one)) for one in self._persons))

    def cases(self) -> ColumnElement[bool]:
        """On `cases`: those of their contacts, and what was opened by a number that is theirs."""
        by_call = [theirs(one.people, *_CASE, self._own(one)) for one in self._persons]
        alone = [number for one in self._persons for number in self._own(one)]
        return or_(*by_call, _cases.caller.in_(alone) & _cases.call_id.is_(None))

    def looks(self) -> ColumnElement[bool]:
        """On `audit`: by the person's id or number; of a shared one only beside their contacts."""
        ids = [row_id for one in self._persons for row_id in one.people]
        own = [self._pseudonyms.of(number) for one in self._persons for number in one.own]
        mine = select(_ties.call_id).where(_ties.person_id.in_(ids))
        shared = [self._pseudonyms.of(number) for one in self._persons for number in one.shared]
        beside = _audit.person.in_(shared) & _audit.object.in_(mine)
        return _audit.person.in_([*ids, *own]) | beside

    def _own(self, who: KnownPerson) -> Collection[str]:
        return [*who.own, *map(self._pseudonyms.of, who.own)]


_CONTACT = (_contacts.caller, _contacts.call_id)
_CASE = (_cases.caller, _cases.call_id)
