"""Saved views of lists: the query string of a list's state under a name, for oneself or for all staff."""

from collections.abc import Sequence

from django.db.models import Q

from hearth.core.models import SavedView
from hearth.core.permissions import Actor

QUERY_LENGTH = 2000


def views_of(actor: Actor, page: str) -> Sequence[SavedView]:
    """The actor's own views of a list and those shared with them, by name: one query."""
    rows = SavedView.objects.filter(Q(owner_id=actor.user_id) | Q(shared=True), page=page)
    return list(rows.order_by("name", "pk"))


def save_view(actor: Actor, page: str, name: str, query: str, *, shared: bool = False) -> SavedView:
    """Keep a view; the same name again replaces it."""
    row, _made = SavedView.objects.update_or_create(
        owner_id=actor.user_id, page=page, name=name, defaults={"query": query[:QUERY_LENGTH], "shared": shared}
    )
    return row


def remove_view(actor: Actor, page: str, view_id: int) -> None:
    """Forget one of the actor's own views; anybody else's stays."""
    SavedView.objects.filter(owner_id=actor.user_id, page=page, pk=view_id).delete()
