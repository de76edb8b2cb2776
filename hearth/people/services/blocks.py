"""Blocking: one member does not want to hear from another, who is not told."""

from django.db import transaction

from hearth.core.errors import NotFound
from hearth.core.facts import emit
from hearth.core.permissions import Actor
from hearth.people.access import own_member
from hearth.people.errors import NotOneself
from hearth.people.facts import MemberBlocked, MemberUnblocked
from hearth.people.models import Block, Member


def member_to_block(member_id: int) -> Member:
    """A member of this community by id, for blocking alone: nothing of them is shown. Raises NotFound."""
    found = Member.objects.filter(pk=member_id, merged_into=None).first()
    if found is None:
        raise NotFound()
    return found


@transaction.atomic
def block_member(actor: Actor, blocked: Member) -> None:
    """Hear nothing more from ``blocked``; doing it twice changes nothing. Raises NotFound, NotOneself."""
    member = own_member(actor)
    if blocked.community_id != member.community_id:
        raise NotFound()
    if blocked.pk == member.pk:
        raise NotOneself("You cannot block yourself.")
    _row, made = Block.objects.get_or_create(member=member, blocked=blocked)
    if made:
        told = MemberBlocked(member=member.pk, blocked=blocked.pk)
        emit(told, actor=actor, subject=f"member:{member.pk}")


@transaction.atomic
def unblock_member(actor: Actor, blocked: Member) -> None:
    """Hear from ``blocked`` again; without a block nothing happens. Raises NotFound."""
    member = own_member(actor)
    removed, _rows = Block.objects.filter(member=member, blocked=blocked).delete()
    if removed:
        told = MemberUnblocked(member=member.pk, blocked=blocked.pk)
        emit(told, actor=actor, subject=f"member:{member.pk}")
