"""Cards as files: what others read by CPSV-AP 3.2, and a table that comes back as it went out."""

from __future__ import annotations

import csv
import io
import json
import time
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld

from contactcentre.core.config import archive
from contactcentre.core.config.document import Refused
from contactcentre.features.catalogue import bundle, cpsv, review, sheet
from contactcentre.features.catalogue.document import (
    Answer,
    OwnText,
    Price,
    Rate,
    Service,
    Variant,
    parse,
)
from contactcentre.features.catalogue.term import duration

pytestmark = pytest.mark.unit

SERVICES = parse(
    (Path(__file__).parents[2] / "config" / "seed" / "services.yaml").read_text("utf-8")
)
BASE, DAY = "https://zvani.example/catalogue.jsonld", "2026-11-29"

CPSV, CV = "http://purl.org/vocab/cpsv#", "http://data.europa.eu/m8g/"
DCT, RDF = "http://purl.org/dc/terms/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ELI, SKOS = "http://data.europa.eu/eli/ontology#", "http://www.w3.org/2004/02/skos/core#"

REQUIRED = {
    f"{CPSV}PublicService": ("identifier", "title", "description"),
    f"{CV}Channel": ("identifier",),
    f"{CV}Cost": ("identifier",),
    f"{CV}Evidence": ("identifier", "title"),
    f"{CPSV}Rule": ("identifier", "title", "description"),
    f"{CV}Event": ("identifier", "title"),
}
"""Of Dublin Core, by the shapes of CPSV-AP 3.2.0 (sh:minCount 1); one identifier at most."""

RANGES = {
    f"{CV}hasCompetentAuthority": f"{CV}PublicOrganisation",
    f"{CV}hasChannel": f"{CV}Channel",
    f"{CV}hasCost": f"{CV}Cost",
    f"{CPSV}hasInput": f"{CV}Evidence",
    f"{CPSV}follows": f"{CPSV}Rule",
    f"{CV}hasLegalResource": f"{ELI}LegalResource",
    f"{CV}contactPoint": f"{CV}ContactPoint",
    f"{CV}contactPage": "http://xmlns.com/foaf/0.1/Document",
    f"{CV}isGroupedBy": f"{CV}Event",
    f"{DCT}type": f"{SKOS}Concept",
    f"{DCT}spatial": f"{DCT}Location",
    f"{DCT}language": f"{DCT}LinguisticSystem",
}
"""What a property leads to (sh:class)."""

TEXTS = (
    f"{DCT}title",
    f"{DCT}description",
    f"{SKOS}prefLabel",
    "http://www.w3.org/ns/dcat#keyword",
)
"""In a language each (rdf:langString)."""


def no_network(url: str, options: object) -> None:
    """What has to be fetched to be read is of no use to who is offline."""
    raise AssertionError(url)


def nodes(services: tuple[Service, ...], day: str = DAY) -> dict[str, dict[str, Any]]:
    """As a reader of JSON-LD has them, by their addresses."""
    document = json.loads(json.dumps(cpsv.catalogue(services, BASE, day=day)))
    flat = jsonld.flatten(document, options={"documentLoader": no_network})
    return {node["@id"]: node for node in flat}


@pytest.fixture(scope="module")
def graph() -> dict[str, dict[str, Any]]:
    """All sample cards."""
    return nodes(SERVICES)


