"""Who can be called by name in a room."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from hearth.groups.queries import members_of
from hearth.people.queries import cards_of
from hearth.people.types import NameCard

if TYPE_CHECKING:
    from hearth.groups.models import Group


def mentionable(group: "Group", space: str, query: str, limit: int = 8) -> list[NameCard]:
    """Members whose name holds ``query``: two queries. Only what the space shows is searched, so nothing leaks."""
    rows: QuerySet[Any] = members_of(group)
    query = query.strip()[:40]
    if query:
        shown = Q(member__display_name__icontains=query)
        if space == "professional":
            nameless = Q(member__real_name="", member__display_name__icontains=query)
            shown = nameless | Q(member__real_name__icontains=query)
        rows = rows.filter(shown)
    ids = [row for row in rows.values_list("identity_id", flat=True)[:limit] if row is not None]
    cards = cards_of(ids, space)
    return [cards[identity] for identity in ids if identity in cards]
