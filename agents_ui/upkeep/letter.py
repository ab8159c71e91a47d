"""A question to the owner of a card, by e-mail: a few plain lines, and where to answer."""

from __future__ import annotations

from agents_ui.shell.formats import local_time
from agents_ui.shell.texts import Language


def letter(
    language: Language, origin: str, card: str, question: str, due_at: float, secret: str
) -> tuple[str, str]:
    """Subject and text. The link's secret stands behind the `#`, which browsers send to nobody."""
    lines = [
        language.text(
            "A citizen has asked the hotline what the card of your service does not say."
        ),
        "",
        language.text("Service: {name}", name=card),
        language.text("Question:"),
        question,
        "",
        language.text("Please answer by {time}:", time=local_time(due_at)),
        f"{origin}/answer#{secret}",
        "",
        language.text("The link is for you alone, and opens this one question once."),
        language.text("Write what holds for everybody, and nothing about a person."),
        language.text("Nobody reads answers to this message."),
    ]
    return language.text("Question about: {name}", name=card), "\n".join(lines) + "\n"
