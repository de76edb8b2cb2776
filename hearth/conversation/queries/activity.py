"""How active members are, for those who order them by it."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate

from hearth.conversation.models import Message
from hearth.kit.clock import now

FOUR_WEEKS = timedelta(days=28)


def days_written(member_ids: Collection[int]) -> dict[int, int]:
    """Member id → days (UTC) with a visible message in the last four weeks; those who wrote none are left out."""
    rows = Message.objects.filter(author__member__in=member_ids, occurred_at__gte=now() - FOUR_WEEKS, state="visible")
    counted = rows.order_by().annotate(day=TruncDate("occurred_at")).values("author__member")
    return dict(counted.annotate(days=Count("day", distinct=True)).values_list("author__member", "days"))
