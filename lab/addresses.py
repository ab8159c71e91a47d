"""Every address that a browser asks for or shows, every name of a file that it is given, and what
is typed there, which must be in none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.async_api import BrowserContext, Frame, Page

from lab.personal import Kind
from lab.traces import Traces

FILE: Final = "addresses.txt"

_HERE: Final = ("data:", "blob:")
"""Made by the page itself, and sent nowhere."""

# The demonstration's telephone rings numbers of the hotline's.
TYPED: Final = """
if (location.pathname !== "/demo/phone") addEventListener("change", ({ target }) => {
  if (target?.matches?.("textarea")) typedByHand("note", target.value);
  if (target?.matches?.("[type=password]")) typedByHand("secret", target.value);
  if (target?.matches?.("[type=tel]")) typedByHand("number", target.value);
  if (target?.matches?.("input:is([name*=code], [id*=code])")) typedByHand("code", target.value);
}, true);
"""


OF_A_PROVIDER: Final = ("_interaction", "_session")
"""How names of cookies begin that are none of ours: cookies do not tell one port from another."""


async def watch(context: BrowserContext, kept: Callable[[], Traces]) -> None:
    """From now on, whatever its pages do is a trace, among those that are kept at that moment."""

    def note(what: str, address: str) -> None:
        if not address.startswith(_HERE):
            kept().note(FILE, f"{what} {address}")

    def opened(page: Page) -> None:
        page.on("framenavigated", lambda frame: _shown(note, frame))
        page.on("websocket", lambda socket: note("link", socket.url))
        page.on("download", lambda file: note("file", file.suggested_filename))

    def typed(_: object, kind: Kind, text: str) -> None:
        kept().hide(kind, text)

    context.on("request", lambda request: note(request.method, request.url))
    context.on("page", opened)
    await context.expose_binding("typedByHand", typed)
    await context.add_init_script(TYPED)


async def leave(context: BrowserContext, traces: Traces) -> None:
    """What the browser was let in by must not be found either. A provider of log-ins writes its own
    into its addresses, as it likes."""
    for cookie in await context.cookies():
        if not cookie.get("name", "").startswith(OF_A_PROVIDER):
            traces.hide("secret", cookie.get("value", ""))


def _shown(note: Callable[[str, str], None], frame: Frame) -> None:
    note("page", frame.url)