def of_type(graph: dict[str, dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Those of a class."""
    return [node for node in graph.values() if name in node.get("@type", ())]


def test_every_card_is_a_public_service(graph: dict[str, dict[str, Any]]) -> None:
    """With what the profile asks of each class, each identifier once."""
    found = of_type(graph, f"{CPSV}PublicService")
    assert {one[f"{DCT}identifier"][0]["@value"] for one in found} >= {
        card.code for card in SERVICES if card.valid_on(DAY)
    }
    for name, wanted in REQUIRED.items():
        assert of_type(graph, name)
        for node in of_type(graph, name):
            assert all(node.get(f"{DCT}{one}") for one in wanted), node
            assert len(node[f"{DCT}identifier"]) == 1
    authorities = [len(one[f"{CV}hasCompetentAuthority"]) for one in found]
    assert set(authorities) == {1}


def test_everything_leads_to_what_it_should(graph: dict[str, dict[str, Any]]) -> None:
    """No property points nowhere, or to something of another class."""
    followed: Counter[str] = Counter()
    for node in graph.values():
        for link, kind in RANGES.items():
            for target in node.get(link, ()):
                assert kind in graph[target["@id"]]["@type"], (link, target)
                followed[link] += 1
    assert followed.keys() == RANGES.keys()


def test_every_text_has_its_language(graph: dict[str, dict[str, Any]]) -> None:
    """Latvian and English; nothing in Russian is given out, and no address of e-mail."""
    said = [value for node in graph.values() for name in TEXTS for value in node.get(name, ())]
    assert {value["@language"] for value in said} == {"lv", "en"}
    assert all(value["@value"] for value in said)
    assert "@" not in "".join(value["@value"] for value in said)


def test_a_term_is_told_in_words_and_as_a_duration(graph: dict[str, dict[str, Any]]) -> None:
    """Where it is said plainly, and nothing that is not confirmed; steps come in order."""
    for card in SERVICES:
        node = graph.get(f"{BASE}#{card.code}")
        takes = (node or {}).get(f"{CV}processingTime", ())
        wanted = None if "term" in card.to_check else duration(card.lv.term)
        assert node is None or [one["@value"] for one in takes] == [wanted] * (wanted is not None)
        assert {one["@type"] for one in takes} <= {"http://www.w3.org/2001/XMLSchema#duration"}
    takes = graph[f"{BASE}#VSAA-KOPS"][f"{CV}processingTime"]
    assert [one["@value"] for one in takes] == ["P30D"]
    term = graph[f"{BASE}#VSAA-KOPS/rule/term"][f"{DCT}description"]
    assert any(one["@value"].startswith("22 darba dienas;") for one in term)
    steps = graph[f"{BASE}#LVRTC-EPAR/rule/steps"][f"{DCT}description"]
    latvian = next(one["@value"] for one in steps if one["@language"] == "lv")
    assert [line[:2] for line in latvian.splitlines()] == ["1.", "2.", "3."]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("22 darba dienas; izmaksā arī par 6 iepriekšējiem mēnešiem", "P30D"),
        ("10 darba dienas", "P14D"),
        ("3 darba dienas (1 darba diena par trīskāršu maksu)", "P3D"),
        ("Līdz 85 darba dienām", "P119D"),
        ("Ne ilgāk kā 30 dienas", "P30D"),
        ("1 mēnesis, pagarināms līdz 4 mēnešiem", "P1M"),
        ("Aptuveni 2 nedēļas", "P14D"),
        ("24 stundu laikā", "PT24H"),
        ("Atbilde 1 mēneša laikā", "P1M"),
        ("Uzreiz", "P0D"),
        ("10 vai 2 darba dienas", None),
        ("8 darba stundas", None),
        ("1. marts - 1. jūnijs; brīvprātīgi 3 gadu laikā", None),
        ("Jāpārbauda VSAA", None),
        ("", None),
    ],
)
def test_a_term_in_words_as_a_duration(words: str, said: str | None) -> None:
    """Days of work are days of the calendar, five to a week; two times are none."""
    assert duration(words) == said


def test_fees_are_those_of_the_day() -> None:
    """And what is not valid is not in it; a municipality's own way is a service of its own."""
    base = next(card for card in SERVICES if card.code == "PMLP-PASE")
    rate = Rate(valid_from="2027-01-01", lv=Price(fee="60 EUR"), en=Price(fee="EUR 60"))
    own = Variant(institution={"lv": "Ludzas novads", "en": "Ludza"}, lv=OwnText(fee="Bez maksas"))
    card = replace(base, rates=(rate,), variants={"ludza": own}, valid_to="2027-06-30")
    for day, fee in (("2026-12-31", base.lv.fee), ("2027-01-01", "60 EUR")):
        graph = nodes((card,), day)
        cost = graph[f"{BASE}#PMLP-PASE/cost"][f"{DCT}description"]
        assert {"@language": "lv", "@value": fee} in cost
        assert {"@language": "lv", "@value": "Bez maksas"} in graph[f"{BASE}#PMLP-PASE/ludza/cost"][
            f"{DCT}description"
        ]
    assert nodes((card,), "2027-07-01") == {}


# --- the table -------------------------------------------------------------------------------


def full() -> Service:
    """A card with everything."""
    base = next(card for card in SERVICES if card.code == "PMLP-PASE")
    return replace(
        base,
        telephone="+37167209400",
        owner_mail="pase@pmlp.example",
        valid_to="2030-01-01",
        lv=replace(base.lv, steps=("Pieteikties; vai ne", "Atnākt"), who="=SUM(A1)"),
        rates=(Rate(valid_from="2027-01-01", lv=Price(fee="60 EUR"), en=Price()),),
        variants={"ludza": Variant(telephone="65707000")},
        answers=(
            Answer(language="ru", question="Можно?", answer="Да\nи нет", checked_on="2026-11-01"),
        ),
    )


def test_a_table_comes_back_as_it_went_out() -> None:
    """Every card with every field, whatever stands in it."""
    cards = (*SERVICES[1:], full())
    text = sheet.written(cards)
    assert text.startswith("\ufeff")
    back = review.read(text, "cards.csv")
    assert review.changes(cards, back) == {}
    assert len(back) == len(cards)


def test_an_archive_comes_back_as_it_went_out() -> None:
    """A file a card, by its code; a code that is no file's name has one all the same."""
    odd = [replace(full(), code=code) for code in ("a/b", "A b", "../..", "Ģ", "š", "x" * 300)]
    cards = (*SERVICES[1:], full(), *odd)
    texts = archive.files(bundle.packed(cards), "cards.zip", bundle.BOUNDS)
    assert "VSAA-KOPS.yaml" in texts
    assert len({name.casefold() for name in texts}) == len(cards)
    back = review.read_all(texts)
    assert review.changes(cards, back) == {}
    assert [card.code for card in back] == [card.code for card in cards]
    assert bundle.packed(cards) == bundle.packed(cards)


def test_each_card_is_in_one_file() -> None:
    """Every fault of every file is told, and by whose file."""
    pase = "code;lv.fee\nPMLP-PASE;5\n"
    texts = {"a.csv": pase, "b.csv": pase, "c.csv": "code;x\n1;2", "d.yaml": "- code: ["}
    with pytest.raises(Refused) as refused:
        review.read_all(texts, SERVICES)
    second, third, fourth = refused.value.problems
    assert second == "b.csv, PMLP-PASE: stands in another file already"
    assert third.startswith("c.csv: line 1, column 2: ")
    assert fourth.startswith("d.yaml: line 2, column ")


def test_many_cards_of_one_code_are_refused_at_once() -> None:
    """Who sends a hundred thousand of them holds nobody up by it."""
    began = time.process_time()
    with pytest.raises(Refused, match="same code"):
        review.read(json.dumps([{"code": "A"}, {"code": "B"}] * 50_000), "cards.csv.json")
    assert time.process_time() - began < 20  # by comparing each with each it is an hour


def test_no_cell_is_a_formula() -> None:
    """What begins as one begins with an apostrophe, which is no part of it."""
    rows = list(csv.reader(io.StringIO(sheet.written([full()])[1:]), delimiter=";"))
    assert not [cell for cell in rows[1] if cell.startswith(("=", "+", "-", "@"))]
    assert "'=SUM(A1)" in rows[1]


def test_a_column_that_is_not_there_changes_nothing() -> None:
    """One who keeps fees in a table need not keep all else there."""
    text = "code,lv.fee\r\nPMLP-PASE,55 EUR\r\n"
    (card,) = review.read(text, "fees.csv", SERVICES)
    changes = review.changes(SERVICES, [card])
    assert changes["PMLP-PASE"] == {"lv.fee": (full().lv.fee, "55 EUR")}
    assert card.lv.fee == "55 EUR"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cards.csv: is empty"),
        ("code;colour\nA;b\n", "cards.csv: line 1, column 2: 'colour' is no column"),
        ("lv.fee\n5\n", "cards.csv: line 1: the column code is missing"),
        ("code;code\nA;A\n", "cards.csv: line 1: a column stands there twice"),
        ("code;rates\nPMLP-PASE;{\n", "cards.csv: line 2, column rates: must be JSON"),
        ("code;identification\nPMLP-PASE;two\n", "cards.csv: line 2, column identification"),
        ("code;lv.fee\nPMLP-PASE;5;6\n", "cards.csv: line 2: there are more cells than columns"),
        ("code;level\nPMLP-PASE;parish\n", "cards.csv, PMLP-PASE, level: must be"),
        ("code;level\nNEW;state\n", "cards.csv, NEW"),
        ("code;lv.fee\nA;5\nA;6\n", "cards.csv: services with the same code: A"),
        ("code;lv.fee\nA;" + "x" * 200_000, "cards.csv: line 2: "),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, said: str) -> None:
    """And nothing is taken."""
    with pytest.raises(ValueError, match=r"cards\.csv") as refused:
        review.read(text, "cards.csv", SERVICES)
    assert said in str(refused.value)


def test_every_field_of_a_card_has_its_column() -> None:
    """One that is added to cards, and not here, would be lost by who edits the table."""
    first = {one.partition(".")[0] for one in sheet.COLUMNS}
    assert first == asdict(SERVICES[0]).keys()
    assert issubclass(Refused, ValueError)
