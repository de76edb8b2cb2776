"""Digests: what is new, by mail, at most once per member and period."""

import smtplib
from datetime import timedelta
from smtplib import SMTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import ngettext

from hearth.core.facts import emit
from hearth.core.models import User
from hearth.core.texts import best
from hearth.kit.clock import now
from hearth.notify.access import unsubscribe_token
from hearth.notify.facts import DigestSent, MailStopped
from hearth.notify.models import Delivery, Digest, Notice, Outcome, Preference
from hearth.notify.queries import shown
from hearth.notify.services.telling import place_of

if TYPE_CHECKING:
    from hearth.people.models import Member

log = structlog.get_logger(__name__)
MOST_NOTICES = 30
LOST_AFTER = timedelta(hours=1)
# The server answered, or was never reached: certainly not delivered. Other troubles on the way may have arrived.
_CERTAINLY_NOT = (
    ConnectionRefusedError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPNotSupportedError,
)


def send_digest(member: "Member", user: User, period: str) -> Delivery | None:
    """Mail what is new to one member; None when there is nothing or this period was already taken.

    The delivery is claimed and committed before the mail leaves: whatever happens after, no second mail goes out for
    the period. A failure is kept with its reason; the notices then come with the next digest.
    """
    fresh = list(
        Notice.objects.filter(member=member, read_at=None, mailed_at=None)
        .select_related("group")
        .order_by("-pk")[:MOST_NOTICES]
    )
    if not fresh:
        return None
    try:
        with transaction.atomic():
            delivery = Delivery.objects.create(member=member, channel="mail", key=period)
    except IntegrityError:
        return None
    try:
        compose(member, user, fresh).send()
    except Exception as error:  # noqa: BLE001  whatever is wrong with one mail, the others go out
        on_its_way = isinstance(error, SMTPException | OSError) and not isinstance(error, _CERTAINLY_NOT)
        outcome = Outcome.UNKNOWN if on_its_way else Outcome.FAILED
        Delivery.objects.filter(pk=delivery.pk).update(outcome=outcome, error=repr(error)[:300])
        log.warning("digest_failed", member=member.pk, delivery=delivery.pk, outcome=str(outcome), error=repr(error))
    else:
        _note_sent(member, delivery, fresh)
    delivery.refresh_from_db()
    return delivery


@transaction.atomic
def _note_sent(member: "Member", delivery: Delivery, notices: list[Notice]) -> None:
    moment = now()
    Delivery.objects.filter(pk=delivery.pk).update(outcome=Outcome.SENT, sent_at=moment)
    newest = notices[0].pk
    Notice.objects.filter(member=member, mailed_at=None, pk__lte=newest).update(mailed_at=moment)
    Preference.objects.update_or_create(member=member, defaults={"last_digest_at": moment})
    told = DigestSent(member=member.pk, delivery=delivery.pk, notices=len(notices))
    emit(told, subject=f"member:{member.pk}")


def compose(member: "Member", user: User, notices: list[Notice]) -> EmailMultiAlternatives:
    """The mail: text and HTML in the member's language and time, with links and one-click unsubscribe (RFC 8058)."""
    community = member.community
    language = user.language or community.language
    unsubscribe = absolute(place_of("notify:unsubscribe", token=unsubscribe_token(member)))
    with translation.override(language), timezone.override(ZoneInfo(user.time_zone or community.time_zone)):
        lines = [{"notice": line, "url": absolute(line.path)} for line in shown(notices)]
        name = best(community.name)
        subject = ngettext(
            "%(count)d new notice in %(community)s", "%(count)d new notices in %(community)s", len(lines)
        )
        context: dict[str, Any] = {
            "community": name,
            "member": member,
            "lines": lines,
            "language": language,
            "inbox_url": absolute(place_of("notify:inbox")),
            "settings_url": absolute(place_of("notify:settings")),
            "unsubscribe_url": unsubscribe,
        }
        mail = EmailMultiAlternatives(
            subject=subject % {"count": len(lines), "community": name},
            body=render_to_string("notify/mail/digest.txt", context),
            to=[user.email],
            headers={
                "List-Unsubscribe": f"<{unsubscribe}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
                "Content-Language": language,
            },
        )
        mail.attach_alternative(render_to_string("notify/mail/digest.html", context), "text/html")
    return mail


def absolute(path: str) -> str:
    """A path as an address that works in a mail."""
    return urljoin(settings.HEARTH_PUBLIC_URL or f"http://127.0.0.1:{settings.HEARTH_GATEWAY_PORT - 1}", path)


def close_lost_deliveries() -> int:
    """Deliveries that were claimed and never heard of again: whether the mail left is unknown, and is shown as that."""
    lost = Delivery.objects.filter(outcome=Outcome.WAITING, created_at__lt=now() - LOST_AFTER)
    return int(lost.update(outcome=Outcome.UNKNOWN, error="the sender stopped before it could tell"))


@transaction.atomic
def stop_mail(member: "Member") -> None:
    """Send no more digests to this member (the link in the mail). Doing it twice changes nothing."""
    row, _made = Preference.objects.get_or_create(member=member)
    if row.digest != Digest.NEVER:
        row.digest = Digest.NEVER
        row.save(update_fields=["digest"])
        emit(MailStopped(member=member.pk), subject=f"member:{member.pk}")
