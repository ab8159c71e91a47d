"""The panel's words are whole in every language."""

from __future__ import annotations

import json
import re
import string
import subprocess
import sys

import pytest
from babel.messages.pofile import read_po

from agents_ui.shell import assets, texts

pytestmark = pytest.mark.web
LOCALES = ("lv", "en")


def catalogue(locale):
    """The catalogue as it stands in its file."""
    with (texts.FOLDER / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=locale)


@pytest.mark.parametrize("locale", LOCALES)
def test_complete(locale):
    """Every message has a translation, and none is only guessed."""
    open_ones = [
        message.id
        for message in catalogue(locale)
        if message.id and (message.fuzzy or not message.string)
    ]
    assert open_ones == []


def test_up_to_date(root):
    """All that the source says is in the catalogues, and nothing else."""
    checked = subprocess.run(
        [sys.executable, "scripts/locale", "--check"], cwd=root, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout) == (0, "complete\n")


async def test_a_page_gets_the_words_that_it_says(enter):
    """Those of its own scripts and of the shell, in the reader's language, and no other page's."""
    page = await (await (await enter("board")).get("/board")).text()
    handed = json.loads(re.search(r'id="config">(.*?)</script>', page)[1])["texts"]
    assert handed["Offered to {name}"] == "Piedāvāts: {name}"
    assert handed["At counter"]
    assert "Take back" not in handed


def test_scripts_say_it_plainly():
    """Every `t(` of the browser code has its message in quotes, so that it can be found."""
    files = assets.read().files
    for path in assets.read().said:
        code = files[path].body.decode().replace("function t(message", "")
        assert re.findall(r'[^.\w$]t\((?!\s*")', code) == [], path


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_survive(locale):
    """A translation has the same `{name}` and `%(name)s` as its source."""
    for message in catalogue(locale):
        if isinstance(message.id, tuple):
            assert {*map(_names, message.string)} == {_names(message.id[1])}, message.id
        elif message.id:
            assert _names(message.string) == _names(message.id), message.id


def test_latvian_is_latvian():
    """The Latvian catalogue is translated, not copied."""
    same = [
        message.id for message in catalogue("lv") if message.id and message.id == message.string
    ]
    assert [text for text in same if text.split(" ")[0] not in {"OK", "SMS"}] == []


def _names(text):
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return frozenset(braces | set(re.findall(r"%\((\w+)\)", text)))
