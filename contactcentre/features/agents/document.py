"""An agent as people write one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from routing.model import AgentProfile, Capability, Device
from routing.requirement import Graded

_MOBILE = re.compile(r"\+[1-9][0-9]{7,14}")
_ENDPOINT = re.compile("[a-z0-9-]{1,40}")
_OURS = frozenset({"carrier", "check", "synthetic-call"})
"""Names at the exchange that are no agent's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDocument:
    """Somebody who answers calls. Who is not `active` has left, and is in no network."""

    agent_id: str
    name: str
    centre_id: str
    endpoint: str = ""  # the telephone's name at the exchange; by itself that of the agent
    skills: Graded = ()
    languages: Graded = ()
    device: Device = "browser"
    mobile: str | None = field(default=None, repr=False)  # E.164; only of the device `mobile`
    active: bool = True
    reserve: bool = False

    def __post_init__(self) -> None:
        """Refuse a mobile that cannot be rung; the number is never in the error."""
        if self.device == "mobile" and not _MOBILE.fullmatch(self.mobile or ""):
            raise ValueError("mobile: a number with its country is needed, as +37120000000")
        name = self.endpoint or self.agent_id
        if not _ENDPOINT.fullmatch(name):  # the directory of phones takes no other
            raise ValueError("endpoint: small letters, digits and -, 40 at most")
        if name in _OURS:
            raise ValueError("endpoint: is a name of the hotline's own")

    def profile(self, municipality: str | None) -> AgentProfile:
        """What routing knows; agents answer for the municipality of their centre."""
        return AgentProfile(
            agent_id=self.agent_id,
            name=self.name,
            centre_id=self.centre_id,
            endpoint=self.endpoint or self.agent_id,
            capability=Capability(
                skills=self.skills,
                languages=self.languages,
                authorities=(municipality,) if municipality else (),
            ),
            device=self.device,
            mobile=(self.device == "mobile" and self.mobile) or "",
            reserve=self.reserve,
        )
