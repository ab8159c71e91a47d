"""A browser by the name that its user knows, no more: no version, nothing to tell people by."""

from __future__ import annotations

FAMILIES = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""In the order in which they pretend to be each other."""

SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def family(user_agent: str) -> str:
    """Such as `Firefox, Windows`; "" for one that says nothing we know."""
    named = (_first(FAMILIES, user_agent), _first(SYSTEMS, user_agent))
    return ", ".join(filter(None, named))


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
