"""Reading leaves marks: how far, on which days, and what somebody keeps. None of them is a fact."""

from django.db import connection, transaction

from hearth.conversation.access import RoomAccess, message_for
from hearth.conversation.models import Bookmark, ReadMark, Room, Seen
from hearth.core import sql
from hearth.core.errors import NotAllowed
from hearth.core.permissions import Actor
from hearth.kit.clock import now

# The mark only ever moves forward: two devices that read at once cannot make anything unread again.
_MARK = (
    "INSERT INTO conversation_readmark (community_id, room_id, member_id, number, at) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (room_id, member_id) DO UPDATE SET number = excluded.number, at = excluded.at "
    "WHERE excluded.number > conversation_readmark.number"
)


@transaction.atomic
def mark_read(access: RoomAccess, number: int) -> None:
    """The actor has read a room up to an entry number (never beyond its log), and was there today."""
    member_id = access.actor.member_id
    if member_id is None:
        return
    room = access.room
    moment = now()
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK,
            [room.community_id, room.pk, member_id, max(0, min(number, room.last_number)), sql.moment(moment)],
        )
    Seen.objects.bulk_create([Seen(room=room, member_id=member_id, day=moment.date())], ignore_conflicts=True)


@transaction.atomic
def begin_reading_here(group_id: int, member_id: int) -> None:
    """A newcomer's mark at the end of the group's room, unless they have one from an earlier time."""
    room = Room.objects.filter(group_id=group_id).first()
    if room is not None:
        ReadMark.objects.get_or_create(room=room, member_id=member_id, defaults={"number": room.last_number})


@transaction.atomic
def bookmark(actor: Actor, message_id: int, *, on: bool) -> None:
    """Keep a message for later, or no longer; twice changes nothing. Raises NotFound, NotAllowed."""
    message, _access = message_for(actor, message_id)
    if actor.member_id is None:
        raise NotAllowed()
    if on:
        Bookmark.objects.get_or_create(member_id=actor.member_id, message=message)
    else:
        Bookmark.objects.filter(member_id=actor.member_id, message=message).delete()
