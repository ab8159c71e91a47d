"""From a service of the catalogue to the queue whose agents know it."""

from __future__ import annotations

from collections.abc import Iterable

from routing.model import Queue


def queue_for(service: str, queues: Iterable[Queue]) -> Queue | None:
    """The queue that lists the service's code; None where none does.

    A queue that asks a skill goes before one that is for everybody; then the one that names the
    service earlier, for queues list what they are about first; then the one that lists less.
    """
    listing = [queue for queue in queues if service and service in queue.services]
    return min(listing, key=lambda queue: _rank(service, queue), default=None)


def _rank(service: str, queue: Queue) -> tuple[bool, int, int, str]:
    place = queue.services.index(service)
    return not queue.skills, place, len(queue.services), queue.queue_id
