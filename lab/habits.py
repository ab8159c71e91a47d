"""What synthetic citizens are like: read from `citizens.yaml`, and drawn by lot."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

# Half a second each: the menu answers a change of language before the next key comes.
PAUSE = "w" * 6

# The browser telephone's number is the last one, +371 2000 0999.
MOST_CITIZENS = 900


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Duration(_Document):
    """A log-normal duration: `median` in seconds, `spread` is sigma of its logarithm."""

    median: PositiveFloat
    spread: float = Field(default=0.0, ge=0.0)

    def draw(self, dice: random.Random) -> float:
        """One duration in seconds."""
        return dice.lognormvariate(math.log(self.median), self.spread)


class Speakers(_Document):
    """Who speaks it: the share, the key that chooses it in the menu, and what is said."""

    weight: PositiveFloat
    key: str = Field(default="", pattern=r"^[0-9*#]*$")
    lines: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Citizen:
    """One call: who rings (`caller`, E.164) which hotline (`number`), and what is done there.

    `keys`: as Asterisk's SendDTMF takes them. `thinks_s`: before the first key. `patience_s`:
    from then on, while nobody answers. `talk_s`: from an agent's answer.
    """

    caller: str
    number: str
    language: str
    keys: str = ""
    thinks_s: float
    patience_s: float
    talk_s: float
    lines: int = 1


class Habits(_Document):
    """Everything that is drawn by lot for a call."""

    citizens: PositiveInt = Field(le=MOST_CITIZENS)
    numbers: Mapping[str, PositiveFloat] = Field(min_length=1)
    languages: Mapping[str, Speakers] = Field(min_length=1)
    matters: Mapping[str, PositiveFloat] = Field(min_length=1)
    thinks: Duration
    patience: Duration
    talk: Duration

    @classmethod
    def load(cls, path: Path) -> Self:
        """From a YAML file. Raises `ValueError` that names what is wrong in it."""
        return cls.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))

    @property
    def texts(self) -> Mapping[str, Mapping[str, str]]:
        """What citizens say: language -> prompt key -> text."""
        return {
            name: {f"line-{number}": text for number, text in enumerate(language.lines, 1)}
            for name, language in self.languages.items()
        }

    def draw(self, dice: random.Random) -> Citizen:
        """The next citizen who rings."""
        shares = {name: language.weight for name, language in self.languages.items()}
        name = _one_of(shares, dice)
        language = self.languages[name]
        matter = _one_of(self.matters, dice)
        return Citizen(
            caller=f"+3712000{dice.randint(1, self.citizens):04}",
            number=_one_of(self.numbers, dice),
            language=name,
            keys=PAUSE.join(filter(None, (language.key, matter))),
            thinks_s=self.thinks.draw(dice),
            patience_s=self.patience.draw(dice),
            talk_s=self.talk.draw(dice),
            lines=len(language.lines),
        )


def _one_of(shares: Mapping[str, float], dice: random.Random) -> str:
    return dice.choices(tuple(shares), tuple(shares.values()))[0]
