"""Style sheets, scripts and pictures, served from memory under an address that names their version.

One hash covers all files, so that relative imports between ES modules stay within one version:
`/static/<hash>/js/desk.js` imports `./live.js` as `/static/<hash>/js/live.js`.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent / "static"
COMPRESSIBLE = {"text/css", "text/javascript", "image/svg+xml", "application/json", "text/plain"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it goes to the browser; `packed` is its gzip form where that is worth it."""

    content_type: str
    body: bytes
    packed: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """All files by their path below `static/`, and the version that they have together."""

    version: str
    files: Mapping[str, Asset]

    def address(self, path: str) -> str:
        """The address of a file, whether it is there or not: a missing picture stops no page."""
        return f"/static/{self.version}/{path}"


def read(folder: Path = FOLDER) -> Assets:
    """Read every file below `folder`."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): _asset(path) for path in paths}
    return Assets(version=_version(files), files=MappingProxyType(files))


def watched(folder: Path = FOLDER) -> Callable[[], Assets]:
    """A reader that reads again when a file has changed; for looking at pages while editing."""
    seen: dict[float, Assets] = {}

    def latest() -> Assets:
        changed_at = max((path.stat().st_mtime for path in folder.rglob("*")), default=0.0)
        if changed_at not in seen:
            seen.clear()
            seen[changed_at] = read(folder)
        return seen[changed_at]

    return latest


def _asset(path: Path) -> Asset:
    content_type = _content_type(path)
    body = path.read_bytes()
    packed = gzip.compress(body, mtime=0) if content_type in COMPRESSIBLE else None
    return Asset(content_type=content_type, body=body, packed=packed)


def _content_type(path: Path) -> str:
    if path.suffix in {".js", ".mjs"}:
        return "text/javascript"
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _version(files: Mapping[str, Asset]) -> str:
    total = hashlib.sha256()
    for path, asset in files.items():
        total.update(path.encode() + b"\0" + hashlib.sha256(asset.body).digest())
    return total.hexdigest()[:16]
