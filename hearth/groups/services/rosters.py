"""Where tables of people may lead: groups, past the same door as everybody whom staff lets in."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _, ngettext

from hearth.core.errors import NotFound
from hearth.core.permissions import Actor, may
from hearth.core.texts import best
from hearth.groups.models import Group, GroupClosure, Membership
from hearth.groups.queries.doors import step_of
from hearth.groups.registry import ADMIT
from hearth.groups.services.admission import admit_member, end_membership
from hearth.groups.types import JoinedBy, LeftBy

if TYPE_CHECKING:
    from hearth.people.models import Member


def fillable(actor: Actor) -> list[tuple[str, str]]:
    """Open groups that an actor may fill, by name."""
    if not may(actor, ADMIT.key):
        return []
    closed = GroupClosure.objects.filter(reopened_at=None).values("group")
    rows = Group.objects.exclude(pk__in=closed)
    return sorted(((str(row.pk), best(row.name) or row.key) for row in rows), key=lambda row: row[1])


def outlook(_actor: Actor, group_id: int, count: int) -> list[Any]:
    """What happens to so many who come: places that are missing, a door that asks for a reason."""
    group = _group(group_id)
    told: list[Any] = []
    room = None if group.capacity is None else group.capacity - group.member_count
    if room is not None and room < count:
        told.append(
            ngettext(
                "The group has %(n)s place left. Who finds none stays in the community without it.",
                "The group has %(n)s places left. Who finds none stays in the community without it.",
                room,
            )
            % {"n": room}
        )
    step = step_of(group)
    if step is not None and step.conditions():
        told.append(_("The door of this group asks something. Say why they come in past it, or they stay outside."))
    return told


def let_in(actor: Actor, group_id: int, member: "Member", why: str) -> bool:
    """Let a member in as staff does; False for one who is inside. Raises the refusals of ``admit_member``."""
    group = _group(group_id)
    if Membership.objects.filter(group=group, member=member, left_at=None).exists():
        return False
    admit_member(actor, group, member, how=JoinedBy.STAFF, why=why)
    return True


def take_out(actor: Actor, group_id: int, member: "Member") -> None:
    """The way back; the place becomes free."""
    end_membership(actor, _group(group_id), member.pk, LeftBy.REMOVED)


def _group(group_id: int) -> Group:
    found = Group.objects.filter(pk=group_id).first()
    if found is None:
        raise NotFound()
    return found
