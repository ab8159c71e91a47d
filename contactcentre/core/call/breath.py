"""The orders of one breath: what a later one of them makes needless is left out."""

from __future__ import annotations

from collections.abc import Iterable

from contactcentre.core.effects import Effect, KeepPlace, Music, Play, Ring


def of_one_breath(orders: Iterable[Effect]) -> list[Effect]:
    """Whoever is rung for at once is not asked to wait; music comes last, a place is kept once."""
    told = list(orders)
    if len(told) < 2:
        return told
    rung = {order.call_id for order in told if isinstance(order, Ring)}
    music = {order.call_id: place for place, order in enumerate(told) if isinstance(order, Music)}
    kept = {order.call_id: order for order in told if isinstance(order, KeepPlace)}
    needed: list[Effect] = []
    for place, order in enumerate(told):
        match order:
            case KeepPlace(call_id=key):
                needed += [kept.pop(key)] if key in kept else []
            case Music(call_id=key) if key in rung or music[key] != place:
                pass
            case Play(call_id=key, waits=True) if key in rung:
                pass
            case _:
                needed.append(order)
    return needed
