"""A call that nobody makes, through the interpreter that calls go through."""

from __future__ import annotations

from collections.abc import Mapping

from agents_ui.menus.port import (
    MOST_ANSWERS,
    SILENCE,
    Ending,
    PromptLine,
    Question,
    Trial,
    TrialCall,
    TrialTurn,
)
from agents_ui.shell.port import Texts
from contactcentre.core.call import menu_moves, notices
from contactcentre.core.config.network import Network
from contactcentre.features.menus.drawing import Catalogue, ending, line
from ivr import interpreter, nodes
from ivr.flow import Flow


def tried(
    flow: Flow, network: Network, of: TrialCall, texts: Catalogue, queues: Mapping[str, Texts]
) -> Trial:
    """How far the caller comes with these answers; what is left over is not pressed."""
    left = list(of.answers[:MOST_ANSWERS])
    turns: list[TrialTurn] = []
    answer, steps, said = "", list[str](), list[PromptLine]()
    heard: tuple[str, ...] = ()
    known = menu_moves.known(of.dialled, heard, of.at, network)
    step = interpreter.start(flow, known, language=network.languages[0])
    while True:
        order = step.order
        steps += [one.node for one in step.passages if one.what == "entered"]
        said += [line(one, step.cursor.language, texts) for one in order.prompts]
        if isinstance(order, interpreter.PlayOrder):
            heard += notices.ids(order.prompts)
            given: interpreter.Answer = interpreter.Played()
        else:
            language = step.cursor.language
            turns.append(
                TrialTurn(answer=answer, language=language, steps=tuple(steps), said=tuple(said))
            )
            if not (isinstance(order, interpreter.AskOrder) and left):
                return _come_to(flow, step, turns, queues)
            answer, steps, said = left.pop(0), [], []
            given = interpreter.Digits(digits="" if answer == SILENCE else answer)
        known = menu_moves.known(of.dialled, heard, of.at, network)
        step = interpreter.advance(flow, step.cursor, given, known)


def _come_to(
    flow: Flow, step: interpreter.Step, turns: list[TrialTurn], queues: Mapping[str, Texts]
) -> Trial:
    node = flow.nodes.get(step.cursor.node)
    path = tuple(flow.labels.get(label, {"lv": label}) for label in step.cursor.path)
    return Trial(
        turns=tuple(turns),
        question=_question(step.order),
        ending=_ending(node, queues),
        path=path,
    )


def _question(order: interpreter.Order) -> Question | None:
    if not isinstance(order, interpreter.AskOrder):
        return None
    return Question(
        keys=order.accept,
        most=order.max_digits,
        terminator=order.terminator,
        timeout_s=order.timeout_s,
    )


def _ending(node: nodes.Node | None, queues: Mapping[str, Texts]) -> Ending | None:
    return ending(node, queues) if isinstance(node, nodes.EndingNode) else None
