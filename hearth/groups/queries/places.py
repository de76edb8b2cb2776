"""In which communities somebody has a place."""

from typing import Any

from hearth.core.models import Community
from hearth.core.tenancy import across_communities
from hearth.people.models import Member


def communities_of(user: Any) -> list[Community]:
    """The communities that a user is in, by key; a platform administrator sees all: two queries."""
    with across_communities("somebody chooses among their own communities"):
        places = Member.objects.filter(person__user_id=user.pk, left_at=None).values_list("community_id", flat=True)
        ids = set(places)
    rows = Community.objects.all() if user.is_superuser else Community.objects.filter(pk__in=ids)
    return list(rows.order_by("key"))
