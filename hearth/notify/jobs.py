"""Background entry points."""

from typing import Any

from hearth.core.jobs import JobRun, job
from hearth.core.models import Community
from hearth.core.tenancy import community_scope
from hearth.kit.clock import now
from hearth.notify.models import Outcome
from hearth.notify.queries import due_members
from hearth.notify.services import close_lost_deliveries, send_digest


@job("notify.send_digests", title="Send mail digests", attempts=1, lease=300, cron="7 * * * *")
def send_digests(run: JobRun) -> dict[str, Any]:
    """Every hour: mail what is new to everybody whose local hour has come. Returns counts by outcome."""
    counts = dict.fromkeys(Outcome.values, 0)
    done = 0
    for community in Community.objects.order_by("pk"):
        with community_scope(community):
            close_lost_deliveries()
            for member, user, period in due_members(community, now()):
                delivery = send_digest(member, user, period)
                if delivery is not None:
                    counts[delivery.outcome] += 1
                done += 1
                run.progress(done)
    return counts
