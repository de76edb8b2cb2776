"""Credentials: asked for, decided by somebody else, expiring."""

from datetime import date

from django.db import IntegrityError, transaction

from hearth.core import audit, crypto
from hearth.core.errors import Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, demand
from hearth.core.tenancy import across_communities, community_scope
from hearth.kit.clock import now
from hearth.people.access import own_member, verification_for
from hearth.people.errors import AlreadyDecided, OwnVerification, VerificationWaiting
from hearth.people.facts import PersonVerified, VerificationAsked, VerificationEnded, VerificationRefused
from hearth.people.models import Member, Verification
from hearth.people.registry import VERIFY
from hearth.people.types import VerificationState


@transaction.atomic
def ask_verification(
    actor: Actor, *, kind: str = "doctor", hospital: str = "", department: str = "", licence: str
) -> Verification:
    """Ask for one's own credential to be verified; the licence number is kept encrypted.

    Raises NotFound for non-members, Refusal without real name, hospital or licence, VerificationWaiting.
    """
    member = own_member(actor)
    hospital, department = hospital.strip() or member.hospital, department.strip() or member.department
    if not member.real_name:
        raise Refusal("Give your real name in your profile first; it is what the reviewer checks.", field="real_name")
    if not hospital:
        raise Refusal("Give the hospital or institution where you work.", field="hospital")
    if not licence.strip():
        raise Refusal("Give the number of your licence.", field="licence")
    key_id, sealed = crypto.seal(licence.strip()[:120])
    row = Verification(
        member=member,
        kind=kind,
        hospital=hospital[:120],
        department=department[:120],
        licence_sealed=sealed,
        key_id=key_id,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise VerificationWaiting() from None
    emit(
        VerificationAsked(verification=row.pk, member=member.pk, kind=kind),
        actor=actor,
        subject=f"member:{member.pk}",
    )
    return row


@transaction.atomic
def decide_verification(
    actor: Actor, verification_id: int, *, verified: bool, expires_on: date | None = None, note: str = ""
) -> Verification:
    """Confirm or refuse a waiting credential. Raises NotFound, NotAllowed, OwnVerification, AlreadyDecided, Refusal."""
    row = verification_for(actor, verification_id)
    if row.member_id == actor.member_id or (actor.person_id and row.member.person_id == actor.person_id):
        raise OwnVerification()
    demand(actor, VERIFY.key)
    if verified and expires_on is not None and expires_on <= now().date():
        raise Refusal("The expiry date must lie in the future.", field="expires_on")
    if not verified and not note.strip():
        raise Refusal("Say why, so that the member knows what to mend.", field="note")
    state = VerificationState.VERIFIED if verified else VerificationState.REFUSED
    decided = Verification.objects.filter(pk=row.pk, state=VerificationState.WAITING).update(
        state=state,
        decided_at=now(),
        decided_by=actor.ref,
        expires_on=expires_on if verified else None,
        note=note.strip()[:300],
    )
    if not decided:
        raise AlreadyDecided()
    if verified:
        earlier = Verification.objects.filter(member=row.member, kind=row.kind, state=VerificationState.VERIFIED)
        earlier.exclude(pk=row.pk).update(state=VerificationState.EXPIRED)
    told: PersonVerified | VerificationRefused
    if verified:
        told = PersonVerified(
            verification=row.pk,
            member=row.member_id,
            kind=row.kind,
            expires_on=expires_on.isoformat() if expires_on else None,
        )
    else:
        told = VerificationRefused(verification=row.pk, member=row.member_id, kind=row.kind)
    emit(told, actor=actor, subject=f"member:{row.member_id}")
    audit.record(
        actor,
        "verification_decided",
        f"member:{row.member_id}",
        before={"state": "waiting"},
        after={"state": str(state), "expires_on": expires_on.isoformat() if expires_on else None},
        why=note,
    )
    row.refresh_from_db()
    return row


def end_verification(actor: Actor | None, member: Member, why: str) -> int:
    """End what is confirmed about a member (``why`` is a code) in the running transaction; returns how many ended."""
    ended = 0
    for row in Verification.objects.filter(member=member, state=VerificationState.VERIFIED):
        state = VerificationState.EXPIRED if why == "expired" else VerificationState.REVOKED
        if Verification.objects.filter(pk=row.pk, state=VerificationState.VERIFIED).update(state=state):
            told = VerificationEnded(verification=row.pk, member=member.pk, kind=row.kind, why=why)
            emit(told, actor=actor, subject=f"member:{member.pk}")
            ended += 1
    return ended


def expire_verifications() -> int:
    """End every credential whose date has passed, community by community; returns how many ended."""
    with across_communities("expiry runs for the whole house"):
        due = list(
            Verification.objects.filter(state=VerificationState.VERIFIED, expires_on__lt=now().date())
            .select_related("member", "community")
            .order_by("pk")
        )
    ended = 0
    for row in due:
        with community_scope(row.community), transaction.atomic():
            ended += end_verification(None, row.member, "expired")
    return ended
