"""What came without a call (a visit, a letter, ...): a contact like any other, over as it begins.

Its agent owes the record of it, as that of a call; nothing of the agent's state changes.
"""

from __future__ import annotations

from contactcentre.core.agent.signals import RecordOwed
from contactcentre.core.call.move import Moved
from contactcentre.core.call.signals import ContactBegun
from contactcentre.core.call.state import Call, CallEnd, CallerChannel, Phase, Talk
from contactcentre.core.config.network import Network
from contactcentre.core.outcomes import Outcome


def begun(call: None, event: ContactBegun, network: Network) -> Moved:
    """It stood in no queue, so it is in no figure of the line."""
    made = Call(
        call_id=event.call_id,
        caller=None,
        dialled="",
        arrived_at=event.at,
        phase=Phase.ENDED,
        since=event.at,
        language=network.languages[0],
        channel=CallerChannel(leashed=False),
        talk=Talk(agent_id=event.agent_id, answered_at=event.at, ended_at=event.at),
        end=CallEnd(at=event.at, by="agent", outcome=Outcome.WRITTEN_DOWN),
        written=event.channel,
    )
    return Moved(made, (RecordOwed(at=event.at, agent_id=event.agent_id, call_id=event.call_id),))
