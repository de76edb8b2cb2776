"""One group: how it stands at a glance, then what every module has to say of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearth.blueprint.registry import APPLY
from hearth.console.wording import reason
from hearth.core.permissions import RUN_COMMUNITY, demand, may
from hearth.core.texts import best
from hearth.groups.access import group_for
from hearth.groups.queries import keepers_of
from hearth.groups.queries.operating import closure_of
from hearth.groups.registry import CLOSE_GROUP, MANAGE_GROUP, REGROUP
from hearth.insight.queries.pulse import pulses_of
from hearth.ui.pages import page
from hearth.ui.panels import panels_of

LOW, HIGH = 0.15, 0.4  # where the words change; the number stands beside them


@require_safe
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """The page of a group; a fixed number of queries."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, RUN_COMMUNITY.key)
    found = group_for(actor, group_id)
    closure = closure_of(found.pk)
    pulse = pulses_of([found.pk]).get(found.pk)
    context: dict[str, Any] = {
        "nav_active": "groups",
        "page_title": best(found.name) or found.key,
        "group": found,
        "place": best(found.place.name) if found.place else "",
        "pulse": pulse,
        "risk": _risk(pulse.risk if pulse else None),
        "keepers": keepers_of([found.pk]).get(found.pk, []),
        "closure": closure,
        "closed_why": reason(closure.why) if closure else "",
        "may_manage": may(actor, MANAGE_GROUP.key),
        "may_copy": may(actor, APPLY.key),
        "may_regroup": may(actor, REGROUP.key),
        "may_close": may(actor, CLOSE_GROUP.key),
        "panels": panels_of("console.group", request, found),
        "share_taken": _share(found.member_count, found.capacity),
        "no_keeper": _("nobody"),
    }
    return page(request, "console/group.html", context)


def _risk(risk: float | None) -> dict[str, str] | None:
    """The risk of falling silent within eight weeks in a word beside its number; None where it is not known."""
    if risk is None:
        return None
    word = _("low") if risk < LOW else _("raised") if risk < HIGH else _("high")
    return {"word": word, "percent": f"{100 * risk:.0f} %"}


def _share(members: int, capacity: int | None) -> int | None:
    return None if not capacity else min(100, round(100 * members / capacity))
