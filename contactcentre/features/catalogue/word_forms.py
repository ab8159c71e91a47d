"""Words as they are compared: without diacritics, without endings, and by how alike they look.

Latvian has no stock stemmer, and derivation matters more than inflection (deklarēt, deklarēšana,
deklarācija), so a light stemmer is helped by a common beginning and by trigrams.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")

# Longest first. Latvian noun, adjective and verb endings, folded; then Russian ones.
_LATVIAN_TEXT = """
ajiem ajam ajas ajos ajai ajos iem ies ais ams ama amas amo ana anas anu anai sana sanas sanu
sanai sana esana asana isana osana cija cijas ciju cijai acija acijas aciju am as ai os us is es
em ei et at it ot um im ie ta tas to tu tie a e i o u s
"""
_LATVIAN = tuple(sorted(_LATVIAN_TEXT.split(), key=len, reverse=True))
_RUSSIAN_TEXT = """
иями ями ами ого его ому ему ыми ими ение ения ению ание ания анию ость ости ая яя ое ее ые ие
ыи ии ои еи ов ев ам ям ах ях ом ем ую юю ию ия ью ть ся а я о е у ю ы и ь
"""
_RUSSIAN = tuple(sorted(_RUSSIAN_TEXT.split(), key=len, reverse=True))

_STOP_TEXT = """
un vai par uz no ar pie kas ka kur kad man mans mana manu vajag gribu ir to tas the a an of for
to in i my my is how want need и в во на по у с к о за мне мой моя как где хочу нужно
"""
STOP = frozenset(_STOP_TEXT.split())
"""Words that say nothing of the matter (folded)."""


def fold(text: str) -> str:
    """Small letters without diacritics: `Bērna` is `berna`, `ребёнок` is `ребенок`."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def split(text: str) -> tuple[str, ...]:
    """The folded words of a text, without those that say nothing (unless there are no others)."""
    words = tuple(_WORD.findall(fold(text)))
    return tuple(word for word in words if word not in STOP) or words


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """A folded word without its ending; three letters and a vowel always stay."""
    endings = _RUSSIAN if "а" <= word[0] <= "я" else _LATVIAN
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=16_384)
def trigrams(word: str) -> frozenset[str]:
    """The three-letter pieces of a word, with its two edges marked."""
    marked = f"^{word}$"
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))
