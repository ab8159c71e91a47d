"""Style sheets, scripts and pictures, served from memory under an address that names their version.

They lie in the folders of the shell and of the pages, beside the Python that they belong to. One
hash covers all files, so that relative imports between ES modules stay within one version:
`/static/<hash>/desk/page.js` imports `../shell/live.js` as `/static/<hash>/shell/live.js`.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from agents_ui.shell.texts import said

PANEL: Final = Path(__file__).parent.parent
KINDS: Final = MappingProxyType(
    {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
)
"""What is handed out, and as what; everything else in these folders stays here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it goes to the browser; `packed` is its gzip form."""

    content_type: str
    body: bytes
    packed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """All files by their path, as in `desk/page.js`, and the version that they have together."""

    version: str
    files: Mapping[str, Asset]
    said: Mapping[str, frozenset[str]]  # by script

    def address(self, path: str) -> str:
        """The address of a file, whether it is there or not: a missing picture stops no page."""
        return f"/static/{self.version}/{path}"

    def messages(self, page: str) -> frozenset[str]:
        """What the scripts of a page say, and those of the shell."""
        folders = {page, "shell"}
        spoken = (words for path, words in self.said.items() if path.split("/")[0] in folders)
        return frozenset().union(*spoken)


def read(folder: Path = PANEL) -> Assets:
    """Read every file that pages load. Nothing else will ever be handed out."""
    files = {path.relative_to(folder).as_posix(): _asset(path) for path in sorted(_paths(folder))}
    ours = {path for path in files if path.endswith(".js") and "/vendor/" not in path}
    return Assets(
        version=_version(files),
        files=MappingProxyType(files),
        said={path: frozenset(said(files[path].body.decode())) for path in ours},
    )


@lru_cache(maxsize=1)
def unchanging(folder: Path = PANEL) -> Callable[[], Assets]:
    """What was there when a process first asked, whatever becomes of the files."""
    now = read(folder)
    return lambda: now


@lru_cache(maxsize=1)
def watched(folder: Path = PANEL) -> Callable[[], Assets]:
    """A reader that reads again when a file has changed; for looking at pages while editing."""
    seen: dict[float, Assets] = {}

    def latest() -> Assets:
        changed_at = max((path.stat().st_mtime for path in _paths(folder)), default=0.0)
        if changed_at not in seen:
            seen.clear()
            seen[changed_at] = read(folder)
        return seen[changed_at]

    return latest


def _paths(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix in KINDS)


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(content_type=KINDS[path.suffix], body=body, packed=gzip.compress(body, mtime=0))


def _version(files: Mapping[str, Asset]) -> str:
    total = hashlib.sha256()
    for path, asset in files.items():
        total.update(path.encode() + b"\0" + hashlib.sha256(asset.body).digest())
    return total.hexdigest()[:16]
