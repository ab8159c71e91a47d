"""What a form changes in a menu's text; the rest, with its comments, stays as it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import yaml

from agents_ui.menus.port import KeyChoice, SimplePrompt, SimpleStep
from contactcentre.features.menus.drawing import Catalogue, prompts
from ivr import nodes
from ivr.flow import Flow
from ivr.own_words import plain

DIGITS = "123456789"

Edit = tuple[int, int, str]
"""From where to where the text is replaced, in characters, and by what."""


def simple(flow: Flow) -> tuple[SimpleStep, ...]:
    """What a form can change: steps that ask for a key, and steps whose label agents read."""
    return tuple(
        _simple(flow, name, node)
        for name, node in flow.nodes.items()
        if isinstance(node, nodes.MenuNode) or node.label
    )


def _simple(flow: Flow, name: str, node: nodes.Node) -> SimpleStep:
    texts = flow.labels.get(node.label or "", {})
    menu = node if isinstance(node, nodes.MenuNode) else None
    options = menu.options if menu else {}
    taken = "".join(menu.languages) if menu else DIGITS
    return SimpleStep(
        name=name,
        label=node.label or "",
        label_lv=texts.get("lv", ""),
        label_en=texts.get("en", ""),
        keys=tuple(
            KeyChoice(key=key, to=options[key].goto if key in options else "")
            for key in DIGITS
            if key not in taken
        ),
        taken=taken if menu else "",
        timeout_s=f"{node.timeout_s:g}" if isinstance(node, nodes.AskingNode) else "",
    )


def said(flow: Flow, texts: Catalogue) -> tuple[SimplePrompt, ...]:
    """What it says: each prompt with its words, the menu's own or the catalogue's."""
    own = {prompt for words in flow.texts.values() for prompt in words}
    found = []
    for prompt in sorted(prompts(flow)):
        steps = (
            name
            for name, node in flow.nodes.items()
            if any(key.rpartition(":")[2] == prompt for _, key in node.spoken())
        )
        found.append(
            SimplePrompt(
                prompt=plain(prompt) if prompt in own else prompt,
                texts={
                    language: " ".join(texts.get(language, {}).get(prompt, "").split())
                    for language in flow.languages
                },
                steps=tuple(steps),
            )
        )
    return tuple(found)


def changed(text: str, flow: Flow, texts: Catalogue, fields: Mapping[str, str]) -> str:
    """The text (which describes that flow) with what a form says: `label.STEP.lv`, `key.STEP.1`,
    `timeout.STEP`, `text.lv.PROMPT`; a field that is not there changes nothing. What it says is
    checked by whoever reads the text. `texts` are the words of what it says by now."""
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    edits = sorted(
        (*_edits(text, root, flow, fields), *_words(text, root, flow, texts, fields)), reverse=True
    )
    for start, end, new in edits:
        text = text[:start] + new + text[end:]
    return text


def _edits(
    text: str, root: yaml.Node | None, flow: Flow, fields: Mapping[str, str]
) -> Iterator[Edit]:
    told: set[str] = set()  # a label may be of several steps: the first that differs counts
    for step in simple(flow):
        for language, before in (("lv", step.label_lv), ("en", step.label_en)):
            given = fields.get(f"label.{step.name}.{language}", before).strip()
            if step.label and given != before and f"{step.label}.{language}" not in told:
                told.add(f"{step.label}.{language}")
                label = _value(_value(root, "labels"), step.label)
                yield from _set(text, label, language, _quoted(given))
        own = _value(_value(root, "nodes"), step.name)
        given = fields.get(f"timeout.{step.name}", step.timeout_s).strip().replace(",", ".")
        if step.timeout_s and given != step.timeout_s:
            yield from _set(text, own, "timeout_s", _number(given))
        yield from _keys(text, own, step, fields)


def _words(
    text: str, root: yaml.Node | None, flow: Flow, texts: Catalogue, fields: Mapping[str, str]
) -> Iterator[Edit]:
    """The menu's own words, written anew where one of them is another: of a prompt in all
    languages, lest one of them tells what was before."""
    own: dict[str, dict[str, str]] = {
        language: {plain(key): said for key, said in words.items()}
        for language, words in flow.texts.items()
    }
    before = {language: dict(words) for language, words in own.items()}
    for one in said(flow, texts):
        given = {
            language: " ".join(fields.get(f"text.{language}.{one.prompt}", words).split())
            for language, words in one.texts.items()
        }
        if given != one.texts:
            for language, words in given.items():
                own.setdefault(language, {}).pop(one.prompt, None)
                if words:
                    own[language][one.prompt] = words
    if own != before:
        written = "\n".join(_block({key: words for key, words in own.items() if words}))
        present = _value(root, "texts")
        if present is None:
            end = len(text.rstrip())
            yield end, end, f"\n\ntexts:\n{written}"
        else:
            start = text.rindex(":", 0, present.start_mark.index) + 1
            yield start, _end(text, present), f"\n{written}"


def _block(own: Catalogue) -> Iterator[str]:
    for language, words in own.items():
        yield f"  {language}:"
        for prompt, said_there in sorted(words.items()):
            yield f"    {_name(prompt)}: {_quoted(said_there)}"


def _keys(
    text: str, node: yaml.Node | None, step: SimpleStep, fields: Mapping[str, str]
) -> Iterator[Edit]:
    before = {one.key: one.to for one in step.keys if one.to}
    given = {one.key: fields.get(f"key.{step.name}.{one.key}", one.to) for one in step.keys}
    after = {key: to for key, to in given.items() if to}
    options = _value(node, "options")
    if before == after or not isinstance(options, yaml.MappingNode):
        return
    if before.keys() == after.keys():
        for key, to in after.items():
            if before[key] != to:
                yield from _set(text, _value(options, key), "goto", _name(to))
        return
    written = [f'"{key}": {{goto: {_name(to)}}}' for key, to in sorted(after.items())]
    start = options.start_mark.index
    if options.flow_style:
        yield start, options.end_mark.index, "{" + ", ".join(written) + "}"
    else:
        lines = f"\n{' ' * options.start_mark.column}".join(written)
        yield start, _end(text, options), lines or "{}"


def _set(text: str, mapping: yaml.Node | None, key: str, value: str) -> Iterator[Edit]:
    """Have that value under that key of a mapping."""
    if not isinstance(mapping, yaml.MappingNode):
        return
    present = _value(mapping, key)
    if present is not None:
        yield present.start_mark.index, _end(text, present), value
    elif mapping.flow_style:
        end = mapping.end_mark.index - 1
        yield end, end, f", {key}: {value}" if mapping.value else f"{key}: {value}"
    else:
        end = _end(text, mapping)
        yield end, end, f"\n{' ' * mapping.start_mark.column}{key}: {value}"


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for one, value in node.value if one.value == key), None)


def _end(text: str, node: yaml.Node) -> int:
    """Behind its last character: a block's own mark is behind the blank lines that follow, too."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(node, yaml.MappingNode) else last)
    start: int = node.start_mark.index
    return start + len(text[start : node.end_mark.index].rstrip())


def _quoted(text: str) -> str:
    # What cannot be seen may end a line in YAML.
    return json.dumps("".join(filter(str.isprintable, text)), ensure_ascii=False)


def _number(text: str) -> str:
    digits = text.replace(".", "", 1)
    return text if digits.isascii() and digits.isdecimal() else _quoted(text)


def _name(text: str) -> str:
    """The name of a node or a prompt, which is no text that means something else in YAML."""
    letters = text.replace("-", "").replace("_", "").replace(".", "")
    return text if letters.isascii() and letters.isalnum() else _quoted(text)
