"""Sample service cards."""

from __future__ import annotations

from agents_ui.desk.port import ServiceCard


def card(code: str, name: str, summary: str, term: str, **changes: object) -> ServiceCard:
    """A service card of the social insurance agency, free of charge."""
    values: dict[str, object] = {
        "code": code,
        "name": name,
        "institution": "VSAA",
        "level": "state",
        "summary": summary,
        "fee": "",
        "term": term,
        "channels": ("online", "in_person", "centre", "post"),
        "documents": "",
        "legal_act": "Valsts sociālo pabalstu likums",
        "checked_on": "2026-11-02",
    }
    return ServiceCard(**{**values, **changes})  # type: ignore[arg-type]


CARDS = {
    "lv": (
        card(
            "child-care-benefit",
            "Bērna kopšanas pabalsts",
            "Vecākam, kurš kopj bērnu līdz 2 gadu vecumam. Var pieprasīt par 6 mēnešiem atpakaļ.",
            "22 darba dienas",
            fee="bez maksas",
            documents="iesniegums; konta numurs",
        ),
        card(
            "family-benefit",
            "Ģimenes valsts pabalsts",
            "Ģimenei par katru bērnu no viena gada vecuma.",
            "10 darba dienas",
            fee="bez maksas",
            documents="iesniegums; konta numurs",
        ),
        card(
            "birth-benefit",
            "Bērna piedzimšanas pabalsts",
            "Vienreizējs pabalsts par katru jaundzimušo.",
            "8 darba dienas",
            fee="bez maksas",
            documents="iesniegums",
        ),
        card(
            "residence",
            "Dzīvesvietas deklarēšana",
            "Jauna adrese jādeklarē viena mēneša laikā.",
            "uzreiz",
            fee="4,27 EUR, tiešsaistē bez maksas",
            institution="Pašvaldība",
            level="municipal",
            documents="pase vai personas apliecība",
            legal_act="Dzīvesvietas deklarēšanas likums",
        ),
    ),
    "en": (
        card(
            "child-care-benefit",
            "Child care benefit",
            "For a parent who cares for a child under 2. Can be claimed 6 months back.",
            "22 working days",
            fee="free of charge",
            documents="application; account number",
        ),
        card(
            "family-benefit",
            "Family state benefit",
            "For the family, for every child from the age of one.",
            "10 working days",
            fee="free of charge",
            documents="application; account number",
        ),
        card(
            "birth-benefit",
            "Childbirth benefit",
            "Paid once for every newborn child.",
            "8 working days",
            fee="free of charge",
            documents="application",
        ),
        card(
            "residence",
            "Declaring residence",
            "A new address is to be declared within a month.",
            "at once",
            fee="4.27 EUR, online free of charge",
            institution="Municipality",
            level="municipal",
            documents="passport or identity card",
            legal_act="Declaration of Place of Residence Law",
        ),
    ),
}
