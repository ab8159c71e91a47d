"""The panel's words: English in the source, every language in `locale/*/LC_MESSAGES/messages.po`.

The `.po` files are the only source; they are compiled in memory when the panel starts.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from agents_ui.script_texts import SCRIPT_TEXTS

__all__ = ["SCRIPT_TEXTS", "Catalogue", "mark", "read"]

FOLDER = Path(__file__).parent / "locale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One language: its code and its translations."""

    locale: str
    translations: gettext.NullTranslations

    def text(self, message: str) -> str:
        """The message in this language; the English source where it has no translation."""
        return self.translations.gettext(message)

    def for_scripts(self) -> Mapping[str, str]:
        """Message to translation, for all that the browser code says."""
        return {message: self.text(message) for message in SCRIPT_TEXTS}


def mark(message: str) -> str:
    """Mark a message for extraction where it is translated only later."""
    return message


def read(locales: Iterable[str], folder: Path = FOLDER) -> Mapping[str, Catalogue]:
    """The catalogues of these languages."""
    return MappingProxyType({locale: _catalogue(locale, folder) for locale in locales})


def _catalogue(locale: str, folder: Path) -> Catalogue:
    source = folder / locale / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return Catalogue(locale=locale, translations=gettext.GNUTranslations(compiled))
