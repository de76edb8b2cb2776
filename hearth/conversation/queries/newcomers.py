"""What newcomers of a group have said and done there: for greeting them, and for their own first steps."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from hearth.conversation.models import Message, Reaction
from hearth.conversation.models.message import MessageState
from hearth.groups.registry import FirstWords
from hearth.kit.clock import now

RECENT = timedelta(days=21)  # longer than anybody is new


def first_words_of(group: Any, members: Collection[int]) -> dict[int, FirstWords]:
    """Each one's first message of late in the group's room, and whether another person spoke after it in its thread."""
    later = Q(occurred_at__gt=OuterRef("occurred_at")) | Q(occurred_at=OuterRef("occurred_at"), pk__gt=OuterRef("pk"))
    after = Message.objects.filter(later, thread=OuterRef("root"), state=MessageState.VISIBLE).exclude(
        author__member=OuterRef("author__member")
    )
    rows = (
        _recent(group, members)
        .annotate(root=Coalesce(F("thread_id"), F("pk")))
        .annotate(answered=Exists(after))
        .order_by("-occurred_at", "-pk")
        .values_list("author__member_id", "pk", "occurred_at", "answered")
    )
    return {member: FirstWords(pk, at, answered) for member, pk, at, answered in rows}  # the earliest comes last


def who_wrote(group: Any, members: Collection[int]) -> set[int]:
    """Those who have said something there."""
    return set(_recent(group, members).values_list("author__member_id", flat=True))


def who_joined_in(group: Any, members: Collection[int]) -> set[int]:
    """Those who have answered somebody else, or reacted to a message, there."""
    answered = _recent(group, members).filter(thread__isnull=False)
    answered = answered.exclude(thread__author__member=F("author__member"))
    reacted = Reaction.objects.filter(
        message__room__group=group, author__member__in=members, at__gt=now() - RECENT
    ).exclude(message__author__member=F("author__member"))
    found = set(answered.values_list("author__member_id", flat=True))
    return found | set(reacted.values_list("author__member_id", flat=True))


def _recent(group: Any, members: Collection[int]) -> Any:
    return Message.objects.filter(
        room__group=group, author__member__in=members, state=MessageState.VISIBLE, occurred_at__gt=now() - RECENT
    )
