"""Scorecards, rules by which talks are drawn, scripts of test calls: a list, and a form each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

import structlog
from aiohttp import web

from agents_ui.quality import port, words
from agents_ui.quality.port import EditKind, QualityDocuments, QualityRefused
from agents_ui.shell import bodies, render, sessions
from agents_ui.shell.errors import not_found

QUALITY_DOCUMENTS: web.AppKey[QualityDocuments] = web.AppKey("quality_documents")

routes = web.RouteTableDef()
log = structlog.get_logger("agents_ui")

PAGE: Final = "/quality/documents"
ROWS: Final = 44
"""Lines of a scorecard's form at most, blank ones included."""

BLANK: Final = 3
LONGEST: Final = 2_500


@routes.get("/quality/documents")
async def page(request: web.Request) -> web.StreamResponse:
    """All of them."""
    here = render.language(request)
    return render.page(
        request,
        "quality",
        template="documents",
        config={},
        found=await request.app[QUALITY_DOCUMENTS].listed(),
        kinds={key: here.text(word) for key, word in words.KINDS.items()},
        new={key: here.text(word) for key, word in words.NEW.items()},
    )


@routes.post("/quality/begin")
async def begin(request: web.Request) -> web.StreamResponse:
    """The usual ones, where there is none."""
    person = (await sessions.require(request)).person
    await bodies.form(request)
    await request.app[QUALITY_DOCUMENTS].begin(person=person)
    return render.go_to(PAGE)


@routes.get("/quality/documents/{what}/{document}")
async def one(request: web.Request) -> web.StreamResponse:
    """A form; `version` shows an earlier one, which can be saved anew."""
    given = request.query.get("version", "")
    version = int(given) if re.fullmatch("[1-9][0-9]{0,5}", given) else 0
    return await _form(request, version=version)


@routes.post("/quality/documents/{what}/{document}")
async def save(request: web.Request) -> web.StreamResponse:
    """The next version."""
    person, kind = (await sessions.require(request)).person, _kind(request)
    given = await bodies.form(request)
    document = WRITTEN[kind]({name: text[:LONGEST] for name, text in given.items()})
    base = given.get("base", "")
    if not re.fullmatch("[0-9]{1,6}", base):
        base = "0"
    with not_found():
        try:
            await request.app[QUALITY_DOCUMENTS].save(
                kind, request.match_info["document"], document, base=int(base), person=person
            )
        except QualityRefused as refused:
            return await _form(request, document, refused)
    log.info("quality_saved", action="quality_saved", user_id=person.user_id, kind=kind)
    return render.go_to(PAGE)


def _kind(request: web.Request) -> EditKind:
    given = request.match_info["what"]
    with not_found():
        if given not in words.KINDS:
            raise LookupError(given)
    return cast(EditKind, given)


async def _form(
    request: web.Request,
    document: Mapping[str, Any] | None = None,
    wrong: QualityRefused | None = None,
    *,
    version: int = 0,
) -> web.StreamResponse:
    kind, here = _kind(request), render.language(request)
    with not_found():
        view = await request.app[QUALITY_DOCUMENTS].document(
            kind, request.match_info["document"], version
        )
    shown = document if document is not None else view.document
    return render.page(
        request,
        "quality",
        template=kind,
        status=400 if wrong else 200,
        config={},
        view=view,
        shown={**BEGINNING[kind], **shown},
        lines=list(_lines(shown)),
        title=here.text((words.NEW if view.key == "new" else words.KINDS)[kind]),
        wrong=here.text(words.REFUSED[wrong.reason]) if wrong else "",
        faults=[here.text(one) for one in _told(wrong.fields)] if wrong else [],
        limits=port,
    )


