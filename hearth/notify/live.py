"""The inbox counter, live: topic ``inbox:<member id>``, open to that member alone."""

from collections.abc import Iterable
from typing import Any

from hearth.core.live import LiveTopic, live_topic
from hearth.core.models import Fact
from hearth.core.permissions import Actor
from hearth.notify.queries import unread_count


def own(actor: Actor, key: str) -> bool:
    """Only one's own inbox."""
    return actor.member_id is not None and key == str(actor.member_id)


def counted(key: str) -> dict[str, Any]:
    """The number on the bell."""
    return {"unread": unread_count(int(key))}


def touched(fact: Fact) -> Iterable[str]:
    """Whose number a fact may have changed."""
    if fact.name == "notify.members_told":
        return [str(pk) for pk in fact.data["members"]]
    return [str(fact.data["member"])]


INBOX = live_topic(
    LiveTopic(
        kind="inbox",
        authorise=own,
        snapshot=counted,
        fact_names=("notify.members_told", "notify.inbox_read"),
        touched_by=touched,
    )
)
