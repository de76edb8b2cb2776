"""In which communities somebody has a place."""

from typing import Any

from hearth.core.models import Community
from hearth.people.queries import communities_of_user


def communities_of(user: Any) -> list[Community]:
    """The communities that a user is in, by key; a platform administrator sees all: at most two queries."""
    rows = Community.objects.all()
    if not user.is_superuser:
        rows = rows.filter(pk__in=communities_of_user(user.pk))
    return list(rows.order_by("key"))
