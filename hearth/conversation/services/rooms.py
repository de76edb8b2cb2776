"""Rooms themselves."""

from typing import TYPE_CHECKING

from hearth.conversation.models import Room

if TYPE_CHECKING:
    from hearth.groups.models import Group


def open_room(group: "Group") -> Room:
    """The room of a group, made with it in one transaction."""
    room, _made = Room.objects.get_or_create(group_id=group.pk, defaults={"community_id": group.community_id})
    return room
