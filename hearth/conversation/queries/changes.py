"""What became of messages: earlier versions, why they are hidden, whether they are still there."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from hearth.conversation.models import Hiding, Message, MessageVersion


def versions_of(message: Message) -> list[MessageVersion]:
    """What a message said before, the newest version first: one query."""
    return list(MessageVersion.objects.filter(message=message).order_by("-until", "-pk"))


def why_hidden(message_ids: Collection[int]) -> dict[int, str]:
    """Message id → the reason given, for those that are hidden now: one query."""
    return dict(Hiding.objects.filter(message_id__in=message_ids, restored_at=None).values_list("message_id", "why"))


def first_words(message_id: int) -> tuple[str, int, datetime | None] | None:
    """(text, room id, when it was edited) of a message, to compare a repeated post with: one query."""
    return Message.objects.filter(pk=message_id).values_list("text", "room_id", "edited_at").first()


def is_there(message_id: int) -> bool:
    """Whether a message was not removed: one query."""
    return Message.objects.filter(~Q(state="removed"), pk=message_id).exists()


def members_who_wrote(message_ids: Collection[int]) -> set[int]:
    """The ids of the members who wrote these messages: one query."""
    return set(Message.objects.filter(pk__in=message_ids).values_list("author__member_id", flat=True))
