"""Saved views of lists: the query string of a list's state under a name, for oneself or for all staff."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from hearth.core import audit
from hearth.core.errors import NotAllowed, NotFound
from hearth.core.models import SavedView
from hearth.core.permissions import TIDY_VIEWS, Actor, may

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


def may_remove(actor: Actor, view: SavedView) -> bool:
    """One's own; of others' the shared ones, by those who tidy."""
    return view.owner_id == actor.user_id or (view.shared and may(actor, TIDY_VIEWS.key))


@transaction.atomic
def remove_view(actor: Actor, page: str, view_id: int) -> None:
    """Forget a view; somebody else's with an audit row. One that is gone already stays gone.

    Raises NotFound for somebody else's own view, NotAllowed for a shared one.
    """
    view = SavedView.objects.filter(page=page, pk=view_id).first()
    if view is None:
        return
    if not may_remove(actor, view):
        raise NotAllowed() if view.shared else NotFound()
    if view.owner_id != actor.user_id:
        before = {"page": page, "query": view.query, "owner": f"user:{view.owner_id}"}
        audit.record(actor, "view_removed", f"view:{view.pk}", before=before)
    view.delete()
