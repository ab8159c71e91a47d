"""How people write fields down: bounds, and forms that are easier to write than to use.

These stand in `Annotated`. Whoever reads a document heeds them; code that makes a value itself is
not asked. Functions given to them raise `ValueError` with what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

LABEL_LANGUAGES = ("lv", "en")
"""Those in which people read labels."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number from `least` to `most`, both included."""

    least: float
    most: float
    unit: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """See pydantic, "Custom types"."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def _checked(self, value: float) -> float:
        if not self.least <= value <= self.most:  # which no NaN is
            raise ValueError(f"must be {self.least:g} to {self.most:g} {self.unit}".rstrip())
        return value


def within(least: float, most: float, unit: str = "seconds") -> Bounds:
    """These bounds; a form shows them, too."""
    return Bounds(least, most, unit)


@dataclass(frozen=True, slots=True)
class WrittenAs:
    """The field is written as `form`, of which `kept` makes the value."""

    form: Any
    kept: Callable[[Any], object]

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """See pydantic, "Custom types"."""
        written = handler.generate_schema(self.form)
        return core_schema.no_info_after_validator_function(self.kept, written)


def _labelled(labels: Mapping[str, str]) -> Mapping[str, str]:
    for language in LABEL_LANGUAGES:
        if not labels.get(language, "").strip():
            raise ValueError(f"'{language}' is missing, people read it")
    return labels


Labels = Annotated[Mapping[str, str], AfterValidator(_labelled)]
"""What people call a thing, by language."""
