"""The interpreter: one caller's way through a flow, one pure step at a time.

    step = start(flow, facts)
    while the call lives:
        carry out step.order
        step = advance(flow, step.cursor, answer, facts)     # after a PlayOrder or an AskOrder

These two wait for an answer; every other order is the end of the menu. No answer whatever raises,
and no step comes back without an order, because `parse` refuses flows that could loop.
"""

from collections.abc import Sequence
from dataclasses import replace

from ivr import nodes, spelling
from ivr.graph import Flow
from ivr.orders import (
    Answer,
    AskOrder,
    CallbackOrder,
    Choice,
    Cursor,
    Digits,
    EnqueueOrder,
    Facts,
    HangUpOrder,
    Order,
    Passage,
    Played,
    PlayOrder,
    Step,
    TransferOrder,
    VoicemailOrder,
    What,
)
from ivr.spoken import spoken

__all__ = [
    "Answer",
    "AskOrder",
    "CallbackOrder",
    "Choice",
    "Cursor",
    "Digits",
    "EnqueueOrder",
    "Facts",
    "HangUpOrder",
    "Order",
    "Passage",
    "PlayOrder",
    "Played",
    "Step",
    "TransferOrder",
    "VoicemailOrder",
    "advance",
    "resume",
    "start",
]

Passing = nodes.HoursNode | nodes.SetNode | nodes.GotoNode
"""Nodes that a caller passes without noticing."""


def start(flow: Flow, facts: Facts, *, language: str = "") -> Step:
    """Return the first step of a call, in `language`, or in the first that is allowed now."""
    allowed = [each for each in facts.languages if each in flow.languages]
    spoken = language if language in allowed else next(iter([*allowed, *flow.languages]))
    cursor = Cursor(flow=flow.name, version=flow.version, node="", language=spoken)
    return _enter(flow, cursor, flow.start, facts)


def resume(flow: Flow, cursor: Cursor, facts: Facts) -> Step:
    """Return the present node's step once more, as after a restart of the service.

    A greeting is not repeated. A node that this version of the flow no longer has sends the
    caller to the flow's default.
    """
    node = flow.nodes.get(cursor.node)
    if node is None or isinstance(node, Passing):
        return _enter(flow, cursor, cursor.node, facts)
    return Step(cursor=cursor, order=_order(cursor, node, facts))


def advance(flow: Flow, cursor: Cursor, answer: Answer, facts: Facts) -> Step:
    """Return the step that follows the caller's answer to the order of the present node.

    An answer that does not belong to the node's order repeats the order.
    """
    node = flow.nodes.get(cursor.node)
    match node, answer:
        case nodes.PlayNode(), _:
            return _enter(flow, cursor, node.then, facts)
        case nodes.AskingNode(), Digits(digits=""):
            return _silence(flow, cursor, node, facts)
        case (
            nodes.MenuNode() | nodes.LanguageNode() | nodes.CollectNode() | nodes.SpellNode(),
            Digits(digits=digits),
        ):
            return _answered(flow, cursor, node, digits, facts)
        case _:
            return resume(flow, cursor, facts)


Question = nodes.MenuNode | nodes.LanguageNode | nodes.CollectNode | nodes.SpellNode


def _answered(flow: Flow, cursor: Cursor, node: Question, digits: str, facts: Facts) -> Step:
    key = digits[:1]
    if node.repeat and node.repeat in digits:
        return resume(flow, cursor, facts)
    match node:
        case nodes.CollectNode() if digits != nodes.PERSON:
            return _collected(flow, cursor, node, digits, facts)
        case _ if key == nodes.PERSON:
            to = node.person or flow.default
            return _after(cursor, "chosen", _enter(flow, cursor, to, facts), key)
        case nodes.SpellNode():
            return _spelled(flow, cursor, node, digits, facts)
        case nodes.MenuNode() if key in node.options:
            to = node.options[key].goto
            return _after(cursor, "chosen", _enter(flow, cursor, to, facts), key)
        case nodes.MenuNode() | nodes.LanguageNode() if key in _offers(node, facts):
            spoken = replace(cursor, language=node.languages[key])
            to = cursor.node if isinstance(node, nodes.MenuNode) else node.then
            return _after(cursor, "chosen", _enter(flow, spoken, to, facts), key)
        case _:
            return _wrong(flow, cursor, node, facts)


def _collected(
    flow: Flow, cursor: Cursor, node: nodes.CollectNode, digits: str, facts: Facts
) -> Step:
    number = digits.removesuffix(node.terminator) if node.terminator else digits
    fits = node.min_digits <= len(number) <= node.max_digits
    if not (fits and number.isascii() and number.isdigit()):
        return _wrong(flow, cursor, node, facts)
    kept = _keep(cursor, {node.store: number})
    return _after(cursor, "typed", _enter(flow, kept, node.then, facts))


