"""Fetch and authorise in one act: rooms, messages and files, for whoever may read them."""

from dataclasses import dataclass

from hearth.conversation.models import Attachment, Message, Room
from hearth.core.errors import NotFound
from hearth.core.permissions import Actor, GroupRole, may
from hearth.groups.queries import posting_right
from hearth.groups.types import PostingRight

MODERATE = "groups.moderate"


@dataclass(frozen=True, slots=True)
class RoomAccess:
    """A room that an actor may read, with what they may do in it."""

    room: Room
    right: PostingRight
    actor: Actor

    @property
    def roles(self) -> frozenset[GroupRole]:
        """The actor's roles in the room's group."""
        return self.right.roles

    @property
    def may_moderate(self) -> bool:
        """Whether the actor may hide, restore and pin here."""
        return may(self.actor, MODERATE, self.roles)

    @property
    def space(self) -> str:
        """How names are shown here."""
        return self.right.space


def room_for(actor: Actor, room_id: int) -> RoomAccess:
    """A room the actor may read. Raises NotFound otherwise."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None or room.group_id is None:
        raise NotFound()
    return _opened(actor, room)


def room_of_group(actor: Actor, group_id: int) -> RoomAccess:
    """The room of a group the actor may read. Raises NotFound otherwise."""
    room = Room.objects.filter(group_id=group_id).first()
    if room is None:
        raise NotFound()
    return _opened(actor, room)


def message_for(actor: Actor, message_id: int) -> tuple[Message, RoomAccess]:
    """A message in a room the actor may read. Raises NotFound otherwise."""
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        raise NotFound()
    return message, room_for(actor, message.room_id)


def attachment_for(actor: Actor, attachment_id: int) -> Attachment:
    """A file the actor may open: in a readable room and on a visible message, or their own not yet posted one."""
    file = Attachment.objects.filter(pk=attachment_id).select_related("message").first()
    if file is None:
        raise NotFound()
    if file.message is None:
        if file.uploader_id != actor.member_id or actor.member_id is None:
            raise NotFound()
        return file
    access = room_for(actor, file.room_id)
    if file.message.state != "visible" and not access.may_moderate:
        raise NotFound()
    return file


def _opened(actor: Actor, room: Room) -> RoomAccess:
    right = posting_right(actor, room.group_id or 0)
    if not right.readable:
        raise NotFound()
    return RoomAccess(room, right, actor)
