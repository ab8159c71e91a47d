"""Why a call went where it did, in words: routing tells it as data, said here in a language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from types import MappingProxyType
from typing import Final

from agents_ui.shell.port import Texts
from agents_ui.shell.texts import Language, mark
from routing.explanation import Candidate, Digest, Explanation, Reason
from routing.requirement import Requirement
from routing.scope import Scope, ScopeKind

AT_MOST: Final = 20
"""So many agents are gone through one by one; the rest are counted."""

CIRCLES: Final[Mapping[ScopeKind, str]] = MappingProxyType(
    {
        "agent": mark("the agent whom the caller spoke to before"),
        "centre": mark("its home centre"),
        "municipality": mark("its municipality"),
        "region": mark("its planning region"),
        "network": mark("the whole network"),
    }
)
PLACES: Final[Mapping[ScopeKind, str]] = MappingProxyType(
    {
        "agent": mark("the agent of the last call"),
        "centre": mark("the home centre"),
        "municipality": mark("the municipality"),
        "region": mark("the planning region"),
    }
)
REASONS: Final = MappingProxyType(
    {
        "longer_idle": mark("may answer, but somebody else has been free longer"),
        "refused": mark("has declined this call already"),
        "remote_cap": mark("the centre has taken enough calls of other centres in the last hour"),
        "circle:agent": mark("the call is not offered here yet"),
        "circle:centre": mark("the call is not offered to this centre yet"),
        "circle:municipality": mark("the call is not offered to the whole municipality yet"),
        "circle:region": mark("the call is not offered to the whole planning region yet"),
        "circle:network": mark("the call is not offered to the whole network yet"),
        "skill": mark("lacks the skill: {detail}"),
        "language": mark("does not know the language well enough: {detail}"),
        "authority": mark("does not answer for this municipality's services: {detail}"),
        "busy": mark("busy with another call"),
        "busy:reserved": mark("is being offered another call"),
        "busy:talking": mark("talking to another caller"),
        "busy:wrap_up": mark("finishing the record of the last call"),
        "not_ready": mark("takes no calls"),
        "not_ready:counter": mark("serving a visitor"),
        "not_ready:break": mark("on a break"),
        "not_ready:lunch": mark("at lunch"),
        "not_ready:training": mark("in training"),
        "not_ready:closed": mark("the centre is closed"),
        "not_ready:shift": mark("has not started the shift yet"),
        "not_ready:missed": mark("did not answer the last call"),
        "not_ready:rejected": mark("declined the last call"),
        "not_ready:unreachable": mark("the phone could not be reached"),
        "not_ready:phone": mark("the phone is not connected"),
        "not_ready:silent": mark("the phone did not ring when it was dialled"),
        "not_ready:busy": mark("the phone is busy"),
        "not_ready:limit": mark("the mobile was rung as often as the limits allow"),
        "not_ready:microphone": mark("the microphone does not work"),
        "logged_out": mark("logged out"),
    }
)
"""By code and detail; a detail that is not here is told by its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells decisions in one language.

    `names` are those of agents by their id; `labels` are what people call a skill, by its id, and a
    centre, a municipality or a region, by kind and id, as in `centre:ludza`.
    """

    language: Language
    names: Mapping[str, str]
    labels: Mapping[str, Texts]

    def sentences(self, told: Explanation | Digest | None) -> list[str]:
        """One each: where the call stands, what it asks for, who gets it, why nobody else.

        None, of which nothing is known, is told by none.
        """
        match told:
            case Explanation():
                return [*self._standing(told), *self._everybody(told)]
            case Digest():
                return [*self._standing(told), *self._nearest(told)]
            case None:
                return []

    def _standing(self, told: Explanation | Digest) -> Iterator[str]:
        """Where the call stands, what it asks for, and whether anybody is free."""
        stage = told.stage
        yield self.language.text(
            "The call has waited {seconds} s in the queue and is now offered to {circle}.",
            seconds=int(told.waited_s),
            circle=self._circle(stage.scope),
        )
        yield self.language.text("Required: {what}.", what=self._asks(stage.requirement))
        if told.relaxed:
            yield self.language.text(
                "Less is required by now; at first it was: {what}.", what=self._asks(told.asked)
            )
        if told.skipped:
            places = ", ".join(self.language.text(PLACES[kind]) for kind in told.skipped)
            yield self.language.text(
                "Left out, because nobody is at work there: {places}.", places=places
            )
        if stage.next_in_s is not None:
            yield self.language.text(
                "In {seconds} s the circle widens or less is required.",
                seconds=ceil(stage.next_in_s),
            )
        if told.chosen is None:
            yield self.language.text("No agent who may answer is free at the moment.")

    def _everybody(self, told: Explanation) -> Iterator[str]:
        yield from map(self._candidate, told.candidates[:AT_MOST])
        others = len(told.candidates) - AT_MOST
        if others > 0:
            yield self.language.plural(
                "And {count} other agent.", "And {count} other agents.", others
            )

    def _nearest(self, told: Digest) -> Iterator[str]:
        yield from map(self._candidate, told.nearest)
        if told.others:
            counts = "; ".join(f"{self._reason(why)} – {count}" for why, count in told.others)
            yield self.language.text("Other agents by reason: {counts}.", counts=counts)

    def _candidate(self, candidate: Candidate) -> str:
        name = self.names.get(candidate.agent_id) or candidate.name or candidate.agent_id
        if candidate.passed_over is not None:
            return f"{name}: {self._reason(candidate.passed_over)}."
        return self.language.text(
            "Offered to {name}, who has been free longest of all who may answer.", name=name
        )

    def _reason(self, why: Reason) -> str:
        message = REASONS.get(f"{why.code}:{why.detail}") or REASONS[why.code]
        reason = self.language.text(message, detail=self._detail(why))
        if why.in_s is None:
            return reason
        return self.language.text(
            "{reason}; in {seconds} s this no longer matters", reason=reason, seconds=ceil(why.in_s)
        )

    def _detail(self, why: Reason) -> str:
        match why.code:
            case "language":
                return self._level(self._name_of(why.detail), why.level)
            case "authority":
                return self._label(why.detail, "municipality")
            case _:
                return self._level(self._label(why.detail), why.level)

    def _asks(self, asked: Requirement) -> str:
        parts = [self._languages(asked)]
        parts += [self._level(self._label(skill), level) for skill, level in asked.skills]
        if asked.authority:
            name = self._label(asked.authority, "municipality")
            parts.append(self.language.text("municipal services ({name})", name=name))
        return ", ".join(parts)

    def _languages(self, asked: Requirement) -> str:
        if asked.language_level <= 0:
            return self.language.text("any language")
        names = " / ".join(map(self._name_of, (asked.language, *asked.also)))
        return self._level(names, asked.language_level)

    def _name_of(self, code: str) -> str:
        """A language by itself: some say only "Russian", others "the Russian language"."""
        return self.language.text("{language}", language=self.language.name_of(code))

    def _level(self, name: str, level: int) -> str:
        """The first level goes without saying."""
        if level <= 1:
            return name
        return self.language.text("{name} at level {level} or better", name=name, level=level)

    def _circle(self, scope: Scope) -> str:
        circle = self.language.text(CIRCLES[scope.kind])
        name = self._label(scope.key, scope.kind)
        return circle if name == scope.key else f"{circle} ({name})"

    def _label(self, key: str, kind: str = "") -> str:
        texts = self.labels.get(f"{kind}:{key}" if kind else key)
        return self.language.label(texts) if texts else key