def _told(fields: Sequence[str]) -> Iterator[str]:
    """In words, each once: by the name of the field, or by the code of what does not fit."""
    names = (re.findall("[a-z_]+", one.partition(": must")[0]) for one in fields)
    found = (next((n for n in reversed(one) if n in words.FAULTS), "") for one in names)
    yield from dict.fromkeys(words.FAULTS.get(one, words.OTHER_FAULT) for one in found)


# --- as it is written ------------------------------------------------------------------------


def _number(text: str) -> int | str:
    """What is none stays the text, which the document refuses."""
    return int(text) if re.fullmatch("[0-9]{1,6}", text.strip()) else text


def _scorecard(given: Mapping[str, str]) -> dict[str, Any]:
    """Lines one by one: what names a group begins one, a line without a criterion is none."""
    groups: list[dict[str, Any]] = []
    taken = {given.get(f"key-{row}", "") for row in range(ROWS)}
    for row in range(ROWS):
        texts = {code: given.get(f"{code}-{row}", "").strip() for code in ("lv", "en")}
        if not any(texts.values()):
            continue
        head = {code: given.get(f"group-{code}-{row}", "").strip() for code in ("lv", "en")}
        if any(head.values()) or not groups:
            groups.append({**head, "criteria": []})
        key = given.get(f"key-{row}", "")
        if not key:
            key = next(one for one in map("c{}".format, range(ROWS * 2)) if one not in taken)
            taken.add(key)
        groups[-1]["criteria"].append(
            {
                "key": key,
                **texts,
                "scale": given.get(f"scale-{row}", "yes_no"),
                "weight": _number(given.get(f"weight-{row}", "1")),
                "critical": given.get(f"critical-{row}") == "yes",
            }
        )
    return {
        "lv": given.get("name-lv", "").strip(),
        "en": given.get("name-en", "").strip(),
        "use": given.get("use", "talk"),
        "groups": groups,
        "active": given.get("active") == "yes",
    }


def _rule(given: Mapping[str, str]) -> dict[str, Any]:
    chosen = [name.removeprefix("queue-") for name in given if name.startswith("queue-")]
    return {
        "name": given.get("name", "").strip(),
        "scorecard": given.get("scorecard", ""),
        "each_month": _number(given.get("each_month", "")),
        "queues": sorted(chosen),
        "active": given.get("active") == "yes",
    }


def _script(given: Mapping[str, str]) -> dict[str, Any]:
    names = ("name", "dialled", "language", "path", "question", "answer")
    texts = {
        name: given.get(name, "").strip().replace("\r\n", "\n")
        for name in (*names, "service", "fee", "scorecard")
    }
    points = _number(given.get("points", ""))
    return {**texts, "points": points, "active": given.get("active") == "yes"}


WRITTEN: Final[Mapping[EditKind, Callable[[Mapping[str, str]], dict[str, Any]]]] = {
    "scorecard": _scorecard,
    "rule": _rule,
    "script": _script,
}

BEGINNING: Final[Mapping[EditKind, Mapping[str, Any]]] = {
    "scorecard": {"lv": "", "en": "", "use": "talk", "active": True},
    "rule": {"name": "", "scorecard": "", "each_month": 4, "queues": (), "active": True},
    "script": {
        **dict.fromkeys(("name", "dialled", "path", "question", "answer", "fee"), ""),
        "language": "lv",
        "service": "",
        "scorecard": "",
        "points": 80,
        "active": True,
    },
}
"""What a blank form says."""


def _lines(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Criteria as lines, the first of a group with its head, and some blank ones."""
    count = 0
    for group in document.get("groups", ()):
        for place, one in enumerate(group["criteria"]):
            head = {code: group[code] if place == 0 else "" for code in ("lv", "en")}
            yield {**one, "head": head}
            count += 1
    blank = {"key": "", "lv": "", "en": "", "scale": "yes_no", "weight": 1, "critical": False}
    for _ in range(max(1, min(BLANK, ROWS - count)) if count < ROWS else 0):
        yield {**blank, "head": {"lv": "", "en": ""}}
