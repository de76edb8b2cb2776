"""How active members are, for those who order them by it."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate

from hearth.conversation.models import Message
from hearth.core.models.fact import Origin
from hearth.core.sql import chunks
from hearth.kit.clock import now

FOUR_WEEKS = timedelta(days=28)


def days_written(member_ids: Collection[int]) -> dict[int, int]:
    """Member id → days (UTC) with a visible message in the last four weeks; those who wrote none are left out."""
    rows = Message.objects.filter(author__member__in=member_ids, occurred_at__gte=now() - FOUR_WEEKS, state="visible")
    counted = rows.order_by().annotate(day=TruncDate("occurred_at")).values("author__member")
    return dict(counted.annotate(days=Count("day", distinct=True)).values_list("author__member", "days"))


def writers_here() -> int:
    """How many members ever wrote in the community on their own account."""
    rows = Message.objects.filter(origin=Origin.ORGANIC, state="visible")
    return int(rows.aggregate(writers=Count("author", distinct=True))["writers"])


def writers_in(group_ids: Collection[int]) -> dict[int, int]:
    """Group id → how many members ever wrote there on their own account; groups without any are left out."""
    found: dict[int, int] = {}
    for some in chunks(sorted(group_ids)):
        rows = Message.objects.filter(room__group__in=some, origin=Origin.ORGANIC, state="visible")
        counted = rows.order_by().values("room__group").annotate(writers=Count("author", distinct=True))
        found.update(counted.values_list("room__group", "writers"))
    return found
