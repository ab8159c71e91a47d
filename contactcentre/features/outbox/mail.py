"""Mail by SMTP (RFC 5321), a connection a message: there are few, and none holds up another."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, formatdate, localtime, parseaddr
from pathlib import Path
from typing import Final, Literal

import aiosmtplib
from aiosmtplib import SMTP

from contactcentre.features.outbox.store import Waiting
from contactcentre.storage.outbox import one_line

Security = Literal["starttls", "tls", "none"]

PATIENCE_S: Final = 20.0
_SHEET: Final = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class NotSent(Exception):
    """It did not get there; the text says why, and names nobody. `final`: nor will it later."""

    def __init__(self, why: str, *, final: bool = False) -> None:
        super().__init__(why)
        self.final = final


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Who takes our mail. `authorities` is a file of those whose certificates it may show (PEM);
    None are the system's."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    authorities: Path | None = None

    async def send(self, one: Waiting) -> None:
        """Raises `NotSent`."""
        async with self.reached() as server:
            await server.send_message(self._letter(one))

    @asynccontextmanager
    async def reached(self) -> AsyncIterator[SMTP]:
        """Connected, encrypted and logged in. Raises `NotSent`, also for what the block does."""
        try:
            async with SMTP(
                hostname=self.host,
                port=self.port,
                username=self.user or None,
                password=self.password or None,
                timeout=PATIENCE_S,
                use_tls=self.security == "tls",
                start_tls=self.security == "starttls",
                tls_context=self._context(),
            ) as server:
                yield server
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = sorted({one.code for one in error.recipients})
            why = "refused: " + ", ".join(map(str, codes))
            raise NotSent(why, final=all(code >= 500 for code in codes)) from None
        except aiosmtplib.SMTPAuthenticationError:
            raise NotSent("the log-in is refused") from None
        except aiosmtplib.SMTPResponseException as error:
            raise NotSent(f"refused: {error.code}", final=error.code >= 500) from None
        except ssl.SSLCertVerificationError as error:
            raise NotSent(f"its certificate is not good: {error.verify_message}") from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise NotSent(type(error).__name__) from None

    def _context(self) -> ssl.SSLContext | None:
        if self.security == "none":
            return None
        return ssl.create_default_context(
            cafile=None if self.authorities is None else str(self.authorities)
        )

    def _letter(self, one: Waiting) -> EmailMessage:
        """Nobody answers a machine, so neither does a machine (RFC 3834). A message that is sent
        twice, as after a restart, is known by its id."""
        letter = EmailMessage()
        letter["From"], letter["To"] = self.sender, one_line(one.to)
        letter["Subject"] = one_line(one.subject)
        letter["Date"] = format_datetime(localtime()) or formatdate()
        domain = parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"
        letter["Message-ID"] = f"<{one.message_id}@{domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(one.body)
        if one.attachment is not None:
            kind, subtype = _SHEET
            letter.add_attachment(
                one.attachment, maintype=kind, subtype=subtype, filename=one.attachment_name
            )
        return letter
