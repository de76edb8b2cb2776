"""How copied communities do: how far each drifted from this one, and its numbers beside this one's."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from hearth.blueprint.queries.community_drifting import CommunityDrift, drift_of_communities
from hearth.blueprint.queries.copies import BatchState
from hearth.console.pages.blueprint import SHOWN
from hearth.console.pages.copy_report import difference_told, measured, report_file, report_shown
from hearth.core.models import Community
from hearth.core.tenancy import community_scope
from hearth.core.texts import best
from hearth.groups.queries import has_open_groups
from hearth.insight.queries.readings import COMMUNITY as WHOLE
from hearth.ui.pages import page


def console_of(community: Community) -> str:
    """The address of the console of another community."""
    return reverse("console:today", kwargs={"community": community.key})


def community_places(state: BatchState) -> dict[str, tuple[str, bool]]:
    """Key of a copied community → its console, and whether it is closed: no group stands open there."""
    found = {}
    for one in state.copies:
        if one.copy.founded is not None:
            with community_scope(one.copy.founded):
                found[one.copy.key] = (console_of(one.copy.founded), not has_open_groups())
    return found


def _numbers(community: Community) -> list[str]:
    with community_scope(community):
        return measured([WHOLE], "community")[WHOLE]


def _row(drift: CommunityDrift) -> dict[str, Any]:
    return {
        "url": console_of(drift.community),
        "key": drift.copy.key,
        "name": best(drift.community.name) or drift.copy.key,
        "batch": drift.copy.batch.number,
        "differences": [difference_told(one, "") for one in drift.differences],
        "numbers": _numbers(drift.community),
    }


@require_safe
def community_copies(request: HttpRequest) -> HttpResponseBase:
    """This community first, then its copies, those nearest to it before those that went their own way."""
    here: Community = request.community  # type: ignore[attr-defined]
    drifts = drift_of_communities(request.actor)  # type: ignore[attr-defined]
    rows = [_row(one) for one in (drifts if "export" in request.GET else drifts[:SHOWN])]
    if "export" in request.GET:
        return report_file(here.key, rows)
    shown = report_shown(best(here.name) or here.key, _numbers(here), rows, len(drifts))
    return page(request, "console/community_copies.html", {"nav_active": "settings", **shown})
