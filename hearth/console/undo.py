"""What a reader did last to many things at once: kept in their session until taken back, or for an hour."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest

from hearth.core.routing import link
from hearth.kit.clock import now, to_ms

KEPT = 5
MILLISECONDS = 3600 * 1000
PLACE = "console_undo"


def keep_undo(request: HttpRequest, kind: str, what: list[Any], route: str = "console:groups-undo") -> str:
    """Remember how to take something back by ``route``; the address that does it, '' when nothing was done."""
    if not what:
        return ""
    key = uuid4().hex
    community = request.community.pk  # type: ignore[attr-defined]
    entry = {"key": key, "kind": kind, "what": what, "at": to_ms(now()), "community": community}
    request.session[PLACE] = [*request.session.get(PLACE, []), entry][-KEPT:]
    return link(route, key)


def take_undo(request: HttpRequest, key: str) -> dict[str, Any] | None:
    """What was remembered under ``key``, once; None when it is gone, too old or of another community."""
    kept = request.session.get(PLACE, [])
    found = next((entry for entry in kept if entry["key"] == key), None)
    if found is None or found["community"] != request.community.pk:  # type: ignore[attr-defined]
        return None
    request.session[PLACE] = [entry for entry in kept if entry["key"] != key]
    return found if to_ms(now()) - found["at"] <= MILLISECONDS else None
