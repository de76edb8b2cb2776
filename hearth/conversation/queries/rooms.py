"""Rooms by what they belong to."""

from collections.abc import Collection

from hearth.conversation.models import Room


def room_ids_of_groups(group_ids: Collection[int]) -> dict[int, int]:
    """Group id → room id."""
    rows = Room.objects.filter(group_id__in=group_ids).values_list("group_id", "pk")
    return {group_id: room_id for group_id, room_id in rows if group_id is not None}