def _spelled(flow: Flow, cursor: Cursor, node: nodes.SpellNode, digits: str, facts: Facts) -> Step:
    if found := _fitting(cursor, node, facts):
        return _picked(flow, cursor, node, found, digits, facts)
    keys = digits.removesuffix(node.terminator) if node.terminator else digits
    if not node.least <= len(keys) <= node.most or set(keys) - set(spelling.LETTER_KEYS):
        return _wrong(flow, cursor, node, facts)
    if not spelling.matches(keys, facts.choices(node.among)):
        return _wrong(flow, cursor, node, facts, told=spelling.NONE)
    return _after(cursor, "typed", _asked_anew(cursor, node, keys, facts))


def _picked(
    flow: Flow,
    cursor: Cursor,
    node: nodes.SpellNode,
    found: Sequence[Choice],
    key: str,
    facts: Facts,
) -> Step:
    if key == spelling.AGAIN:
        return _after(cursor, "chosen", _asked_anew(cursor, node, "", facts), key)
    if key not in _numbered(found):
        return _wrong(flow, cursor, node, facts)
    values = spelling.with_letters(dict(cursor.values), node.store, "")
    values[node.store] = found[int(key) - 1].value
    chosen = replace(cursor, values=tuple(sorted(values.items())))
    return _after(cursor, "chosen", _enter(flow, chosen, node.then, facts), key)


def _asked_anew(cursor: Cursor, node: nodes.SpellNode, keys: str, facts: Facts) -> Step:
    """The other question of the node: which of these names, or the letters again."""
    values = spelling.with_letters(dict(cursor.values), node.store, keys)
    asked = replace(cursor, values=tuple(sorted(values.items())), attempts=0)
    return Step(cursor=asked, order=_order(asked, node, facts))


def _fitting(cursor: Cursor, node: nodes.SpellNode, facts: Facts) -> tuple[Choice, ...]:
    """The names among which the caller is to choose now; none while letters are asked for."""
    keys = spelling.letters(cursor, node.store)
    return spelling.matches(keys, facts.choices(node.among)) if keys else ()


def _numbered(found: Sequence[Choice]) -> str:
    return "".join(str(number) for number in range(1, len(found) + 1))


def _wrong(
    flow: Flow, cursor: Cursor, node: nodes.AskingNode, facts: Facts, *, told: str = ""
) -> Step:
    tried = replace(cursor, attempts=cursor.attempts + 1)
    if tried.attempts >= node.attempts:
        step = _enter(flow, tried, node.person or flow.default, facts)
    else:
        step = Step(cursor=tried, order=_order(tried, node, facts, lead=(told or node.wrong,)))
    return _after(cursor, "wrong", step)


def _silence(flow: Flow, cursor: Cursor, node: nodes.AskingNode, facts: Facts) -> Step:
    tried = replace(cursor, attempts=cursor.attempts + 1)
    if tried.attempts >= node.silences:
        step = _enter(flow, tried, node.after_silence(flow.default), facts)
    else:
        step = Step(cursor=tried, order=_order(tried, node, facts, lead=(node.silent,)))
    return _after(cursor, "timed_out", step)


def _after(cursor: Cursor, what: What, step: Step, key: str = "") -> Step:
    """The step to which an answer at the cursor's node has led."""
    passages = (_passage(cursor, what, key), *step.passages)
    return Step(cursor=step.cursor, order=step.order, passages=passages)


def _passage(cursor: Cursor, what: What, key: str = "") -> Passage:
    return Passage(flow=cursor.flow, version=cursor.version, node=cursor.node, what=what, key=key)


def _enter(flow: Flow, cursor: Cursor, name: str, facts: Facts) -> Step:
    passages: list[Passage] = []
    for _ in range(len(flow.nodes) + 1):
        name = name if name in flow.nodes else flow.default
        node = flow.nodes[name]
        asked_again = name == cursor.node
        cursor = replace(cursor, node=name, attempts=0, path=_walked(cursor.path, node.label))
        if isinstance(node, nodes.SetNode):
            cursor = _keep(cursor, node.values)
        if isinstance(node, nodes.SpellNode):
            values = spelling.with_letters(dict(cursor.values), node.store, "")
            cursor = replace(cursor, values=tuple(sorted(values.items())))
        if not asked_again:
            passages.append(_passage(cursor, "entered"))
        onward = _onward(cursor, node, facts)
        if onward is None:
            if isinstance(node, nodes.EndingNode):
                passages.append(_end(cursor, node))
            order = _order(cursor, node, facts, arriving=True)
            return Step(cursor=cursor, order=order, passages=tuple(passages))
        name = onward
    raise AssertionError("a flow that passed the checks has no loop without a question")


def _end(cursor: Cursor, node: nodes.EndingNode) -> Passage:
    if isinstance(node, nodes.HangUpNode):
        return _passage(cursor, "satisfied")
    return _passage(cursor, "person", node.type)


