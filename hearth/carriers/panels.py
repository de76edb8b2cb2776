"""What carriers show on Today: imports that ended and left lines out."""

from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from hearth.carriers.access import IMPORT
from hearth.carriers.queries.uploads import finished_with_rejections
from hearth.carriers.services.uploads import UPLOAD_LIMIT
from hearth.core.community_settings import value_of
from hearth.core.permissions import may
from hearth.core.routing import link
from hearth.kit.clock import now
from hearth.ui.panels import AgendaItem, Urgency, Waiting, agenda_source, panel

LATELY_DAYS = 14


@agenda_source("carriers.rejections", gettext_lazy("Imports with rejected lines"), icon="upload", urgency=Urgency.HOUSE)
def rejections(request: HttpRequest) -> Waiting:
    """Imports of the last two weeks that left something out."""
    items = []
    for upload in finished_with_rejections(request.actor):  # type: ignore[attr-defined]
        job = upload.loading
        if job is None or job.finished_at is None or (now() - job.finished_at).days >= LATELY_DAYS:
            continue
        count = job.result["rejected"]
        said = ngettext("%(n)d line was left out.", "%(n)d lines were left out.", count) % {"n": count}
        items.append(
            AgendaItem(
                title=_("“%(name)s” was imported") % {"name": upload.name},
                detail=said,
                url=link("console:upload", upload.pk),
                action=_("See which"),
                since=job.finished_at,
            )
        )
    return Waiting(items, len(items))


@panel("carriers.drop", "console.empty", "carriers/console/drop.html", order=10)
def drop(request: HttpRequest, subject: object) -> dict[str, object] | None:
    """The drop zone, for a community in which nothing has been said yet."""
    if not may(request.actor, IMPORT.key):  # type: ignore[attr-defined]
        return None
    return {"limit": value_of(UPLOAD_LIMIT), "form": None}
