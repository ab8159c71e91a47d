"""Ports that must be free before a part starts: told by name, not by a fault further in."""

from __future__ import annotations

import socket


class PortTaken(Exception):
    """Its text names the setting, the port, the address and what the system says."""


def require_free(name: str, host: str, port: int, kind: socket.SocketKind) -> None:
    """Raises `PortTaken` where nobody could listen there now; `kind` is TCP's or UDP's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(f"{name} {port} on {host}: {error.strerror}") from error
