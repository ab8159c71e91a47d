"""Prompts that a menu says in words of its own, instead of the catalogue's.

    texts:
      lv: {menu.matter: "Pabalsti: viens. Nodokļi: divi."}

Such a prompt is known by its name and a mark of its words, in all languages: whoever is still in an
older version of the menu goes on to hear that version's words.
"""

import hashlib
import json
from collections.abc import Mapping

from ivr.nodes import Node

Words = Mapping[str, Mapping[str, str]]
"""Language -> prompt -> text."""

_FIELDS = ("intro", "prompts", "again", "wrong", "silent")


def marked(words: Words) -> dict[str, str]:
    """Each prompt that has words here, to the name by which it is said."""
    prompts = dict.fromkeys(prompt for own in words.values() for prompt in own)
    return {prompt: f"{prompt}/{_mark(words, prompt)}" for prompt in prompts}


def plain(prompt: str) -> str:
    """The name without the mark, of a prompt that has one."""
    return prompt.rpartition("/")[0] or prompt


def texts(words: Words) -> dict[str, dict[str, str]]:
    """The words by the names by which they are said."""
    names = marked(words)
    return {
        language: {names[prompt]: text for prompt, text in own.items()}
        for language, own in words.items()
    }


def said_by(node: Node, names: Mapping[str, str]) -> Node:
    """The node, saying those prompts by these names."""

    def name(prompt: str) -> str:
        pinned, colon, key = prompt.rpartition(":")
        return f"{pinned}{colon}{names.get(key, key)}"

    changed: dict[str, object] = {}
    for field in _FIELDS:
        match getattr(node, field, None):
            case str() as prompt:
                changed[field] = name(prompt)
            case tuple() as prompts:
                changed[field] = tuple(map(name, prompts))
    return node.model_copy(update=changed)


def _mark(words: Words, prompt: str) -> str:
    said = {language: own[prompt] for language, own in words.items() if prompt in own}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:8]
