"""What leaves the house: who carries mail and webhooks, and the one who sends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from agents_ui.desk.port import HandoutWay
from contactcentre.app.area import Gauges, Runs
from contactcentre.app.storage import Storage
from contactcentre.engine.alarms import Alarm
from contactcentre.engine.clock import now
from contactcentre.features.outbox import store
from contactcentre.features.outbox.mail import MailServer
from contactcentre.features.outbox.sender import Carrier, Sender
from contactcentre.features.outbox.sms import SmsGateway
from contactcentre.features.outbox.webhook import Webhooks
from contactcentre.settings import Settings
from contactcentre.storage.lookout import Watch
from contactcentre.storage.outbox import Kind


@dataclass(frozen=True, slots=True)
class Post:
    """Messages of every kind."""

    sender: Sender
    webhooks: Webhooks
    mail: MailServer | None
    next_due: Watch

    def runs(self) -> Runs:
        """See `Area`."""
        return {"outbox": partial(self.sender.run, self.next_due)}

    def gauges(self) -> Gauges:
        """See `Area`."""
        return {
            "outbox_late": self.sender.standing.late,
            "outbox_failed_day": self.sender.standing.failed,
        }

    def alarms(self) -> Iterable[Alarm]:
        """See `Area`."""
        return self.sender.alarms()


def build_post(settings: Settings, storage: Storage) -> Post:
    """By the settings; what is not set up is told as such when it should be sent."""
    mail, webhooks = mail_server(settings), webhooks_of(settings)
    carriers: dict[Kind, Carrier] = {"webhook": webhooks.send}
    if mail is not None:
        carriers["mail"] = mail.send
    if settings.sms_url:
        token = settings.sms_token.get_secret_value()
        carriers["sms"] = SmsGateway(url=settings.sms_url, token=token).send
    next_due = storage.lookout.watch(store.NEXT_DUE)
    return Post(Sender(storage.database, carriers), webhooks, mail, next_due)


def ways_to_citizens(settings: Settings) -> tuple[HandoutWay, ...]:
    """By which they can be sent something."""
    there: dict[HandoutWay, str] = {"sms": settings.sms_url, "mail": settings.smtp_host}
    return tuple(way for way, where in there.items() if where)


def mail_server(settings: Settings) -> MailServer | None:
    """None where nothing is sent by e-mail."""
    if not settings.smtp_host:
        return None
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_sender,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value(),
        authorities=settings.smtp_authorities,
    )


def webhooks_of(settings: Settings) -> Webhooks:
    """Signed with the secret of this installation."""
    return Webhooks(
        secret=settings.webhook_secret.get_secret_value(),
        within=settings.webhook_networks,
        clock=now,
    )
