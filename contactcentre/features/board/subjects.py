"""What figures are of: what people call it, and in whose part of the network it lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agents_ui.board.port import Dimension
from agents_ui.shell.permissions import WHOLE, around
from agents_ui.shell.port import NETWORK, Realm, Texts
from contactcentre.core.call.state import Call
from contactcentre.core.config.network import Network
from contactcentre.engine.figures import belongs

Key = tuple[Dimension, str]

ALL: Final[Key] = ("network", "")


def labels(network: Network) -> Iterator[tuple[Key, Texts]]:
    """All there is: nothing of the network, of a language its code says it."""
    yield ("network", ""), {}
    for queue_id, queue in network.queues.items():
        yield ("queue", queue_id), queue.labels
    for centre_id, centre in network.centres.items():
        yield ("centre", centre_id), {"lv": centre.name}
    for municipality_id, name in network.municipality_names:
        yield ("municipality", municipality_id), {"lv": name}
    for region_id, name in network.regions.items():
        yield ("region", region_id), {"lv": name}
    for language in network.languages:
        yield ("language", language), {}
    for number, hotline in network.hotlines.items():
        yield ("number", number), hotline.labels


def keys_of(call: Call, network: Network) -> Iterator[Key]:
    """All that a call stands under."""
    yield ALL
    yield "queue", call.queue
    for dimension, key in belongs(call, network):
        match dimension:
            case "centre" | "municipality" | "region" | "language" | "number":
                yield dimension, key
            case _:
                pass


def realms_of(key: tuple[str, str], network: Network) -> frozenset[Realm]:
    """In which figures lie: those of a place where it is, all others in the network alone."""
    match key:
        case ("centre", centre_id):
            return around(network.place(centre_id))
        case ("municipality", municipality_id):
            return frozenset({NETWORK, ("municipality", municipality_id)})
        case ("number", number):
            return around(network.place(network.hotline(number).centre_id))
        case _:
            return WHOLE


def is_seen(key: tuple[str, str], network: Network, realms: frozenset[Realm]) -> bool:
    """Figures of a place are for those who lead there; the others are everybody's."""
    lie_in = realms_of(key, network)
    of_a_place = key[0] in ("centre", "municipality") or lie_in != WHOLE
    return bool(realms & lie_in) if of_a_place else True
