"""A language that nobody has thought of: a folder more in `locale`, and not a line of code."""

from __future__ import annotations

import re
import string
from html.parser import HTMLParser

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from agents_ui.shell import texts
from contactcentre.testing import call_id
from lab.pages.people import AGENTS, SUPERVISOR

pytestmark = pytest.mark.web

CODE = "lt"
HTML = {"Accept": "text/html"}
DATA = {
    *(AGENTS["admin"].name, AGENTS["admin"].centre, SUPERVISOR),
    "Ludzas VPVKAC",
    *("Latviešu", "English", "Lietuvių"),
    *("404 not-found", "403 forbidden"),
    *Locale(CODE).languages.values(),
    *("Jēkabpils novads", "Aizkraukles novads", "Ludzas novads", "Preiļu novads"),
}
"""Names, of people and places and of languages, and what a helper is told."""


@pytest.fixture
def languages(tmp_path):
    """The panel's languages and the invented one, which says every message in «quotes»."""
    for code in ("lv", "en", CODE):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        source = texts.FOLDER / ("en" if code == CODE else code) / "LC_MESSAGES" / "messages.po"
        (folder / "messages.po").write_bytes(source.read_bytes())
    path = tmp_path / CODE / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        english = read_po(file, locale="en")
    invented = Catalog(locale=CODE)
    for message in english:
        if isinstance(message.id, tuple):
            forms = [f"«{form}: {message.id[1]}»" for form in range(invented.num_plurals)]
            invented.add(message.id, forms)
        elif message.id:
            invented.add(message.id, f"«{message.id}»")
    with path.open("wb") as file:
        write_po(file, invented)
    return texts.read(tmp_path)


class Shown(HTMLParser):
    """Every text of a page that a person reads, and every label that a screen reader tells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._skips = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._skips = tag if tag in {"script", "kbd"} else ""
        self.texts += [value or "" for name, value in attrs if name in {"aria-label", "title"}]

    def handle_endtag(self, tag):
        self._skips = ""

    def handle_data(self, data):
        if not self._skips:
            self.texts.append(data)


def untold(page: str) -> set[str]:
    """What stands in a page and is no message of the catalogue."""
    left = {re.sub(r"«[^»]*»", "", text).strip() for text in Shown(page).texts}
    return {text for text in left if set(text) & set(string.ascii_letters)} - DATA


async def open_in(enter, name):
    """A browser in which the invented language was chosen."""
    browser = await enter(name)
    browser.session.cookie_jar.update_cookies({"lang": CODE})
    return browser


@pytest.mark.parametrize(
    ("name", "path"),
    [(None, "/login"), ("board", "/board"), ("admin", "/desk"), (None, "/demo/phone"),
     (None, "/nowhere"), ("idle", "/board")],
)  # fmt: skip
async def test_every_sentence_of_a_page_is_in_the_catalogue(enter, name, path):
    """Whatever a person reads on it, but names and keys, comes from the language's own file."""
    browser = await open_in(enter, name)
    page = await (await browser.get(path, headers=HTML)).text()
    assert f'<html lang="{CODE}"' in page
    assert untold(page) == set()


async def test_so_is_every_word_that_the_browser_code_says(enter):
    """The scripts of a page get their words in the language too."""
    page = await (await (await open_in(enter, "admin")).get("/desk")).text()
    assert '"Ready": "\\u00abReady\\u00bb"' in page


async def test_so_is_why_a_call_waits(enter, world, languages):
    """Reasons are told in its words and its plural forms; a label that it lacks is another's."""
    browser = await open_in(enter, "board")
    told = await (await browser.get(f"/board/why/{call_id(1)}")).json()
    waited, *others = told["sentences"]
    assert re.fullmatch(
        r"«The call has waited \d+ s in the queue and is now offered to «the whole network».»",
        waited,
    )
    assert set(others) >= {
        "«Required: «rusų», Nodokļi un darbs.»",
        "«No agent who may answer is free at the moment.»",
        f"{AGENTS['idle'].name}: «does not know the language well enough: «rusų»».",
        f"{AGENTS['talking'].name}: «talking to another caller».",
    }
    counted = [
        languages[CODE].plural("And {count} other agent.", "And {count} other agents.", count)
        for count in (1, 2, 10)
    ]
    assert [text[1] for text in counted] == ["0", "1", "2"]


async def test_it_can_be_chosen(enter, csrf):
    """It stands among the languages under its own name, and is kept like any other."""
    browser = await enter("idle")
    assert "Lietuvių" in await (await browser.get("/desk", headers=HTML)).text()
    form = {"csrf": csrf(browser), "language": CODE, "back": "/desk"}
    assert '<html lang="lt"' in await (await browser.post("/language", data=form)).text()
