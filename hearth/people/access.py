"""Fetching persons and members, authorised in the same act."""

from typing import Any

from hearth.core.errors import NotFound
from hearth.core.permissions import Actor, may
from hearth.people.models import Identity, Member, Person, Verification
from hearth.people.registry import SEE_MEMBERS, VERIFY


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
    """A credential, for its member or for reviewers. Raises NotFound."""
    found = Verification.objects.select_related("member").filter(pk=verification_id).first()
    if found is None or (found.member_id != actor.member_id and not may(actor, VERIFY.key)):
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
