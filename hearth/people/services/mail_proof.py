"""An institutional address proven: a code goes there and comes back."""

import hmac
import secrets
from datetime import timedelta
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from hearth.core import crypto
from hearth.core.community_settings import declare, value_of
from hearth.core.errors import Refusal, TooMany
from hearth.core.jobs import enqueue
from hearth.core.permissions import Actor
from hearth.core.texts import best
from hearth.kit.clock import now
from hearth.people.access import own_case
from hearth.people.errors import AddressTaken
from hearth.people.models import Evidence, HeldAddress, MailCode
from hearth.people.rules.matching import mail_domain, of_institution
from hearth.people.services.evidence import with_member
from hearth.people.types import EvidenceState

GOOD_FOR = timedelta(minutes=30)
MOST_TRIES = 5
MOST_MAILS = 5  # of one member in a day
DAY = timedelta(days=1)
DOMAINS = declare(
    "people.mail_domains",
    "E-mail domains of institutions",
    help="Addresses below these domains prove where somebody works, for example “stlucas.org hospital.edu.cn”. "
    "Empty: e-mail is no evidence here.",
    kind="text",
    default="",
)


def institution_domains() -> list[str]:
    """The domains of the community's institutions, in lower case."""
    told = str(value_of(DOMAINS)).lower().replace(",", " ").replace(";", " ").split()
    return [one.lstrip("@.") for one in told if mail_domain("x@" + one.lstrip("@."))]


@transaction.atomic
def ask_mail_code(actor: Actor, verification_id: int, address: str) -> Evidence:
    """Have a code sent to one's address at work. Raises NotFound, Conflict, Refusal, AddressTaken, TooMany."""
    row = own_case(actor, verification_id)
    with_member(row)
    address = address.strip()[:254]
    if not of_institution(address, institution_domains()):
        raise Refusal("This is no address of an institution that is known here.", field="address")
    mark = crypto.fingerprint("mail", address.lower().encode())
    _refuse_taken(mark, row.member_id)
    recent = MailCode.objects.filter(evidence__verification__member=row.member_id, asked_at__gt=now() - DAY)
    if recent.count() >= MOST_MAILS:
        raise TooMany(3600)
    open_ones = Evidence.objects.filter(verification=row, kind="mail", state=EvidenceState.PENDING)
    open_ones.update(state=EvidenceState.WITHDRAWN, settled_at=now())
    key_id, sealed = crypto.seal(address)
    made = Evidence.objects.create(
        verification=row,
        kind="mail",
        state=EvidenceState.PENDING,
        sealed=sealed,
        key_id=key_id,
        mark=mark,
        by=actor.ref,
    )
    MailCode.objects.create(evidence=made)
    enqueue("people.send_mail_code", evidence=made.pk)
    return made


def _refuse_taken(mark: str, member_id: int) -> None:
    if HeldAddress.objects.filter(mark=mark).exclude(member=member_id).exists():
        raise AddressTaken(field="address")


def send_mail_code(evidence_id: int) -> bool:
    """Make the code, keep its digest, mail it. False when it is no longer wanted. Raises what the mail server raises.

    Tried again after a failure it makes a new code: the one that may have left before no longer opens.
    """
    rows = Evidence.objects.select_related("verification__member__person__user", "community")
    found = rows.filter(pk=evidence_id, kind="mail", state=EvidenceState.PENDING).first()
    if found is None or not found.sealed:
        return False
    code = f"{secrets.randbelow(10**6):06d}"
    MailCode.objects.filter(evidence=found).update(digest=_digest(found, code), tries=0, expires_at=now() + GOOD_FOR)
    user = found.verification.member.person.user
    with translation.override((user.language if user else "") or found.community.language):
        _mail(found, code).send()
    return True


def _digest(found: Evidence, code: str) -> str:
    return crypto.fingerprint("mail_code", f"{found.pk}:{code}".encode())


def _mail(found: Evidence, code: str) -> EmailMessage:
    page = reverse("people:verification", kwargs={"community": found.community.key})
    place = f"{page}?{urlencode({'code': code})}"
    base = settings.HEARTH_PUBLIC_URL or f"http://127.0.0.1:{settings.HEARTH_GATEWAY_PORT - 1}"
    body = _(
        "Your code for %(community)s is %(code)s. It works for 30 minutes.\n\n"
        "Enter it on the page where you asked for it, or open\n%(url)s\n\n"
        "You did not ask for it? Then nothing needs to be done."
    )
    told = {"community": best(found.community.name), "code": code, "url": urljoin(base, place)}
    address = crypto.unseal(found.key_id, found.sealed)
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(_("Your code: %(code)s") % told, body % told, to=[address], headers=headers)


def prove_mail(actor: Actor, verification_id: int, code: str) -> Evidence | None:
    """Bring a code back; None when it does not open (the try is counted). Raises NotFound, Conflict, AddressTaken."""
    row = own_case(actor, verification_id)
    with_member(row)
    found = row.evidence.filter(kind="mail", state=EvidenceState.PENDING).order_by("-pk").first()
    if found is None or not _opens(found, code):
        return None
    try:
        with transaction.atomic():
            held, _made = HeldAddress.objects.get_or_create(mark=found.mark, defaults={"member": row.member})
    except IntegrityError:
        held = HeldAddress.objects.get(mark=found.mark)
    if held.member_id != row.member_id:
        raise AddressTaken(field="code")
    Evidence.objects.filter(pk=found.pk).update(state=EvidenceState.GIVEN, settled_at=now())
    found.refresh_from_db()
    return found


def _opens(found: Evidence, code: str) -> bool:
    """Whether a code is the one that was sent; every try counts, and after a few none opens."""
    live = MailCode.objects.filter(evidence=found, tries__lt=MOST_TRIES, expires_at__gt=now())
    if not live.update(tries=F("tries") + 1):
        return False
    row = MailCode.objects.get(evidence=found)
    digits = "".join(char for char in code if char.isdigit())
    return bool(row.digest) and hmac.compare_digest(row.digest, _digest(found, digits))
