"""Fetching persons and members, authorised in the same act."""

from collections.abc import Collection
from typing import Any

from hearth.core.errors import NotFound
from hearth.core.permissions import Actor, may
from hearth.people.models import Evidence, Identity, Member, Person, Roster, Verification
from hearth.people.registry import IMPORT_MEMBERS, SEE_MEMBERS, VERIFY
from hearth.people.types import OPEN_STATES, VerificationState


def person_of(user: Any) -> Person:
    """The person behind a sign-in row; made on first need."""
    person, _made = Person.objects.get_or_create(user=user)
    return person


def member_for(actor: Actor, member_id: int) -> Member:
    """A member, for themselves or for staff. Raises NotFound for everybody else."""
    if member_id != actor.member_id and not may(actor, SEE_MEMBERS.key):
        raise NotFound()
    found = Member.objects.select_related("person").filter(pk=member_id).first()
    if found is None:
        raise NotFound()
    return found


def own_member(actor: Actor) -> Member:
    """The actor's own place. Raises NotFound for those who have none."""
    if actor.member_id is None:
        raise NotFound()
    return member_for(actor, actor.member_id)


def verification_for(actor: Actor, verification_id: int) -> Verification:
    """A credential, for its member, and for reviewers once it was sent. Raises NotFound."""
    rows = Verification.objects.select_related("member__person__user", "community")
    found = rows.filter(pk=verification_id).first()
    if found is None:
        raise NotFound()
    to_review = found.state != VerificationState.DRAFT and may(actor, VERIFY.key)
    if found.member_id != actor.member_id and not to_review:
        raise NotFound()
    return found


def own_case(actor: Actor, verification_id: int) -> Verification:
    """A credential of the actor's own, held until the transaction ends. Raises NotFound."""
    held = Verification.objects.select_for_update(of=("self",)).select_related("member")
    found = held.filter(pk=verification_id, member=actor.member_id).first() if actor.member_id else None
    if found is None:
        raise NotFound()
    return found


def own_open_case(actor: Actor) -> Verification:
    """The credential for which the actor is asking now. Raises NotFound."""
    own = Verification.objects.filter(member=own_member(actor).pk, state__in=OPEN_STATES)
    found = own.order_by("-pk").first()
    if found is None:
        raise NotFound()
    return found


def evidence_for(actor: Actor, evidence_id: int) -> Evidence:
    """A piece of evidence, for reviewers: members gave theirs away. Raises NotFound."""
    found = Evidence.objects.filter(pk=evidence_id).first()
    if found is None or not may(actor, VERIFY.key):
        raise NotFound()
    return found


def vouch_for(actor: Actor, evidence_id: int) -> Evidence:
    """A colleague's word that the actor was asked for. Raises NotFound."""
    rows = Evidence.objects.select_related("verification__member")
    found = rows.filter(pk=evidence_id, kind="vouch", by_member=actor.member_id).first() if actor.member_id else None
    if found is None:
        raise NotFound()
    return found


def native_identity(member: Member) -> Identity:
    """The identity under which a member speaks here. Raises NotFound for members who never joined by themselves."""
    found = Identity.objects.filter(source=Identity.NATIVE, external_id=str(member.pk)).first()
    if found is None:
        raise NotFound()
    return found


def hold_member(member_id: int) -> Member:
    """A member's row as it stands now, held until the transaction ends: what must not happen to them twice waits.

    Rights are asked by the caller. Raises Member.DoesNotExist.
    """
    return Member.objects.select_for_update().get(pk=member_id)


def hold_members(member_ids: Collection[int]) -> list[Member]:
    """As ``hold_member`` for many, in the one order in which everybody holds them."""
    return list(Member.objects.select_for_update().filter(pk__in=member_ids).order_by("pk"))


def roster_for(actor: Actor, roster_id: int) -> Roster:
    """A table of people, for those who may bring members in. Raises NotFound."""
    rows = Roster.objects.select_related("trial", "loading", "undoing")
    found = rows.filter(pk=roster_id).first() if may(actor, IMPORT_MEMBERS.key) else None
    if found is None:
        raise NotFound()
    return found
