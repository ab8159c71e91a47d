"""Versions of menus: a caller stays in the version that the call began with, to the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from contactcentre.core.call.state import Call
from contactcentre.core.config.network import FlowKey, Network
from ivr.flow import Flow


def flow_of(call: Call, network: Network) -> Flow | None:
    """The menu that the call began with; None where nobody has that version any more."""
    if call.choice.cursor is None:
        return None
    present = network.flows.get(call.choice.cursor.flow)
    if present is not None and present.version == call.choice.cursor.version:
        return present
    return network.earlier.get((call.choice.cursor.flow, call.choice.cursor.version))


def needed(calls: Iterable[Call]) -> frozenset[FlowKey]:
    """The versions that these calls went through."""
    cursors = (call.choice.cursor for call in calls)
    return frozenset((cursor.flow, cursor.version) for cursor in cursors if cursor is not None)


def carried_over(new: Network, old: Network, calls: Iterable[Call]) -> Network:
    """The new configuration with those menus of the old one that calls began with."""
    known = {**old.earlier, **{(flow.name, flow.version): flow for flow in old.flows.values()}}
    kept = {key: known[key] for key in needed(calls) if key in known}
    return replace(new, earlier={**new.earlier, **kept})
