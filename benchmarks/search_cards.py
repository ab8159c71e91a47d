"""Five thousand cards: the sample catalogue, and what each municipality of Latvia offers besides.

A municipality's card is one of its own, as an import of all of them would make it, so that most
words of the catalogue stand on 42 cards: the search has to tell apart whose card is meant.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import yaml

from contactcentre.features.catalogue.document import Service, Text, parse

TABLES: Final = Path(__file__).parent / "catalogue"
SAMPLE: Final = Path(__file__).parent.parent / "config" / "seed" / "services.yaml"

MUNICIPALITIES: Final = """
aizkraukle=Aizkraukles aluksne=Alūksnes augsdaugava=Augšdaugavas adazi=Ādažu balvi=Balvu
bauska=Bauskas cesis=Cēsu dienvidkurzeme=Dienvidkurzemes dobele=Dobeles gulbene=Gulbenes
jelgavas-novads=Jelgavas jekabpils=Jēkabpils kraslava=Krāslavas kuldiga=Kuldīgas kekava=Ķekavas
limbazi=Limbažu livani=Līvānu ludza=Ludzas madona=Madonas marupe=Mārupes ogre=Ogres olaine=Olaines
preili=Preiļu rezeknes-novads=Rēzeknes ropazi=Ropažu salaspils=Salaspils saldus=Saldus
saulkrasti=Saulkrastu sigulda=Siguldas smiltene=Smiltenes talsi=Talsu tukums=Tukuma valka=Valkas
valmiera=Valmieras ventspils-novads=Ventspils riga=Rīgas daugavpils=Daugavpils jelgava=Jelgavas
jurmala=Jūrmalas liepaja=Liepājas rezekne=Rēzeknes ventspils=Ventspils
"""
_CITIES: Final = frozenset(
    ["riga", "daugavpils", "jelgava", "jurmala", "liepaja", "rezekne", "ventspils"]
)


def cards() -> tuple[Service, ...]:
    """All of them, the sample's first."""
    with (TABLES / "municipal.csv").open(encoding="utf-8", newline="") as file:
        offered = list(csv.DictReader(file))
    generated = (
        _card(number, row, *place.split("="))
        for place in MUNICIPALITIES.split()
        for number, row in enumerate(offered)
    )
    return (*parse(SAMPLE.read_text("utf-8")), *generated)


def not_ours() -> list[str]:
    """What the sample says is not ours."""
    phrases: list[str] = yaml.safe_load((SAMPLE.parent / "not_ours.yaml").read_text("utf-8"))
    return phrases


def code_of(key: str, municipality: str) -> str:
    """The code of a municipality's card, of which the tables know the key."""
    return f"{municipality}/{key}".upper()


def _card(number: int, row: dict[str, str], municipality: str, genitive: str) -> Service:
    place = f"{genitive} {'pilsētā' if municipality in _CITIES else 'novadā'}"
    text = Text(
        name=f"{row['name']} {place}",
        summary=f"{row['name']}: pieteikums {genitive} domei, kabinets {number + 1}.",
        fee="Pēc saistošajiem noteikumiem",
        term="1 mēnesis",
        documents="Iesniegums",
    )
    aliases = row["words"].split("|")
    return Service(
        code=code_of(row["key"], municipality),
        institution={"lv": f"{genitive} pašvaldība", "en": f"Municipality of {genitive}"},
        level="municipal",
        channels=("in_person",),
        lv=text,
        en=text,
        legal_act="Saistošie noteikumi",
        aliases={"lv": tuple(aliases)},
        valid_from="2026-01-01",
        checked_on="2026-11-01",
        municipality=municipality,
    )
