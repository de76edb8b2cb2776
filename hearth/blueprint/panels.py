"""What blueprint shows on the page of a group: what it was copied from, and its own copies."""

from typing import Any

from django.http import HttpRequest

from hearth.blueprint.queries.lineage import copies_of, origin_of
from hearth.blueprint.registry import APPLY
from hearth.core.permissions import may
from hearth.core.texts import best
from hearth.groups.queries import group_with_key
from hearth.ui.panels import panel


@panel("blueprint.lineage", "console.group", "blueprint/console/lineage.html", place="side", order=80)
def lineage(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """Original and copies; nothing for a group that has neither."""
    if not may(request.actor, APPLY.key):  # type: ignore[attr-defined]
        return None
    batch, copies = origin_of(group.key), len(copies_of(group.key))
    if batch is None and not copies:
        return None
    original = group_with_key(batch.key) if batch else None
    return {
        "batch": batch,
        "original": original,
        "original_name": best(original.name) if original else "",
        "copies": copies,
    }
