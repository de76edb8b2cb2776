"""Background entry points."""

from typing import Any

from hearth.core.jobs import JobRun, job
from hearth.core.models import Community
from hearth.core.tenancy import community_scope
from hearth.groups.services.waiting import draw_due, lapse_offers


@job("groups.give_places", title="Draw choices that are due and pass on places nobody took", cron="* * * * *")
def give_places(run: JobRun) -> dict[str, Any]:
    """Every minute, in every community: two questions to the database where nothing is due."""
    drawn, lapsed = 0, 0
    for community in Community.objects.order_by("pk"):
        with community_scope(community):
            drawn, lapsed = drawn + draw_due(), lapsed + lapse_offers()
    return {"drawn": drawn, "lapsed": lapsed}
