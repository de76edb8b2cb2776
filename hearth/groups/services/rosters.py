"""Where tables of people may lead: groups, past the same door as everybody whom staff lets in."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _, ngettext

from hearth.core.errors import NotFound, Refusal
from hearth.core.permissions import Actor, may
from hearth.core.texts import best
from hearth.groups.models import Group, GroupClosure
from hearth.groups.queries.doors import step_of
from hearth.groups.registry import ADMIT
from hearth.groups.services.crowds import admit_crowd, end_crowd


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


def let_in(actor: Actor, group_id: int, member_ids: Collection[int], why: str) -> Mapping[int, bool | Refusal]:
    """Let members in as staff does; as ``admit_crowd`` says."""
    return admit_crowd(actor, _group(group_id), member_ids, why)


def take_out(actor: Actor, group_id: int, member_ids: Collection[int]) -> None:
    """The way back; the places become free."""
    end_crowd(actor, _group(group_id), member_ids)


def _group(group_id: int) -> Group:
    found = Group.objects.filter(pk=group_id).first()
    if found is None:
        raise NotFound()
    return found
