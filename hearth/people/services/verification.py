"""Credentials as their members see them: begun, sent to a reviewer, ending."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction

from hearth.core.errors import Conflict, Refusal
from hearth.core.facts import emit
from hearth.core.models import Community
from hearth.core.permissions import Actor
from hearth.core.tenancy import across_communities, community_scope
from hearth.kit.clock import now
from hearth.people.access import own_case, own_member
from hearth.people.errors import EvidenceMissing, VerificationWaiting
from hearth.people.facts import VerificationAsked, VerificationEnded
from hearth.people.models import Opinion, Verification
from hearth.people.queries.days import today_here
from hearth.people.queries.desk import missing_kinds, risk_for
from hearth.people.registry import credential_kinds
from hearth.people.services.evidence import give_licence
from hearth.people.types import WITH_MEMBER, VerificationState


@transaction.atomic
def start_verification(actor: Actor, *, kind: str = "doctor", hospital: str = "", department: str = "") -> Verification:
    """Begin to ask for one's own credential, or change what is claimed while it is still with the member.

    Raises NotFound for non-members, Refusal without real name or hospital, VerificationWaiting.
    """
    member = own_member(actor)
    hospital, department = hospital.strip() or member.hospital, department.strip() or member.department
    if kind not in credential_kinds:
        raise Refusal("Choose one of the values offered.", field="kind")
    if not member.real_name:
        raise Refusal("Give your real name in your profile first; it is what the reviewer checks.", field="real_name")
    if not hospital:
        raise Refusal("Give the hospital or institution where you work.", field="hospital")
    claimed = {"kind": kind, "hospital": hospital[:120], "department": department[:120]}
    mine = Verification.objects.filter(member=member)
    begun = mine.filter(state__in=WITH_MEMBER).order_by("-pk").first()
    try:
        with transaction.atomic():
            if begun is None:
                return Verification.objects.create(member=member, state=VerificationState.DRAFT, **claimed)
            mine.filter(pk=begun.pk).update(**claimed)
    except IntegrityError:
        raise VerificationWaiting() from None
    begun.refresh_from_db()
    return begun


@transaction.atomic
def send_verification(actor: Actor, verification_id: int) -> Verification:
    """Hand one's case to the reviewers. Raises NotFound, Conflict, EvidenceMissing."""
    row = own_case(actor, verification_id)
    if missing_kinds(row):
        raise EvidenceMissing()
    sent = Verification.objects.filter(pk=row.pk, state__in=WITH_MEMBER).update(
        state=VerificationState.WAITING,
        asked_at=now(),
        asked_until=None,
        risk=risk_for(row).score,
        taken_by="",
        taken_until=None,
    )
    if not sent:
        raise Conflict()
    # Whoever had an opinion forms it anew: there is more to see now.
    Opinion.objects.filter(verification=row, undone_at=None).update(undone_at=now())
    emit(
        VerificationAsked(verification=row.pk, member=row.member_id, kind=row.kind),
        actor=actor,
        subject=f"member:{row.member_id}",
    )
    row.refresh_from_db()
    return row


@transaction.atomic
def ask_verification(
    actor: Actor, *, kind: str = "doctor", hospital: str = "", department: str = "", licence: str
) -> Verification:
    """Ask for one's own credential with a licence number in one go; it is kept encrypted.

    Raises NotFound for non-members, Refusal without real name, hospital or licence, VerificationWaiting.
    """
    row = start_verification(actor, kind=kind, hospital=hospital, department=department)
    give_licence(actor, row.pk, licence)
    return send_verification(actor, row.pk)


def end_verifications(actor: Actor | None, rows: Iterable[Verification], why: str) -> int:
    """End these badges (``why`` is a code) in the running transaction; returns how many ended."""
    return sum(_end(actor, row, why) for row in rows)


def _end(actor: Actor | None, row: Verification, why: str) -> bool:
    state = VerificationState.EXPIRED if why == "expired" else VerificationState.REVOKED
    if not Verification.objects.filter(pk=row.pk, state=VerificationState.VERIFIED).update(state=state):
        return False
    told = VerificationEnded(verification=row.pk, member=row.member_id, kind=row.kind, why=why)
    emit(told, actor=actor, subject=f"member:{row.member_id}")
    return True


def expire_verifications() -> int:
    """End every credential whose last day is over where its community lives; returns how many ended."""
    with across_communities("expiry runs for the whole house"):
        communities = list(Community.objects.order_by("pk"))
    ended = 0
    for community in communities:
        with community_scope(community):
            ended += _expire_here(today_here())
    return ended


def _expire_here(today: date) -> int:
    due = Verification.objects.filter(state=VerificationState.VERIFIED, expires_on__lt=today).order_by("pk")
    ended = 0
    for row in list(due):
        with transaction.atomic():
            ended += _end(None, row, "expired")
    return ended
