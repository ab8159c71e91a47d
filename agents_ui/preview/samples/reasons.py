"""Why a sample call is where it is."""

from __future__ import annotations

from agents_ui.board.port import CallRow, Moment, Why

WHY = {
    "lv": [
        "Zvans rindā gaida 40 s; tagad to piedāvā savam plānošanas reģionam.",
        "Prasības: krievu valoda, Nodokļi.",
        "Šobrīd nav brīva darbinieka, kas drīkst atbildēt.",
        "Ilze Ozola: nepietiek valodas prasmes: krievu valoda.",
        "Pēteris Liepa: sarunā.",
    ],
    "en": [
        "The call has waited 40 s in the queue and is now offered to its planning region.",
        "Required: Russian, Taxes.",
        "No agent who may answer is free at the moment.",
        "Ilze Ozola: does not know the language well enough: Russian.",
        "Pēteris Liepa: in a call.",
    ],
}
"""Why the sample call waits."""


def why(call: CallRow, locale: str) -> Why:
    """It waited for a wider ring, was missed once, and then answered, or waits still."""
    began, waits, reasons = call.arrived_at, call.phase == "waiting", tuple(WHY[locale])
    told = [
        Moment(at=began, kind="arrived"),
        Moment(at=began + 28, kind="queued", sentences=reasons),
        Moment(at=began + 48, kind="widened", sentences=reasons),
    ]
    if not waits:
        anna = "Anna Bērziņa"
        told.append(Moment(at=began + 50, kind="offered", agent=anna, sentences=reasons))
        told.append(Moment(at=began + 70, kind="missed", agent=anna))
    if call.ended_at is not None:
        told.append(Moment(at=call.ended_at, kind="ended", outcome=call.outcome or "unknown"))
    return Why(sentences=reasons if waits else (), moments=tuple(told))
