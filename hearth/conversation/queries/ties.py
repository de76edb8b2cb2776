"""Who turned to whom in a group."""

from collections import Counter
from datetime import datetime

from django.db.models import Count

from hearth.conversation.models import Message, Reaction
from hearth.conversation.models.message import MessageState
from hearth.groups.rules.ties import Tie


def ties_in(group_id: int, since: datetime) -> list[Tie]:
    """Pairs of members of whom one answered the other in the group's room or reacted to what they said: three queries.

    An answer in a thread without naming a message is one to whoever began the thread.
    """
    said = Message.objects.filter(room__group=group_id, occurred_at__gte=since, state=MessageState.VISIBLE).order_by()
    reacted = Reaction.objects.filter(message__room__group=group_id, at__gte=since).order_by()
    turned = (
        said.filter(reply_to__isnull=False).values_list("author__member", "reply_to__author__member"),
        said.filter(reply_to=None, thread__isnull=False).values_list("author__member", "thread__author__member"),
        reacted.values_list("author__member", "message__author__member"),
    )
    counted: Counter[tuple[int, int]] = Counter()
    for rows in turned:
        for one, other, times in rows.annotate(times=Count("pk")):
            if one is not None and other is not None and one != other:
                counted[one, other] += times
    pairs = {(min(pair), max(pair)) for pair in counted}
    return [Tie(a, b, counted[a, b], counted[b, a]) for a, b in sorted(pairs)]
