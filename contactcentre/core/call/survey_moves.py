"""The caller is asked how it was, once the agent has hung up; the agent is free already.

What is pressed never comes here: the leash counts it by queue, and says of the call only that the
question is over. So nothing that is kept of a call tells what its caller thought, or whether.
"""

from __future__ import annotations

from typing import Final

from contactcentre.core import effects, events
from contactcentre.core.call.leg import Party
from contactcentre.core.call.menu_moves import farewell
from contactcentre.core.call.move import Moved, enter
from contactcentre.core.call.state import Call, Phase
from contactcentre.core.config.network import Network
from contactcentre.core.events import Illegal
from contactcentre.core.sampling import is_sampled
from contactcentre.core.values import replace

THANKS: Final = ("survey.thanks",)

ANSWER_S: Final = 6.0
"""After the question; whoever presses nothing has not answered."""


def is_asked(call: Call, network: Network) -> bool:
    """Whether this caller is. Nobody is in a crisis, who was rung by us, or in whose call somebody
    outside was, such as the emergency number."""
    policy = network.queue(call.queue).survey
    if not policy.asks or network.in_crisis or call.callback is not None:
        return False
    outside = any(leg.party is Party.OUTSIDE for leg in call.legs)
    return not outside and is_sampled(call.call_id, "survey", policy.share)


def ask(call: Call, at: float, network: Network) -> Moved:
    """One question, one key."""
    asked = replace(enter(call, Phase.SURVEY, at), channel=call.channel.stepped())
    score = effects.AskScore(
        call_id=asked.call_id,
        step=asked.channel.step,
        queue=asked.queue,
        prompts=(network.queue(asked.queue).survey.prompt,),
        thanks=THANKS,
        language=asked.language,
        timeout_s=ANSWER_S,
    )
    return Moved(asked, (score,))


def over(call: Call, event: events.PromptsPlayed, network: Network) -> Moved:
    """It was answered, or not: that is all the same here."""
    if event.step != call.channel.step:
        raise Illegal
    return farewell(call, event.at, ())
