"""Words as they are compared: by how they sound, without endings.

One alphabet for all: Russian is written in Latin letters, diacritics fall, and so does whatever
people write instead of them (`sh` for `š`, `aa` for `ā`, `j` for `ь`). `паспорт`, `pasports` and
`pasport` begin alike then, and Russian typed in Latin letters finds Russian words. Snowball has
no Latvian stemmer, so a light one strips endings; the rest is done by `vocabulary`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from routing.plain import plain

_WORD = re.compile(r"[^\W_]+")

_CYRILLIC = str.maketrans(
    dict(zip("абвгдежзийклмнопрстуфхцчшщыэіїєґ", "abvgdezziiklmnoprstufhccssieiieg", strict=True))
    | {"ё": "e", "ю": "iu", "я": "ia", "ъ": "", "ь": ""}
)
_SPELLINGS = (
    ("shch", "s"),
    ("sch", "s"),
    *zip(("sh", "zh", "ch", "kh", "ph", "ck"), "szchfk", strict=True),
    *zip("xwqyj", ("ks", "v", "k", "i", "i"), strict=True),
)
_SOFT = re.compile(r"(?<=[lnkg])i(?=[aou])")  # ļa written lja, ля
_DOUBLED = re.compile(r"(.)\1+")

# As they sound; the longest that fits falls. Latvian nouns, adjectives and verbs, then Russian.
_ENDINGS_TEXT = """
aiem aiam aias aios aiai aios iem ies ais ams ama amas amo ana anas anu anai sana sanas sanu
sanai esana asana isana osana cia cias ciu ciai acia acias aciu ia ias iu iai am as ai os us is es
em ei et at it ot um im ie a e i o u s
eties aties ities oties ins ina inas inai inam inu ini iniem inus
iami ami ogo ego omu emu imi enie enia eniu anie ania aniu nost nosti aia oe ee ie ii oi ov ev iam
ah iah om ui iu atsia itsia etsia utsia
"""
_ENDINGS = tuple(sorted(set(_ENDINGS_TEXT.split()), key=len, reverse=True))
_LEAST = 3
"""Letters that always stay."""

_STOP_TEXT = """
un vai par uz no ar pie kas ka kur kad man mans mana manu manas savu vajag gribu varu ir to tas kā
ja pec pirms bez cik kam par ko the a an of for to in i my me is how where need и в во на по у с к о
за мне мой моя как где хочу надо нужно сколько для из не že это
"""
_WEAK_TEXT = """
nomainīt mainīt maiņa saņemt saņemšana nesaņemu pieteikties pieteikt pieteikšanās noformēt kārtot
pieprasīt pieprasīšana iesniegt iesniegšana izmaksa izmaksas izmaksāt iegūt darīt pazaudēju
beidzies termiņš jauns jauna jaunu cits citu citai maksā samaksāt nemaksā pasūtīt uzzināt
pagarināt izdarīt reģistrēt reģistrācija reģistrēšana reģistrēties izsniegšana piešķiršana
palīdzība pakalpojums veikt informācija nevaru mājās internetā pienākas nav nauda naudas
поменять сменить замена получить получение оформить оформление сколько стоит подать новый могу
регистрация зарегистрировать сделать оплата выплата деньги нет
new get apply price money cost renew change lost register how much
pomenjat poluchit oformit smenit skolko stoit novij
"""


@lru_cache(maxsize=16_384)
def sound(word: str) -> str:
    """A word by its sound: `Šķiršanās` is `skirsanas`, `ребёнок` is `rebenok`."""
    latin = plain(word.casefold().translate(_CYRILLIC))
    for written, meant in _SPELLINGS:
        latin = latin.replace(written, meant)
    return _DOUBLED.sub(r"\1", _SOFT.sub("", latin)) or word


def sounds(text: str) -> tuple[str, ...]:
    """Its words; a letter that stands alone belongs to the word behind it (`e-paraksts`)."""
    return tuple(map(sound, _glued(_WORD.findall(text))))


def _glued(words: list[str]) -> Iterator[str]:
    before = ""
    for word in words:
        if len(word) == 1 and word.isalpha():
            before += word
            continue
        yield before + word
        before = ""
    if before:
        yield before


def split(text: str) -> tuple[str, ...]:
    """The words of a text, without those that say nothing (unless there are no others)."""
    words = sounds(text)
    return tuple(word for word in words if word not in STOP) or words


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """A word (as `sound` has it) without its ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=16_384)
def trigrams(word: str) -> frozenset[str]:
    """The three-letter pieces of a word, with its two edges marked."""
    marked = f"^{word}$"
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))


STOP = frozenset(map(sound, _STOP_TEXT.split()))
"""Words that say nothing of the matter."""

WEAK = frozenset(stem(sound(word)) for word in _WEAK_TEXT.split())
"""Stems of words that say what one wants to do, not with what."""
