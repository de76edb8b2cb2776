"""Background entry points."""

from typing import Any

from hearth.core.jobs import JobRun, job
from hearth.core.models import Community
from hearth.core.tenancy import community_scope
from hearth.groups.services.regrouping import carry_out
from hearth.groups.services.standings import judge_rhythms
from hearth.groups.services.waiting import draw_due, lapse_offers
from hearth.kit.clock import now


@job("groups.give_places", title="Draw choices that are due and pass on places nobody took", cron="* * * * *")
def give_places(run: JobRun) -> dict[str, Any]:
    """Every minute, in every community: two questions to the database where nothing is due."""
    drawn, lapsed = 0, 0
    for community in Community.objects.order_by("pk"):
        with community_scope(community):
            drawn, lapsed = drawn + draw_due(), lapsed + lapse_offers()
    return {"drawn": drawn, "lapsed": lapsed}


@job("groups.judge_value_lines", title="See which services were done in time", cron="13 * * * *")
def judge_value_lines(run: JobRun) -> dict[str, Any]:
    """Every hour, since each community's day begins at another: services that are done in a rhythm."""
    turned = 0
    for community in Community.objects.order_by("pk"):
        with community_scope(community):
            turned += judge_rhythms(now())
    return {"turned": turned}


@job("groups.regroup", title="Split or merge groups, or take that back", attempts=3, lease=120, lane="long")
def regroup(run: JobRun, *, regrouping: int) -> dict[str, int]:
    """Carry a regrouping out, or what is left of it; its moves are the checkpoint."""
    return carry_out(regrouping, run.progress)
