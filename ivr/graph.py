"""A flow as it is walked: a frozen graph of nodes. `ivr.flow` reads and checks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ivr.nodes import Node
from ivr.orders import Cursor


class Strict(BaseModel):
    """A part of a document: frozen, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LanguageBasis(Strict):
    """Why a foreign language may be used: the legal basis, the decision's day, who approved it."""

    basis: Annotated[str, Field(min_length=1)]
    date: date
    approver: Annotated[str, Field(min_length=1)]


class LanguageEntry(Strict):
    """A language of the flow. Every language but Latvian needs a policy record."""

    policy: LanguageBasis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A checked voice menu: every way through it ends, and a person is always within reach.

    `default` is the node for a caller whom no node understands; `languages` stand in the order of
    policy; `labels` maps a label to its text by language. `texts` (by language, by prompt) are of
    prompts that this menu says in words of its own: `ivr.own_words`.
    """

    name: str
    version: int
    start: str
    default: str
    languages: Mapping[str, LanguageEntry]
    labels: Mapping[str, Mapping[str, str]]
    nodes: Mapping[str, Node]
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def path_labels(self, cursor: Cursor, language: str) -> tuple[str, ...]:
        """Return the caller's way through the menu in words, in `language` or else Latvian.

        A label that this version of the flow no longer has is shown as it is.
        """
        texts = (self.labels.get(label, {"lv": label}) for label in cursor.path)
        return tuple(text.get(language, text["lv"]) for text in texts)
