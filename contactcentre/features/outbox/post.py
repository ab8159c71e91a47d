"""One HTTP POST to somebody outside: ten seconds at most, no redirect followed, no cookie kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import aiohttp

from contactcentre.features.outbox.mail import NotSent

PATIENCE_S: Final = 10.0
AGAIN: Final = frozenset({408, 425, 429})
"""Statuses of the receiver's fault (4xx) that another try may mend."""


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    connector: aiohttp.BaseConnector | None = None,
) -> None:
    """Send that JSON. Raises `NotSent`: of what came up on the way only its kind is told."""
    try:
        async with (
            aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
            ) as client,
            client.post(
                url,
                data=body,
                headers={"Content-Type": "application/json", **headers},
                allow_redirects=False,
            ) as answer,
        ):
            judge(answer.status)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise NotSent(type(error).__name__) from None


def judge(status: int) -> None:
    """What an answer comes to: a 2xx is good. Raises `NotSent`."""
    if not 200 <= status < 300:
        final = 300 <= status < 500 and status not in AGAIN
        raise NotSent(f"answered {status}", final=final)
