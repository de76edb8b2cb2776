"""Tables of talk, by noun."""

from hearth.conversation.models.message import (
    AcceptedAnswer,
    Hiding,
    Mention,
    Message,
    MessageVersion,
    Pin,
    Reaction,
)
from hearth.conversation.models.reading import Attachment, Bookmark, ReadMark, Seen
from hearth.conversation.models.room import Entry, Room

__all__ = [
    "AcceptedAnswer",
    "Attachment",
    "Bookmark",
    "Entry",
    "Hiding",
    "Mention",
    "Message",
    "MessageVersion",
    "Pin",
    "Reaction",
    "ReadMark",
    "Room",
    "Seen",
]
