"""How many files a process may have open; each socket is one, and so is each leg of a call twice.

Whoever has none left answers no call, so each part says what it needs and strangers get no more
than their share.
"""

from __future__ import annotations

import resource
from typing import Final

from contactcentre.telephony.agi_session import AgiLimits

SPARE: Final = 500
"""For what is no caller's and no browser's: the database, the manager, the journal, logs."""

PER_CALL: Final = 6
"""Of Asterisk's: sound, pipes, a timer and the leash, and those of the leg that answers."""


def limit() -> int:
    """What the system allows this process at most."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 2**20 if hard == resource.RLIM_INFINITY else hard


def raise_to(wanted: int) -> int:
    """Allow this process so many, or as many as the system does; how many it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    granted = max(soft, min(wanted, limit()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
    return granted


def of_service(max_calls: int, max_sockets: int) -> int:
    """What the service needs. A phone in a browser takes two: its page's and the exchange's."""
    return SPARE + _of_calls(max_calls) + 2 * max_sockets


def of_asterisk(max_calls: int, max_sockets: int) -> int:
    """What Asterisk needs."""
    return SPARE + PER_CALL * max_calls + max_sockets


def left_for_sockets(granted: int, max_calls: int) -> int:
    """How many browsers may have where the system allows so many files: calls come first, but an
    eighth of them at least, for nobody answers calls without a page."""
    return max(granted // 8, (granted - SPARE - _of_calls(max_calls)) // 2)


def left_for_calls(granted: int, max_sockets: int) -> int:
    """How many callers Asterisk may have."""
    return max(granted // (2 * PER_CALL), (granted - SPARE - max_sockets) // PER_CALL)


def _of_calls(max_calls: int) -> int:
    return AgiLimits(sessions=max_calls).connections
