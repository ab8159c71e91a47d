"""What the pages need from the service, and what they show.

The pages know nothing of the engine, Asterisk or the database: `contactcentre.app` hands them
objects that keep these promises. Views are plain frozen data that turn into JSON as they stand;
every `..._at`, `since` and `until` is in seconds since the epoch, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

from agents_ui.ports.board import (
    AgentRow,
    Alarm,
    Board,
    BoardView,
    CallbackRow,
    CallRow,
    Moment,
    MomentKind,
    QueueRow,
    Why,
)
from agents_ui.ports.catalogue import Catalogue, ServiceCard
from agents_ui.ports.citizens import History, PastContact
from agents_ui.ports.commands import (
    Command,
    EndCall,
    ExtendWrapUp,
    GoNotReady,
    GoReady,
    Identify,
    LeavePage,
    PassOn,
    Reject,
    ReportMicrophone,
    RingBack,
    SaveRecord,
    TakeAgain,
    WriteNote,
)
from agents_ui.ports.crisis import (
    CrisisCap,
    CrisisLanguage,
    CrisisLimit,
    CrisisNotice,
    CrisisPlan,
    CrisisRecord,
    CrisisRoom,
)
from agents_ui.ports.desk import (
    AgentState,
    CallbackView,
    CallPhase,
    CallView,
    Desks,
    DeskView,
    Device,
    LineView,
    Onward,
    PhoneLogin,
)
from agents_ui.ports.health import Health
from agents_ui.ports.people import Accounts, Person, Refused, Role, Session, SlowDown, Unavailable
from agents_ui.ports.settings import PanelSettings, SampleLogin
from agents_ui.ports.texts import Texts

__all__ = [
    "Accounts",
    "AgentRow",
    "AgentState",
    "Alarm",
    "Board",
    "BoardView",
    "CallPhase",
    "CallRow",
    "CallView",
    "CallbackRow",
    "CallbackView",
    "Catalogue",
    "Command",
    "CrisisCap",
    "CrisisLanguage",
    "CrisisLimit",
    "CrisisNotice",
    "CrisisPlan",
    "CrisisRecord",
    "CrisisRoom",
    "DeskView",
    "Desks",
    "Device",
    "EndCall",
    "ExtendWrapUp",
    "GoNotReady",
    "GoReady",
    "Health",
    "History",
    "Identify",
    "LeavePage",
    "LineView",
    "Moment",
    "MomentKind",
    "Onward",
    "PanelSettings",
    "PassOn",
    "PastContact",
    "Person",
    "PhoneLogin",
    "Ports",
    "QueueRow",
    "Refused",
    "Reject",
    "ReportMicrophone",
    "RingBack",
    "Role",
    "SampleLogin",
    "SaveRecord",
    "ServiceCard",
    "Session",
    "SlowDown",
    "TakeAgain",
    "Texts",
    "Unavailable",
    "Why",
    "WriteNote",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything that `agents_ui.app.build` is given."""

    settings: PanelSettings
    accounts: Accounts
    desks: Desks
    history: History
    catalogue: Catalogue
    board: Board
    crisis: CrisisRoom
    health: Health
