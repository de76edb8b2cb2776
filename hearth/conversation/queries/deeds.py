"""What members did beside writing, over a whole community, for those who measure. Not for pages. Members after
merges.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from hearth.conversation.models import AcceptedAnswer, Reaction, Seen
from hearth.conversation.models.message import MessageState

CHUNK = 5000


def thanks() -> Iterator[tuple[int, int, datetime]]:
    """(who reacted, whose message it was, when), to visible messages: one query."""
    rows = Reaction.objects.filter(message__state=MessageState.VISIBLE)
    return _streamed(rows, "author__member_id", "message__author__member_id", "at")


def settled_questions() -> Iterator[tuple[int, int, datetime]]:
    """(who answered, who asked, when it was accepted), of answers that stand: one query."""
    return _streamed(
        AcceptedAnswer.objects.filter(withdrawn_at=None, answer__state=MessageState.VISIBLE),
        "answer__author__member_id",
        "question__author__member_id",
        "at",
    )


def reading_days(since: date) -> Iterator[tuple[int, date]]:
    """(member, day) on which somebody was in a room, each once: one query."""
    return _streamed(Seen.objects.filter(day__gte=since).distinct(), "member_id", "day")


def _streamed(rows: QuerySet[Any], *columns: str) -> Iterator[tuple[Any, ...]]:
    return rows.order_by().values_list(*columns).iterator(chunk_size=CHUNK)
