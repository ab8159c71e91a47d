"""The browser telephone of the demonstration: a citizen to ring the hotline by hand."""

from __future__ import annotations

import dataclasses
import json
import os
import secrets

from agents_ui.shell.port import PhoneLogin
from contactcentre import paths
from contactcentre.settings import Settings

NAME = "demo"

HOST = "127.0.0.2"
"""The carrier's address, from where and whither the trunk of the sample data leads."""


def prepared(settings: Settings) -> PhoneLogin:
    """Its log-in, from `demo-phone.json` in the home folder or made and written there.

    The secret is kept, so that a carrier that starts again knows the browser that was there. Only
    its owner may read the file.
    """
    path = paths.demo_phone(settings)
    kept = json.loads(path.read_text())["password"] if path.exists() else None
    login = PhoneLogin(
        uri=f"sip:{NAME}@{HOST}",
        password=kept or secrets.token_urlsafe(24),
        websocket=f"ws://{HOST}:{websocket_port(settings)}/ws",
        display_name="+371 2000 0999",
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(dataclasses.asdict(login)))
    draft.replace(path)
    return login


def websocket_port(settings: Settings) -> int:
    """A hundred above the hotline's own."""
    return settings.sip_websocket_port + 100
