"""Questions on their way to owners: each with a link by which it can be answered."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contactcentre.features.upkeep import store
from contactcentre.features.upkeep.document import CardOwner, OwnedCard
from contactcentre.storage import outbox
from contactcentre.storage.outbox import Outgoing

LINK_S: Final = 30 * 24 * 3600.0
"""So long a link stands after the answer was due: an owner who is late can still answer."""


@dataclass(frozen=True, slots=True)
class OwnerLetter:
    """Of e-mail to an owner."""

    subject: str
    body: str


Write = Callable[[OwnedCard, str, float, str], OwnerLetter]
"""Of a card, a question, when the answer is due, and a link's secret."""


class OwnerLetters:
    """The secret of a link is in the letter, and kept as its hash alone. `on`: whether a mail
    server is set up."""

    def __init__(self, write: Write, *, on: bool) -> None:
        self._write = write
        self.on = on

    def reaches(self, card: OwnedCard, owner: CardOwner) -> str:
        """The address that it goes to; "" where nobody is told."""
        return (card.mail or owner.mail or "") if self.on else ""

    async def send(
        self,
        connection: AsyncConnection,
        card: OwnedCard,
        row: Mapping[str, Any],
        owner: CardOwner,
        at: float,
    ) -> None:
        """To the card's owner, or else to the institution; without an address it waits for an
        editor. What the former link opened, nothing opens any more. Raises `Full`."""
        to = self.reaches(card, owner)
        if not to:
            return
        secret, enquiry_id = secrets.token_urlsafe(32), row["enquiry_id"]
        values = {"secret": store.hashed(secret), "expires_at": max(row["due_at"], at) + LINK_S}
        await store.change(connection, enquiry_id, values, store.is_open())
        letter = self._write(card, row["question"], row["due_at"], secret)
        message = Outgoing(
            kind="mail",
            to=to,
            cause=store.cause(enquiry_id),
            subject=letter.subject,
            body=letter.body,
        )
        await outbox.add(connection, message, at=at)
