"""Who can be called by name in a room."""

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from hearth.groups.queries import members_named
from hearth.people.queries import cards_of
from hearth.people.types import NameCard

if TYPE_CHECKING:
    from hearth.groups.models import Group


def mentionable(group: "Group", query: str, limit: int = 8) -> list[NameCard]:
    """Members whose name holds ``query``: two queries. Only what the space shows is searched, so nothing leaks."""
    rows: QuerySet[Any] = members_named(group, query)
    ids = [row for row in rows.values_list("identity_id", flat=True)[:limit] if row is not None]
    cards = cards_of(ids, group.space)
    return [cards[identity] for identity in ids if identity in cards]
