"""What a page may order, from JSON to a command. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, get_args

import msgspec

from agents_ui.desk import port

KINDS: Final[dict[str, type[port.Command]]] = {kind.name: kind for kind in get_args(port.Command)}


class BadMessage(Exception):
    """The page sent what makes no sense; `error` says which way, `number` is the page's own."""

    def __init__(self, error: str, number: int | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.number = number


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command and the number under which the page waits for its answer."""

    number: int
    command: port.Command


class _Envelope(msgspec.Struct):
    type: str = "command"
    id: int = 0
    name: str = ""
    args: dict[str, Any] = {}


def parse(text: str | bytes) -> Order | None:
    """Read one message of a page; None for a greeting. Raises `BadMessage`."""
    try:
        envelope = msgspec.json.decode(text, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError) as broken:
        raise BadMessage("bad-message") from broken
    if envelope.type == "hello":
        return None
    if envelope.type != "command" or envelope.name not in KINDS:
        raise BadMessage("unknown-command", envelope.id)
    return Order(number=envelope.id, command=_command(envelope))


def _command(envelope: _Envelope) -> port.Command:
    try:
        return msgspec.convert(envelope.args, KINDS[envelope.name])
    except msgspec.ValidationError as wrong:
        raise BadMessage("bad-arguments", envelope.id) from wrong
