"""An explanation in words: Latvian and English sentences that a supervisor understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from types import MappingProxyType

from routing.explanation import Candidate, Digest, Explanation, Reason
from routing.requirement import Requirement
from routing.scope import Scope, ScopeKind

Labels = Mapping[str, str]
"""What people call a skill, by its id; a centre, a municipality or a region, by kind and id, as in
`centre:ludza` and `municipality:ludza`.
"""

AT_MOST = 20
"""So many agents are gone through one by one; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tongue:
    """The pieces of one language."""

    waits: str
    circles: Mapping[ScopeKind, str]
    skipped: str
    places: Mapping[ScopeKind, str]
    asks: str
    asked_first: str
    next_ring: str
    chosen: str
    nobody: str
    others: str
    by_reason: str
    counted: str
    level: str
    any_language: str
    languages: Mapping[str, str]
    authority: str
    reasons: Mapping[str, str]
    in_s: str


_LV = _Tongue(
    waits="Zvans rindā gaida {s} s; tagad to piedāvā {circle}.",
    circles={
        "agent": "darbiniekam, ar kuru zvanītājs runāja iepriekš",
        "centre": "savam centram",
        "municipality": "savai pašvaldībai",
        "region": "savam plānošanas reģionam",
        "network": "visam tīklam",
    },
    skipped="Izlaists, jo tur neviens nestrādā: {places}.",
    places={
        "agent": "iepriekšējais darbinieks",
        "centre": "savs centrs",
        "municipality": "sava pašvaldība",
        "region": "savs plānošanas reģions",
    },
    asks="Prasības: {what}.",
    asked_first="Prasības jau mazinātas; sākumā bija: {what}.",
    next_ring="Pēc {s} s loks kļūs plašāks vai prasības mazākas.",
    chosen="Zvanu piedāvā: {name}. No visiem brīvajiem, kas drīkst atbildēt, gaida zvanu visilgāk.",
    nobody="Šobrīd nav brīva darbinieka, kas drīkst atbildēt.",
    others="Pārējo darbinieku skaits: {count}.",
    by_reason="Pārējo darbinieku skaits pēc iemesla: {counts}.",
    counted="{reason} – {count}",
    level="{name} vismaz {level}. līmenī",
    any_language="jebkura valoda",
    languages={
        "lv": "latviešu valoda",
        "ru": "krievu valoda",
        "en": "angļu valoda",
        "uk": "ukraiņu valoda",
    },
    authority="pašvaldības pakalpojumi ({name})",
    reasons={
        "longer_idle": "drīkst atbildēt, bet cits gaida zvanu ilgāk",
        "refused": "jau atteicās no šī zvana",
        "remote_cap": "centrs pēdējā stundā jau pieņēmis pietiekami daudz citu centru zvanu",
        "ring:agent": "zvanu vēl nepiedāvā",
        "ring:centre": "zvanu vēl nepiedāvā šim centram",
        "ring:municipality": "zvanu vēl nepiedāvā visai pašvaldībai",
        "ring:region": "zvanu vēl nepiedāvā visam plānošanas reģionam",
        "ring:network": "zvanu vēl nepiedāvā visam tīklam",
        "skill": "nepietiek prasmes: {detail}",
        "language": "nepietiek valodas prasmes: {detail}",
        "authority": "neatbild par šīs pašvaldības pakalpojumiem: {detail}",
        "busy": "aizņemts ar citu zvanu",
        "busy:reserved": "jau piedāvāts cits zvans",
        "busy:talking": "runā ar citu zvanītāju",
        "busy:wrap_up": "pabeidz iepriekšējā zvana apstrādi",
        "not_ready": "nepieņem zvanus",
        "not_ready:counter": "apkalpo apmeklētāju",
        "not_ready:break": "pārtraukumā",
        "not_ready:lunch": "pusdienās",
        "not_ready:training": "mācībās",
        "not_ready:closed": "centrs ir slēgts",
        "not_ready:shift": "maiņa vēl nav sākta",
        "not_ready:missed": "neatbildēja uz iepriekšējo zvanu",
        "not_ready:rejected": "atteicās no iepriekšējā zvana",
        "not_ready:unreachable": "tālrunis nav sasniedzams",
        "not_ready:phone": "tālrunis nav savienots",
        "not_ready:busy": "tālrunis aizņemts",
        "not_ready:microphone": "nedarbojas mikrofons",
        "logged_out": "ārpus paneļa",
    },
    in_s="{text}; pēc {s} s tas vairs netraucēs",
)

