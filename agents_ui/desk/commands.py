"""What a page may order, from JSON to a command. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import msgspec

from agents_ui import ports

NOTE_LENGTH: Final = 10_000
WORD_LENGTH: Final = 64
SERVICES: Final = 20
REASONS: Final = frozenset({"counter", "break", "lunch", "training", "other", "microphone"})

NAMES: Final = MappingProxyType(
    {
        "ready": ports.GoReady,
        "not_ready": ports.GoNotReady,
        "microphone": ports.ReportMicrophone,
        "ring_back": ports.RingBack,
        "reject": ports.Reject,
        "end": ports.EndCall,
        "pass_on": ports.PassOn,
        "take_again": ports.TakeAgain,
        "leave": ports.LeavePage,
        "note": ports.WriteNote,
        "identify": ports.Identify,
        "save": ports.SaveRecord,
        "extend": ports.ExtendWrapUp,
    }
)


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
    command: ports.Command


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
    if envelope.type != "command" or envelope.name not in NAMES:
        raise BadMessage("unknown-command", envelope.id)
    return Order(number=envelope.id, command=_command(envelope))


def _command(envelope: _Envelope) -> ports.Command:
    try:
        command: ports.Command = msgspec.convert(envelope.args, NAMES[envelope.name])
    except msgspec.ValidationError as wrong:
        raise BadMessage("bad-arguments", envelope.id) from wrong
    if not _sensible(command):
        raise BadMessage("bad-arguments", envelope.id)
    return command


def _sensible(command: ports.Command) -> bool:
    match command:
        case ports.GoNotReady(reason=reason):
            return reason in REASONS
        case ports.WriteNote(text=text, version=version):
            return len(text) <= NOTE_LENGTH and version >= 0
        case ports.Identify(level=level, method=method):
            return 0 <= level <= 3 and len(method) <= WORD_LENGTH
        case ports.PassOn(queue=queue, service=service):
            return 0 < len(queue) <= WORD_LENGTH and len(service) <= WORD_LENGTH
        case ports.SaveRecord(kind=kind, services=services, outcome=outcome):
            words = (kind, outcome, *services)
            return len(services) <= SERVICES and all(len(word) <= WORD_LENGTH for word in words)
        case _:
            return True
