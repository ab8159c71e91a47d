"""The panel's words: English in the source, every language in `locale/*/LC_MESSAGES/messages.po`.

The `.po` files are the only source; they are compiled in memory when the panel starts. A folder
more is a language more.
"""

from __future__ import annotations

import gettext
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from agents_ui.shell.port import Texts

FOLDER: Final = Path(__file__).parent / "locale"
FIRST: Final = ("lv", "en")
"""These languages are offered first; the first of them is everybody's who has chosen none."""

_SAID = re.compile(r'\bt\(\s*("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language of the panel: its code, as in `lv`, and its translations."""

    code: str
    translations: gettext.NullTranslations

    @property
    def name(self) -> str:
        """What it calls itself, as in `Latviešu`."""
        return self.name_of(self.code).capitalize()

    def text(self, message: str, **values: object) -> str:
        """The message in this language; the English source where it has no translation."""
        return self.translations.gettext(message).format(**values)

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """The message in the form that the language has for that number; `{count}` is in it."""
        return self.translations.ngettext(one, many, count).format(count=count, **values)

    def texts(self, messages: Iterable[str]) -> Mapping[str, str]:
        """Message to translation, as they are: for browser code."""
        return {message: self.translations.gettext(message) for message in messages}

    def label(self, texts: Texts) -> str:
        """The label of this language; where there is none, the one of whichever comes first."""
        codes = (self.code, *FIRST, *texts)
        return next((texts[code] for code in codes if code in texts), "")

    def name_of(self, code: str) -> str:
        """A language's name in this one: `uk` is `ukraiņu` in Latvian; an unknown code stays."""
        return str(babel.Locale(self.code).languages.get(code, code))


def mark(message: str) -> str:
    """Mark a message for extraction where it is translated only later."""
    return message


def said(script: str) -> Iterator[str]:
    """What browser code says: the messages of its `t("...")`."""
    return (json.loads(quoted) for quoted in _SAID.findall(script))


@lru_cache(maxsize=2)
def read(folder: Path = FOLDER) -> Mapping[str, Language]:
    """Every language, by its code; of one folder once in the life of a process."""
    codes = {path.name for path in folder.iterdir() if path.is_dir()}
    order = [code for code in FIRST if code in codes] + sorted(codes.difference(FIRST))
    return MappingProxyType({code: _language(code, folder) for code in order})


def _language(code: str, folder: Path) -> Language:
    compiled = io.BytesIO()
    with (folder / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        # Where a message stands, and what is said of it, is for translators: most of the lines.
        messages = b"".join(line for line in file if not line.startswith((b"#:", b"#.")))
    write_mo(compiled, read_po(io.BytesIO(messages), locale=code))
    compiled.seek(0)
    return Language(code=code, translations=gettext.GNUTranslations(compiled))