_EN = _Tongue(
    waits="The call has waited {s} s in the queue and is now offered to {circle}.",
    circles={
        "agent": "the agent whom the caller spoke to before",
        "centre": "its home centre",
        "municipality": "its municipality",
        "region": "its planning region",
        "network": "the whole network",
    },
    skipped="Left out, because nobody is at work there: {places}.",
    places={
        "agent": "the agent of the last call",
        "centre": "the home centre",
        "municipality": "the municipality",
        "region": "the planning region",
    },
    asks="Required: {what}.",
    asked_first="Less is required by now; at first it was: {what}.",
    next_ring="In {s} s the circle widens or less is required.",
    chosen="Offered to {name}, who has been free longest of all who may answer.",
    nobody="No agent who may answer is free at the moment.",
    others="Number of other agents: {count}.",
    by_reason="Other agents by reason: {counts}.",
    counted="{reason} – {count}",
    level="{name} at level {level} or better",
    any_language="any language",
    languages={"lv": "Latvian", "ru": "Russian", "en": "English", "uk": "Ukrainian"},
    authority="municipal services ({name})",
    reasons={
        "longer_idle": "may answer, but somebody else has been free longer",
        "refused": "has declined this call already",
        "remote_cap": "the centre has taken enough calls of other centres in the last hour",
        "ring:agent": "the call is not offered here yet",
        "ring:centre": "the call is not offered to this centre yet",
        "ring:municipality": "the call is not offered to the whole municipality yet",
        "ring:region": "the call is not offered to the whole planning region yet",
        "ring:network": "the call is not offered to the whole network yet",
        "skill": "lacks the skill: {detail}",
        "language": "does not know the language well enough: {detail}",
        "authority": "does not answer for this municipality's services: {detail}",
        "busy": "busy with another call",
        "busy:reserved": "is being offered another call",
        "busy:talking": "talking to another caller",
        "busy:wrap_up": "finishing the record of the last call",
        "not_ready": "takes no calls",
        "not_ready:counter": "serving a visitor",
        "not_ready:break": "on a break",
        "not_ready:lunch": "at lunch",
        "not_ready:training": "in training",
        "not_ready:closed": "the centre is closed",
        "not_ready:shift": "has not started the shift yet",
        "not_ready:missed": "did not answer the last call",
        "not_ready:rejected": "declined the last call",
        "not_ready:unreachable": "the phone could not be reached",
        "not_ready:phone": "the phone is not connected",
        "not_ready:busy": "the phone is busy",
        "not_ready:microphone": "the microphone does not work",
        "logged_out": "logged out",
    },
    in_s="{text}; in {s} s this no longer matters",
)

_TONGUES = {"lv": _LV, "en": _EN}

NO_LABELS: Labels = MappingProxyType({})


def words(explanation: Explanation, language: str, labels: Labels = NO_LABELS) -> list[str]:
    """One sentence each: where the call stands, what it asks for, who gets it, why nobody else.

    `language` is "lv" or "en"; anything else is told in English.
    """
    tongue = _TONGUES.get(language, _EN)
    said = _standing(explanation, tongue, labels)
    said += [_candidate(each, tongue, labels) for each in explanation.candidates[:AT_MOST]]
    if len(explanation.candidates) > AT_MOST:
        said.append(tongue.others.format(count=len(explanation.candidates) - AT_MOST))
    return said


def digest_words(
    digest: Digest, language: str, names: Labels, labels: Labels = NO_LABELS
) -> list[str]:
    """The same of a decision that was kept; `names` are those of agents by their id."""
    tongue = _TONGUES.get(language, _EN)
    said = _standing(digest, tongue, labels)
    for each in digest.nearest:
        named = replace(each, name=names.get(each.agent_id, each.agent_id))
        said.append(_candidate(named, tongue, labels))
    if digest.others:
        counts = (
            tongue.counted.format(reason=_reason(reason, tongue, labels), count=count)
            for reason, count in digest.others
        )
        said.append(tongue.by_reason.format(counts="; ".join(counts)))
    return said


def _standing(told: Explanation | Digest, tongue: _Tongue, labels: Labels) -> list[str]:
    """Where the call stands, what it asks for, and whether anybody is free."""
    stage = told.stage
    said = [
        tongue.waits.format(s=int(told.waited_s), circle=_circle(stage.scope, tongue, labels)),
        tongue.asks.format(what=_asks(stage.requirement, tongue, labels)),
    ]
    if told.relaxed:
        said.append(tongue.asked_first.format(what=_asks(told.asked, tongue, labels)))
    if told.skipped:
        places = ", ".join(tongue.places[kind] for kind in told.skipped)
        said.append(tongue.skipped.format(places=places))
    if stage.next_in_s is not None:
        said.append(tongue.next_ring.format(s=ceil(stage.next_in_s)))
    if told.chosen is None:
        said.append(tongue.nobody)
    return said


def _circle(scope: Scope, tongue: _Tongue, labels: Labels) -> str:
    name = labels.get(f"{scope.kind}:{scope.key}")
    return f"{tongue.circles[scope.kind]} ({name})" if name else tongue.circles[scope.kind]


def _asks(asked: Requirement, tongue: _Tongue, labels: Labels) -> str:
    parts = [_languages(asked, tongue)]
    parts += [_level(labels.get(name, name), level, tongue) for name, level in asked.skills]
    if asked.authority:
        name = labels.get(f"municipality:{asked.authority}", asked.authority)
        parts.append(tongue.authority.format(name=name))
    return ", ".join(parts)


def _languages(asked: Requirement, tongue: _Tongue) -> str:
    if asked.language_level <= 0:
        return tongue.any_language
    names = " / ".join(tongue.languages.get(each, each) for each in (asked.language, *asked.also))
    return _level(names, asked.language_level, tongue)


def _level(name: str, level: int, tongue: _Tongue) -> str:
    """The first level goes without saying."""
    return tongue.level.format(name=name, level=level) if level > 1 else name


def _candidate(candidate: Candidate, tongue: _Tongue, labels: Labels) -> str:
    if candidate.passed_over is None:
        return tongue.chosen.format(name=candidate.name)
    return f"{candidate.name}: {_reason(candidate.passed_over, tongue, labels)}."


def _reason(reason: Reason, tongue: _Tongue, labels: Labels) -> str:
    table = tongue.reasons
    text = table.get(f"{reason.code}:{reason.detail}") or table[reason.code]
    named = tongue.languages if reason.code == "language" else labels
    key = f"municipality:{reason.detail}" if reason.code == "authority" else reason.detail
    detail = _level(named.get(key, reason.detail), reason.level, tongue)
    text = text.format(detail=detail)
    return text if reason.in_s is None else tongue.in_s.format(text=text, s=ceil(reason.in_s))
