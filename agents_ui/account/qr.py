"""A picture that a telephone reads, drawn in the page: it holds a secret, so it is no file."""

from __future__ import annotations

import segno
from markupsafe import Markup


def drawn(text: str) -> Markup:
    """An SVG element: dark on white whatever the page's colours, with its quiet zone."""
    picture = segno.make(text, micro=False, error="m")
    # Nothing of the text is in it but the black squares.
    return Markup(  # noqa: S704
        picture.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
    )