def _onward(cursor: Cursor, node: nodes.Node, facts: Facts) -> str | None:
    """Return where a node leads on by itself, or None if it has an order for the caller."""
    match node:
        case nodes.GotoNode():
            return node.to
        case nodes.SetNode():
            return node.then
        case nodes.HoursNode():
            return _by_hours(node, facts)
        case nodes.PlayNode() if not _said(cursor, node, facts):
            return node.then
        case nodes.LanguageNode() if not _others(cursor, node, facts):
            return node.then
        case nodes.SpellNode() if not facts.choices(node.among):
            return node.then
        case _:
            return None


def _by_hours(node: nodes.HoursNode, facts: Facts) -> str:
    # A calendar nobody has filled in must not shut the line, so what is unknown counts as open.
    match facts.calendars.get(node.calendar, "open"):
        case "closed":
            return node.closed
        case "holiday":
            return node.holiday or node.closed
        case _:
            return node.open


def _walked(path: tuple[str, ...], label: str | None) -> tuple[str, ...]:
    if label is None:
        return path
    before = path[: path.index(label)] if label in path else path
    return (*before, label)


def _keep(cursor: Cursor, values: dict[str, str]) -> Cursor:
    return replace(cursor, values=tuple(sorted((dict(cursor.values) | values).items())))


def _offers(node: nodes.MenuNode | nodes.LanguageNode, facts: Facts) -> dict[str, str]:
    """Return the language keys that count now."""
    return {key: lang for key, lang in node.languages.items() if lang in facts.languages}


def _others(cursor: Cursor, node: nodes.MenuNode | nodes.LanguageNode, facts: Facts) -> list[str]:
    return [lang for lang in _offers(node, facts).values() if lang != cursor.language]


def _said(cursor: Cursor, node: nodes.PlayNode, facts: Facts) -> tuple[str, ...]:
    own = spoken(node.prompts, cursor.language, facts)
    return (*facts.notices, *own) if node.notices else own


def _order(
    cursor: Cursor,
    node: nodes.Node,
    facts: Facts,
    *,
    lead: tuple[str, ...] = (),
    arriving: bool = False,
) -> Order:
    match node:
        case nodes.PlayNode():
            return PlayOrder(prompts=_said(cursor, node, facts))
        case nodes.AskingNode():
            return _question(cursor, node, facts, lead=lead, arriving=arriving)
        case nodes.EndingNode():
            return _ending(cursor, node, spoken(node.prompts, cursor.language, facts))
        case _:
            raise AssertionError("a passing node has no order")


def _question(
    cursor: Cursor, node: nodes.AskingNode, facts: Facts, *, lead: tuple[str, ...], arriving: bool
) -> AskOrder:
    offers: list[str] = []
    asked = (node.again if lead else ()) or node.prompts
    keys, max_digits, terminator = "123456789", 1, ""
    match node:
        case nodes.MenuNode():
            keys = "".join(sorted({*node.options, *_offers(node, facts)}))
        case nodes.LanguageNode():
            keys = "".join(sorted(_offers(node, facts)))
        case nodes.CollectNode():
            max_digits, terminator = node.max_digits, node.terminator
        case nodes.SpellNode() if found := _fitting(cursor, node, facts):
            keys, asked = _numbered(found) + spelling.AGAIN, spelling.offer(found)
        case nodes.SpellNode():
            keys, max_digits, terminator = spelling.LETTER_KEYS, node.most, node.terminator
    if isinstance(node, nodes.MenuNode | nodes.LanguageNode):
        others = _others(cursor, node, facts)
        offers = [f"{language}:{nodes.LANGUAGE_OFFER}" for language in others]
    said = (*lead, *(node.intro if arriving else ()), *offers, *asked)
    return AskOrder(
        prompts=spoken(said, cursor.language, facts),
        max_digits=max_digits,
        terminator=terminator,
        timeout_s=node.timeout_s,
        barge_in=node.barge_in,
        accept=keys + nodes.PERSON + node.repeat,
    )


def _ending(cursor: Cursor, node: nodes.EndingNode, prompts: tuple[str, ...]) -> Order:
    match node:
        case nodes.EnqueueNode():
            return EnqueueOrder(
                queue=node.queue,
                matter=_matter(cursor, node),
                service=node.service,
                services=node.services,
                skills=tuple(sorted(node.skills.items())),
                prompts=prompts,
            )
        case nodes.CallbackNode():
            return CallbackOrder(
                queue=node.queue,
                matter=_matter(cursor, node),
                service=node.service,
                services=node.services,
                number=cursor.value(node.number) if node.number else None,
                question_s=node.question_s,
                prompts=prompts,
            )
        case nodes.VoicemailNode():
            return VoicemailOrder(queue=node.queue, max_s=node.max_s, prompts=prompts)
        case nodes.TransferNode():
            return TransferOrder(number=node.number, prompts=prompts)
        case _:
            return HangUpOrder(prompts=prompts)


def _matter(cursor: Cursor, node: nodes.MatterNode) -> str:
    return node.matter or node.label or (cursor.path[-1] if cursor.path else cursor.node)
