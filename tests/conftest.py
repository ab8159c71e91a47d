"""What every layer shares: the layer's marker, and ports that nobody else uses."""

import itertools
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

LAYERS = frozenset({"unit", "web", "integration", "asterisk", "e2e"})

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fail the collection of a test that does not belong to exactly one layer."""
    for item in items:
        layers = LAYERS & {mark.name for mark in item.iter_markers()}
        if len(layers) != 1:
            raise pytest.UsageError(
                f"{item.nodeid}: exactly one layer marker of {sorted(LAYERS)} is needed"
            )


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return ROOT


def _ports() -> Iterator[int]:
    # Below the range from which the system takes the ports of outgoing connections, and elsewhere
    # for each test process, so that several run side by side.
    first = 20_000 + os.getpid() * 37 % 12_000
    for offset in itertools.count():
        yield 20_000 + (first + offset) % 12_000


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """A function that gives a TCP and UDP port of loopback that is free, each time another."""
    ports = _ports()

    def take() -> int:
        for port in ports:
            if _is_free(port):
                return port
        raise AssertionError

    return take


def _is_free(port: int) -> bool:
    try:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
