"""Words for people, in each of the languages that they read."""

from __future__ import annotations

from collections.abc import Mapping

Texts = Mapping[str, str]
"""A label per language, at least `lv` and `en`."""
