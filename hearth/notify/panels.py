"""What notify shows on Today: mails that did not arrive."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from hearth.core.permissions import may
from hearth.core.routing import link
from hearth.kit.clock import now
from hearth.notify.queries import failed_deliveries
from hearth.notify.registry import SEE_DELIVERIES
from hearth.ui.panels import AgendaItem, Urgency, Waiting, agenda_source

SHOWN = 5
LATELY = timedelta(days=14)


@agenda_source("notify.failed", gettext_lazy("Mails that did not arrive"), icon="mail", urgency=Urgency.HOUSE)
def failed(request: HttpRequest) -> Waiting:
    """Mails of the last two weeks that failed or whose fate is unknown."""
    actor = request.actor  # type: ignore[attr-defined]
    if not may(actor, SEE_DELIVERIES.key):
        return Waiting()
    rows = failed_deliveries(actor).filter(created_at__gte=now() - LATELY)
    found = list(rows[: SHOWN + 1])
    items = [
        AgendaItem(
            title=_("A mail to %(who)s did not arrive") % {"who": row.member.display_name},
            detail=row.error,
            url=link("console:member", row.member_id),
            action=_("Look"),
            since=row.created_at,
            who=(row.member.display_name, row.member_id),
        )
        for row in found[:SHOWN]
    ]
    return Waiting(items, len(found) if len(found) <= SHOWN else rows.count(), link("console:members"))
