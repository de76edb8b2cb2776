"""How copied communities do: how far each drifted from this one, and its numbers beside this one's."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from hearth.blueprint.access import actor_in
from hearth.blueprint.queries.community_drifting import (
    CommunityDrift,
    drift_of_communities,
    plan_of_community_update,
)
from hearth.blueprint.queries.copies import BatchState
from hearth.blueprint.services import begin_revision, fingerprint
from hearth.blueprint.types import Plan
from hearth.console.pages.blueprint import SHOWN, plan_shown
from hearth.console.pages.copy_report import UpdateForm, difference_told, measured, report_file, report_shown
from hearth.core.models import Community
from hearth.core.routing import link
from hearth.core.tenancy import community_scope
from hearth.core.texts import best
from hearth.groups.queries import has_open_groups
from hearth.insight.queries.readings import COMMUNITY as WHOLE
from hearth.ui.attempts import attempt, errors_of
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
        "behind": len(drift.behind),
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


@require_http_methods(["GET", "HEAD", "POST"])
def community_copies_update(request: HttpRequest) -> HttpResponse:
    """The plan that brings one copy up to date, and applying it there: a revision of the copy's own history."""
    here: Community = request.community  # type: ignore[attr-defined]
    actor = request.actor  # type: ignore[attr-defined]
    key = (request.POST or request.GET).get("key", "")
    found = drift_of_communities(actor, key) if key else []
    plan = plan_of_community_update(actor, found[0]) if found else Plan()
    form = UpdateForm(request.POST or None, initial={"seen": fingerprint(plan)})

    def act(given: dict[str, Any]) -> dict[str, Any]:
        there = found[0].community if found else here
        with community_scope(there):
            row = begin_revision(actor_in(actor, there), plan, source=here.key, upkeep=True, seen=given["seen"])
        return {"community": there.key, "number": row.number}

    if request.method == "POST":
        done = attempt(request, form, act)
        if done is not None:
            return redirect(reverse("console:blueprint-applied", kwargs=done))
        messages.error(request, errors_of(form))
        return redirect(link("console:community-copies"))
    copy = best(found[0].community.name) or key if found else ""
    about = {
        "nav_active": "settings",
        "page_title": pgettext("community", "Bring up to date"),
        "key": key,
        "copy": copy,
    }
    return page(request, "console/community_copies_update.html", about | {"form": form} | plan_shown(plan))
