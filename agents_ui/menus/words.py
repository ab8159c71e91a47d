"""What people call the parts of a menu, and what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from agents_ui.menus.port import RecordingState, Role, TextFault, WayKind
from agents_ui.shell import faults
from agents_ui.shell.texts import mark

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "play": mark("says something"),
        "menu": mark("asks for a key"),
        "collect": mark("asks for a number"),
        "spell": mark("asks for a name by its letters"),
        "language": mark("asks for the language"),
        "hours": mark("goes by the hours"),
        "set": mark("keeps something in mind"),
        "goto": mark("leads on"),
        "enqueue": mark("to people"),
        "callback": mark("a call back"),
        "voicemail": mark("a voice message"),
        "transfer": mark("to another number"),
        "hangup": mark("the end"),
    }
)
"""Of a step, by the `type` that its text has."""

ROLES: Final[Mapping[Role, str]] = MappingProxyType(
    {
        "notices": mark("What is known now"),
        "intro": mark("On arrival"),
        "prompts": mark("Each time"),
        "again": mark("When asked again"),
        "wrong": mark("After a wrong key"),
        "silent": mark("After silence"),
        "offer": mark("Before that, in each other language"),
    }
)

WAYS: Final[Mapping[WayKind, str]] = MappingProxyType(
    {
        "key": mark("Key"),
        "language": mark("Language"),
        "person": mark("To a person"),
        "silence": mark("Nothing is pressed"),
        "then": mark("Then"),
        "open": mark("While it is open"),
        "closed": mark("While it is closed"),
        "holiday": mark("On a holiday"),
        "default": mark("Otherwise"),
    }
)

STATES: Final[Mapping[RecordingState, str]] = MappingProxyType(
    {
        "recorded": mark("recorded"),
        "stale": mark("the text has changed since it was recorded: a machine says it"),
        "synthetic": mark("a machine says it"),
        "untranslated": mark("no text in this language: it is said in Latvian"),
    }
)

STAND_INS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "notices": mark("the notices in force, where there are any"),
        "say.closed": mark("that it is closed, why, and when it opens again"),
        "say.others": mark("which other centres are open"),
        "say.hours": mark("the opening hours"),
        "say.elsewhere": mark("while the caller's own centre is closed: that another one answers"),
    }
)
"""What stands for words of the moment, in words."""

ACTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {"publish": mark("published"), "rollback": mark("put back")}
)

_FILE: Final[faults.Table] = (
    (r"is a workbook.*", mark("is no text: a menu is one YAML file, as it is taken from here")),
    (
        r"is not UTF-8.*",
        mark("its letters cannot be read: save it as UTF-8 where you have written it"),
    ),
    *faults.GENERAL,
)

WRONG: Final = MappingProxyType(
    {
        "name": mark("A name is a to z, 0 to 9 and -, at most 40 of them."),
        "taken": mark("There is a menu of that name already."),
        "time": mark("Write a day and a time of day."),
    }
)

_NAMED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "node": mark("there is no step „{name}”"),
        "label": mark("there is no label „{name}”"),
        "language": mark("there is no language „{name}” among the menu's languages"),
        "collected number": mark("no step asks for a number „{name}”"),
        "prompt": mark("there is no prompt „{name}”"),
        "queue": mark("there is no queue „{name}”"),
        "kind of node": mark("there is no kind of step „{name}”"),
    }
)

_FAULTS: Final = (
    (r"is missing", mark("is missing")),
    (r"is not a known key", mark("is no known key")),
    (r"key '(?P<name>.*)' is doubled", mark("the key „{name}” stands there twice")),
    (r"must be a mapping", mark("must be keys with values")),
    (r"the document must be a mapping", mark("must begin with keys and their values")),
    (r"nodes must be a mapping of names to nodes", mark("must be names with their steps")),
    (r"must be a list", mark("must be a list")),
    (r"must be one text", mark("must be one text")),
    (r"must not be empty", mark("must not be empty")),
    (r"must be at least (?P<bound>.*)", mark("must be {bound} or more")),
    (r"must be at most (?P<bound>.*)", mark("must be {bound} or less")),
    (r"must be more than (?P<bound>.*)", mark("must be more than {bound}")),
    (r"must be (?P<some>'.*)", mark("must be {some}")),
    (r"must be written like (?P<form>.*)", mark("must be written as {form}")),
    (r"at most (?P<count>\d+) are allowed", mark("there are more than {count}")),
    (r"at least (?P<count>\d+) must be given", mark("there must be {count} or more")),
    (r"Input should be a valid (integer|number).*", mark("must be a number")),
    (r"Input should be a valid boolean.*", mark("must be true or false")),
    (r"Input should be a valid date.*", mark("must be a day, as 2026-01-31")),
    (r"longer than (?P<count>\d+) characters", mark("is longer than {count} characters")),
    (r"an invisible character", mark("has an invisible character")),
    (r"aliases are not supported", mark("has & or *, which is not taken here: use quotes")),
    (r"nested too deep", mark("is nested too deep")),
    (
        r"mapping values are not allowed here",
        mark("a colon stands where none may: use quotes, or look at the indents"),
    ),
    (
        r"(expected <block end>.*|could not find expected ':'|while parsing.*|expected .*)",
        mark("cannot be read here: look at indents, colons and brackets, here and above"),
    ),
    (
        r"found character '\\t' that cannot start any token",
        mark("has a tab: indents are blanks"),
    ),
    (r"Latvian \(lv\) is missing", mark("Latvian (lv) is missing")),
    (
        r"a language other than Latvian needs a policy record",
        mark("a language other than Latvian needs its basis, day and approver"),
    ),
    (r"has no text in Latvian \(lv\)", mark("has no text in Latvian (lv)")),
    (r"is said by no node", mark("is said by no step")),
    (r"nothing leads here", mark("nothing leads here")),
    (r"no way from here ends", mark("no way from here comes to an end")),
    (
        r"a silent caller would go round and round( through (?P<through>.*))?",
        mark("who presses nothing would go round and round"),
    ),
    (r"'(?P<name>[^']*)' leads to no person", mark("„{name}” leads to no person")),
    (
        r"key (?P<key>\d) is both an option and a language",
        mark("the key {key} is both a choice and a language"),
    ),
    (
        r"min_digits is more than max_digits",
        mark("the least number of digits is more than the most"),
    ),
    (r"least is more than most", mark("the least number of letters is more than the most")),
    (
        r"terminator and repeat are the same key",
        mark("one key cannot both end a number and repeat the question"),
    ),
    (
        r"a menu never transfers to an emergency number",
        mark("a menu never leads to an emergency number"),
    ),
)
"""What is said of a place in a text, and the same for translation."""

_HINTS: Final = (
    (r"did you mean '(?P<name>.*)'\?", mark("did you mean „{name}”?")),
    (r"one of (?P<some>.*)", mark("one of {some}")),
    (r"agents read it", mark("agents read it")),
    (r"give basis, date and approver", mark("give basis, date and approver")),
    (r"lead to it from another node, or remove it", mark("lead to it, or take it out")),
    (r"lead silence to a person", mark("lead silence to a person")),
    (
        r"(lead to|it must reach) an enqueue.*",
        mark("lead to people: enqueue, transfer, voicemail or callback"),
    ),
)


def file_fault(say: Callable[..., str], what: str) -> str:
    """Why a file cannot be taken."""
    return faults.told(say, _FILE, what) or what


def place(where: str) -> str:
    """Node and key, as in `„matter”, timeout_s`."""
    return re.sub(r"key '([^']*)'", r"\1", re.sub(r"node '([^']*)'", "„\\1”", where))


def fault(say: Callable[..., str], one: TextFault) -> str:
    """A fault in the reader's words; what is in no table stays as the service has said it."""
    hint = _said(say, _HINTS, one.hint)
    return _what(say, one.what) + (f" ({hint})" if hint else "")


def _what(say: Callable[..., str], what: str) -> str:
    named = re.fullmatch(r"no (?P<kind>[a-z ]+) named '(?P<name>[^']*)'", what)
    if named and named["kind"] in _NAMED:
        return say(_NAMED[named["kind"]], name=named["name"])
    return _said(say, _FAULTS, what)


def _said(say: Callable[..., str], table: tuple[tuple[str, str], ...], text: str) -> str:
    for form, words in table:
        if found := re.fullmatch(form, text, re.DOTALL):
            return say(words, **found.groupdict())
    return text
