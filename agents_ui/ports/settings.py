"""How the panel is reached."""

from __future__ import annotations

from dataclasses import dataclass, field

from agents_ui.ports.desk import PhoneLogin


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLogin:
    """A log-in that a demonstration offers on its log-in page; never in production."""

    username: str
    password: str = field(repr=False)
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSettings:
    """How the panel is reached."""

    origin: str  # scheme://host:port that browsers use
    secure: bool  # behind TLS: `__Host-` cookies, HSTS
    demo_phone: PhoneLogin | None = None
    locales: tuple[str, ...] = ("lv", "en")
    phone_origins: tuple[str, ...] = ()  # ws(s)://host:port that browser phones connect to
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")  # networks that may read /metrics
    behind_proxy: bool = False  # the last X-Forwarded-For entry is the browser's address
    samples: tuple[SampleLogin, ...] | None = None
