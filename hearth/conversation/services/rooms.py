"""Rooms themselves."""

from typing import TYPE_CHECKING

from hearth.conversation.models import Room

if TYPE_CHECKING:
    from hearth.groups.models import Group


def open_room(group: "Group") -> Room:
    """Make the room of a group that was opened in this transaction."""
    return Room.objects.create(group_id=group.pk, community_id=group.community_id)
