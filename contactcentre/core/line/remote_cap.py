"""Centres that have taken enough calls from afar for this hour, and until when."""

from __future__ import annotations

from collections.abc import Iterable

from contactcentre.core import effects
from contactcentre.core.call import demand
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.core.timers import Timer
from routing.remote_cap import Afar


class Caps:
    """Told of every answer; a centre that is barred here gets calls of its own only."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._afar = Afar()
        self.barred: frozenset[str] = frozenset()  # the centres; their cap is reached

    def publish(self, network: Network) -> None:
        """A new configuration; each centre is looked at again by World."""
        self._network = network

    def restore(self, calls: Iterable[Call]) -> None:
        """Count again every answer that the journal kept; the oldest first."""
        answers = (
            (offer.answered_at, offer.agent_id, call)
            for call in calls
            for offer in call.offers
            if offer.answered_at is not None and not offer.rejoin
        )
        for at, agent_id, call in sorted(answers, key=lambda answer: answer[0]):
            self._answered(agent_id, call, at)

    def move(self, by_s: float) -> None:
        """The wall clock was set."""
        self._afar.move(by_s)

    def took(self, before: Call | None, call: Call, at: float) -> Iterable[str]:
        """The centre that has just answered somebody else's call, or none; to hear a message is no
        answer, nor is to write down what came without a call."""
        agent_id = call.talk.agent_id
        if agent_id is None or call.talk.answered_at is None or call.written is not None:
            return ()
        if before is not None and before.talk.agent_id == agent_id:
            return ()
        return self._answered(agent_id, call, at)

    def _answered(self, agent_id: str, call: Call, at: float) -> Iterable[str]:
        profile = self._network.agents.get(agent_id)
        if profile is None or profile.centre_id == demand.home(call, self._network).centre:
            return ()
        if call.callback is not None and call.callback.is_begun_in(profile.centre_id):
            return ()
        self._afar.took(profile.centre_id, at)
        return (profile.centre_id,)

    def review(self, centre_id: str, at: float) -> bool:
        """Look at one centre again; whether that changes for its agents."""
        before, centre = self.barred, frozenset((centre_id,))
        reached = self._afar.barred(centre_id, self._cap(centre_id), at)
        self.barred = before | centre if reached else before - centre
        return self.barred != before

    def timers(self, centre_id: str, at: float) -> Iterable[effects.Effect]:
        """When to look again."""
        cap = self._cap(centre_id)
        if cap is None or centre_id not in self.barred:
            return
        seconds = self._afar.free_in_s(centre_id, cap, at)
        if seconds is not None:
            yield effects.StartTimer(kind=Timer.UNBAR, key=centre_id, seconds=seconds)

    def _cap(self, centre_id: str) -> int | None:
        centre = self._network.centres.get(centre_id)
        return centre.afar_per_hour if centre is not None else None
