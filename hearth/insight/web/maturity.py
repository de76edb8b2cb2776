"""The page of the community's maturity. It only shows: there is no way to type a stage."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearth.insight.queries.maturity import maturity_at
from hearth.insight.queries.maturity_words import NAMES
from hearth.insight.rules.maturity import SUCCESSFUL
from hearth.insight.web.presenting_maturity import in_short, stage_rows
from hearth.kit.clock import now
from hearth.ui.pages import page


@require_safe
def maturity(request: HttpRequest) -> HttpResponse:
    """Seven stages with their conditions, what is there and what is missing."""
    found = maturity_at(now())
    context = {
        "nav_active": "maturity",
        "page_title": _("Maturity"),
        "number": int(found.stage),
        "name": NAMES[found.stage],
        "since": found.since,
        "successful": found.stage >= SUCCESSFUL,
        "short": in_short(found),
        "rows": stage_rows(found),
    }
    return page(request, "insight/console/maturity.html", context)
