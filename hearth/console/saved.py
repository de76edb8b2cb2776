"""Where the console's lists keep their saved views."""

from collections.abc import Sequence

from django.http import HttpRequest

from hearth.core.saved_views import may_remove, remove_view, save_view, views_of
from hearth.ui.lists import SavedView


class ConsoleViews:
    """A reader's own views and those shared with all staff, in the database."""

    def listed(self, request: HttpRequest, list_key: str) -> Sequence[SavedView]:
        """One query."""
        actor = request.actor  # type: ignore[attr-defined]
        return [
            SavedView(
                str(row.pk),
                row.name,
                row.query,
                removable=may_remove(actor, row),
                shared=row.shared,
                own=row.owner_id == actor.user_id,
            )
            for row in views_of(actor, list_key)
        ]

    def save(self, request: HttpRequest, list_key: str, name: str, query: str, *, shared: bool) -> None:
        """Keep a view of the reader's."""
        save_view(request.actor, list_key, name, query, shared=shared)  # type: ignore[attr-defined]

    def remove(self, request: HttpRequest, list_key: str, key: str) -> None:
        """Forget one that the reader may remove."""
        if key.isascii() and key.isdigit() and len(key) < 19:
            remove_view(request.actor, list_key, int(key))  # type: ignore[attr-defined]


VIEWS = ConsoleViews()
