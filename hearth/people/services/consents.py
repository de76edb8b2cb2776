"""Consents, and the tags that need them."""

import hashlib

from django.db import IntegrityError, transaction

from hearth.core.errors import NotFound, Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, demand
from hearth.kit.clock import now
from hearth.people.access import member_for, own_member
from hearth.people.errors import ConsentMissing
from hearth.people.facts import ConsentGiven, ConsentWithdrawn, TagAdded
from hearth.people.models import Consent, Member, MemberTag
from hearth.people.registry import SENSITIVE_TAGS, TAG, consent_purposes


@transaction.atomic
def give_consent(actor: Actor, purpose: str, *, channel: str = "web") -> Consent:
    """Agree to a declared purpose as its text stands today. Only for oneself. Raises NotFound."""
    member = own_member(actor)
    declared = consent_purposes.get(purpose)
    if declared is None:
        raise NotFound()
    live = Consent.objects.filter(member=member, purpose=purpose, withdrawn_at=None, version=declared.version).first()
    if live is not None:
        return live
    row = Consent.objects.create(
        member=member,
        purpose=purpose,
        version=declared.version,
        text_digest=hashlib.sha256(declared.text.encode()).hexdigest(),
        channel=channel[:20],
    )
    told = ConsentGiven(member=member.pk, purpose=purpose, version=declared.version)
    emit(told, actor=actor, subject=f"member:{member.pk}")
    return row


@transaction.atomic
def withdraw_consent(actor: Actor, purpose: str) -> None:
    """Take a consent back, all its versions; without one nothing happens. Raises NotFound."""
    member = own_member(actor)
    live = Consent.objects.filter(member=member, purpose=purpose, withdrawn_at=None)
    if live.update(withdrawn_at=now()):
        emit(ConsentWithdrawn(member=member.pk, purpose=purpose), actor=actor, subject=f"member:{member.pk}")


@transaction.atomic
def tag_member(actor: Actor, member: Member, tag: str, *, sensitive: bool = False) -> MemberTag:
    """Put a tag on a member; a sensitive one only with their consent. Raises NotAllowed, ConsentMissing."""
    demand(actor, TAG.key)
    target, tag = member_for(actor, member.pk), " ".join(tag.split())[:60]
    if not tag:
        raise Refusal("Give the tag a name.", field="tag")
    consents = Consent.objects.filter(member=target, purpose=SENSITIVE_TAGS.key, withdrawn_at=None)
    if sensitive and not consents.exists():
        raise ConsentMissing(field="tag")
    try:
        with transaction.atomic():
            row = MemberTag.objects.create(member=target, tag=tag, sensitive=sensitive, by=actor.ref)
    except IntegrityError:
        return MemberTag.objects.get(member=target, tag=tag)
    told = TagAdded(member=target.pk, tag="" if sensitive else tag, sensitive=sensitive)
    emit(told, actor=actor, subject=f"member:{target.pk}")
    return row


@transaction.atomic
def untag_member(actor: Actor, member: Member, tag: str) -> None:
    """Take a tag off a member. Raises NotAllowed."""
    demand(actor, TAG.key)
    MemberTag.objects.filter(member=member_for(actor, member.pk), tag=tag).delete()
