"""An agent as people write one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from routing.model import AgentProfile, Capability, Device
from routing.requirement import Graded

_MOBILE = re.compile(r"\+[1-9][0-9]{7,14}")
_ENDPOINT = re.compile("[a-z0-9-]{1,34}")  # room for that of a table beside it
_OURS = frozenset({"carrier", "check", "synthetic-call"})
"""Names at the exchange that are no agent's."""


def table_phone(endpoint: str) -> str:
    """The name at the exchange of the telephone on a table, beside that of the agent's browser:
    each has a secret of its own."""
    return f"{endpoint}-table"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDocument:
    """Somebody who answers calls. Who is not `active` has left, and is in no network."""

    agent_id: str
    name: str
    centre_id: str
    endpoint: str = ""  # the telephone's name at the exchange; by itself that of the agent
    skills: Graded = ()
    languages: Graded = ()
    device: Device = "browser"  # the usual one; the agent may choose another that is there
    table: bool = False  # whether a telephone stands on the table, too
    mobile: str | None = field(default=None, repr=False)  # E.164, where there is one
    active: bool = True
    reserve: bool = False

    def __post_init__(self) -> None:
        """Refuse a mobile that cannot be rung; the number is never in the error."""
        if (self.mobile or self.device == "mobile") and not _MOBILE.fullmatch(self.mobile or ""):
            raise ValueError("mobile: a number with its country is needed, as +37120000000")
        name = self.endpoint or self.agent_id
        if not _ENDPOINT.fullmatch(name):  # the directory of phones takes no other
            raise ValueError("endpoint: small letters, digits and -, 34 at most")
        if name in _OURS:
            raise ValueError("endpoint: is a name of the hotline's own")

    def profile(self, municipality: str | None) -> AgentProfile:
        """What routing knows; agents answer for the municipality of their centre."""
        endpoint, table = self.endpoint or self.agent_id, self.table or self.device == "desk"
        return AgentProfile(
            agent_id=self.agent_id,
            name=self.name,
            centre_id=self.centre_id,
            endpoint=endpoint,
            capability=Capability(
                skills=self.skills,
                languages=self.languages,
                authorities=(municipality,) if municipality else (),
            ),
            device=self.device,
            table=table_phone(endpoint) if table else "",
            mobile=self.mobile or "",
            reserve=self.reserve,
        )
