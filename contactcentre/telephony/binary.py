"""Which Asterisk to run: the machine's own, or the one that `scripts/setup` has fetched."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Before it telephones log in by MD5 alone.
OLDEST = (22, 2, 0)

# Twenty security advisories were closed by it.
ADVISED = (22, 10, 1)


class PbxFailed(Exception):
    """Asterisk cannot be found, or did not start; the text says what it wrote last."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AsteriskBinary:
    """How to start Asterisk. `data` is the folder with its own `documentation` and `moh`."""

    argv: tuple[str, ...]
    modules: Path
    data: Path
    version: tuple[int, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The version, as people write it."""
        return ".".join(map(str, self.version))

    @property
    def outdated(self) -> bool:
        """True where security fixes are missing."""
        return self.version < ADVISED


def find_asterisk(*, outdated: bool = False) -> AsteriskBinary:
    """The Asterisk on PATH when it is new enough, else the fetched one. Raises `PbxFailed`.

    `outdated`: one whose security fixes are missing will do where there is no other.

    The fetched one lies in the user's cache as a plain tree and runs by its own loader and
    libraries: no chroot, no root, the same paths inside and outside.
    """
    old = None
    for candidate in (*_installed(), *_fetched()):
        if not candidate.outdated:
            return candidate
        old = old or (candidate if candidate.version >= OLDEST else None)
    if old is None:
        raise PbxFailed("no Asterisk 22.2 or later is installed; scripts/setup fetches one")
    if not outdated:
        raise PbxFailed(
            f"Asterisk {old.name} lacks security fixes of 22.10.1: scripts/setup fetches one,"
            " or CC_ASTERISK_OUTDATED=1 runs it all the same"
        )
    return old


def _installed() -> Iterator[AsteriskBinary]:
    path = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    places = [*Path("/usr/lib").glob("*-linux-gnu*/asterisk/modules")]
    places += [Path(p) / "asterisk/modules" for p in ("/usr/lib64", "/usr/lib", "/usr/local/lib")]
    modules = next((place for place in places if (place / "chan_pjsip.so").exists()), None)
    shares = (Path("/usr/share/asterisk"), Path("/var/lib/asterisk"))
    data = next((share for share in shares if (share / "documentation").exists()), None)
    if path is not None and modules is not None and data is not None:
        yield AsteriskBinary(argv=(path,), modules=modules, data=data, version=_version((path,)))


def _fetched() -> Iterator[AsteriskBinary]:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "contactcentre"
    for root in sorted(cache.glob("asterisk-sid-*"), reverse=True):
        for loader in root.glob("usr/lib/*-linux-gnu*/ld-linux*.so.*"):
            library = loader.parent
            argv = (str(loader), "--library-path", str(library), str(root / "usr/sbin/asterisk"))
            yield AsteriskBinary(
                argv=argv,
                modules=library / "asterisk/modules",
                data=root / "usr/share/asterisk",
                version=_version(argv),
                # The machine's OpenSSL may be another version than the tree's.
                environment={
                    "OPENSSL_CONF": str(root / "etc/ssl/openssl.cnf"),
                    "OPENSSL_MODULES": str(library / "ossl-modules"),
                },
            )


def _version(argv: tuple[str, ...]) -> tuple[int, ...]:
    said = subprocess.run([*argv, "-V"], capture_output=True, text=True, check=False)  # noqa: S603
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", said.stdout)
    return tuple(map(int, match.groups())) if match else (0,)
