"""The cards as others read them: CPSV-AP 3.2 (SEMIC), the public-service vocabulary of the EU, as
JSON-LD.

https://semiceu.github.io/CPSV-AP/releases/3.2.0/ says what each class and property means. The
context stands in the document, so nobody has to fetch anything to read it. A fee is a `cv:Cost` in
words, as our cards have it. A term is a `cpsv:Rule` in words, and where these say it plainly a
`cv:processingTime` too; steps are a rule that the service follows. What is not confirmed yet is not
told as a term. Russian names are for our own search and are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from contactcentre.features.catalogue.document import Service
from contactcentre.features.catalogue.term import duration

Node = dict[str, Any]

CONTEXT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cpsv": "http://purl.org/vocab/cpsv#",
        "cv": "http://data.europa.eu/m8g/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "eli": "http://data.europa.eu/eli/ontology#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
AUTHORITY: Final = "http://publications.europa.eu/resource/authority"
LATVIA: Final = f"{AUTHORITY}/atu/LVA"
LANGUAGES: Final = MappingProxyType({"lv": "LAV", "en": "ENG"})
TERM: Final = {"lv": "Termiņš", "en": "Term"}
STEPS: Final = {"lv": "Soļi", "en": "Steps"}
EVIDENCE: Final = {"lv": "Nepieciešamie dokumenti", "en": "Documents needed"}


def catalogue(services: Iterable[Service], base: str, *, day: str) -> Node:
    """Those that may be told on that ISO day, with fees of that day. `base` is the address of the
    document; everything in it is named by what stands behind its `#`."""
    graph: dict[str, Node] = {}
    for service in services:
        if service.valid_on(day):
            for municipality in ("", *sorted(service.variants)):
                for node in _nodes(service, municipality, base, day):
                    graph.setdefault(node["@id"], node)
    return {"@context": dict(CONTEXT), "@graph": list(graph.values())}


def _nodes(service: Service, municipality: str, base: str, day: str) -> Iterator[Node]:
    """A service as it is given there, then what it names."""
    cards = {code: service.card(code, day=day, municipality=municipality) for code in LANGUAGES}
    latvian = cards["lv"]
    key = f"{service.code}/{municipality}" if municipality else service.code
    here = _name(base, key)
    giver = service.giver(municipality)
    authority: Node = {
        "@id": _name(base, f"organisation/{giver['lv']}"),
        "@type": "cv:PublicOrganisation",
        "skos:prefLabel": _said(giver),
        "dct:spatial": {"@id": LATVIA, "@type": "dct:Location"},
    }
    named: list[tuple[str, Node]] = [("cv:hasCompetentAuthority", authority)]
    named += [("cv:hasChannel", _channel(one, key, base)) for one in latvian.channels]
    if latvian.fee:
        said = {code: card.fee for code, card in cards.items()}
        named.append(("cv:hasCost", _told("cv:Cost", "cost", key, base, said)))
    if latvian.documents:
        said = {code: card.documents for code, card in cards.items()}
        evidence = _told("cv:Evidence", "evidence", key, base, said)
        named.append(("cpsv:hasInput", {**evidence, "dct:title": _said(EVIDENCE)}))
    term = {} if "term" in service.to_check else {code: one.term for code, one in cards.items()}
    steps = {code: _numbered(card.steps) for code, card in cards.items()}
    for part, title, said in (("term", TERM, term), ("steps", STEPS, steps)):
        if said.get("lv"):
            rule = _told("cpsv:Rule", f"rule/{part}", key, base, said)
            named.append(("cpsv:follows", {**rule, "dct:title": _said(title)}))
    if latvian.legal_act:
        named.append(("cv:hasLegalResource", _legal(latvian.legal_act, base)))
    if latvian.telephone or latvian.link:
        named.append(("cv:contactPoint", _contact(latvian.telephone, latvian.link, key, base)))
    named += [("cv:isGroupedBy", _event(one, base)) for one in latvian.life_events]
    yield {
        "@id": here,
        "@type": "cpsv:PublicService",
        "dct:identifier": key,
        "dct:title": _said({code: card.name for code, card in cards.items()}),
        "dct:description": _said({code: card.summary for code, card in cards.items()}),
        "dct:language": [
            {"@id": f"{AUTHORITY}/language/{one}", "@type": "dct:LinguisticSystem"}
            for one in LANGUAGES.values()
        ],
        "dct:modified": {"@type": "xsd:date", "@value": service.checked_on},
        "dcat:keyword": [
            word
            for code in LANGUAGES
            for one in service.aliases.get(code, ())
            for word in _said({code: one})
        ],
        **_takes(term.get("lv", "")),
        **({"dct:isVersionOf": {"@id": _name(base, service.code)}} if municipality else {}),
        **_links(named),
    }
    yield from (node for _, node in named)


def _numbered(steps: Iterable[str]) -> str:
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def _takes(term: str) -> Node:
    found = duration(term)
    return {"cv:processingTime": {"@type": "xsd:duration", "@value": found}} if found else {}


def _links(named: Iterable[tuple[str, Node]]) -> Node:
    found: dict[str, list[Node]] = {}
    for link, node in named:
        found.setdefault(link, []).append({"@id": node["@id"]})
    return dict(found)


def _channel(code: str, key: str, base: str) -> Node:
    kind = {
        "@id": _name(base, f"channel-type/{code}"),
        "@type": "skos:Concept",
        "skos:notation": code,
    }
    return {
        "@id": _name(base, f"{key}/channel/{code}"),
        "@type": "cv:Channel",
        "dct:identifier": f"{key}/channel/{code}",
        "dct:type": kind,
    }


def _told(kind: str, part: str, key: str, base: str, said: Mapping[str, str]) -> Node:
    return {
        "@id": _name(base, f"{key}/{part}"),
        "@type": kind,
        "dct:identifier": f"{key}/{part}",
        "dct:description": _said(said),
    }


def _legal(act: str, base: str) -> Node:
    return {
        "@id": _name(base, f"legal/{act}"),
        "@type": "eli:LegalResource",
        "dct:title": _said({"lv": act}),
    }


def _contact(telephone: str, link: str, key: str, base: str) -> Node:
    made: Node = {"@id": _name(base, f"{key}/contact"), "@type": "cv:ContactPoint"}
    if telephone:
        made["cv:telephone"] = telephone
    if link:
        made["cv:contactPage"] = {"@id": link, "@type": "foaf:Document"}
    return made


def _event(code: str, base: str) -> Node:
    return {
        "@id": _name(base, f"event/{code}"),
        "@type": ["cv:Event", "cv:LifeEvent"],
        "dct:identifier": f"event/{code}",
        "dct:title": _said({"en": code.replace("_", " ")}),
    }


def _said(texts: Mapping[str, str]) -> list[Node]:
    """In each language in which it says something."""
    return [{"@language": code, "@value": text} for code, text in texts.items() if text]


def _name(base: str, key: str) -> str:
    return f"{base}#{quote(key, safe='/')}"
