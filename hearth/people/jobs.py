"""Background entry points."""

from collections.abc import Callable

from hearth.core.jobs import JobRun, job
from hearth.core.models import Community
from hearth.core.tenancy import across_communities, community_scope
from hearth.people.queries.days import today_here
from hearth.people.services import expire_verifications
from hearth.people.services.deciding import settle_opinion
from hearth.people.services.keeping import (
    close_unanswered,
    remind_of_endings,
    reseal_evidence,
    shred_old_evidence,
    sweep_sealed_files,
)
from hearth.people.services.mail_proof import send_mail_code


@job("people.expire_verifications", title="End credentials whose date has passed", cron="3 * * * *")
def expire(run: JobRun) -> dict[str, int]:
    """Every hour: end every badge whose last day is over where its community lives."""
    return {"ended": expire_verifications()}


@job("people.settle_opinion", title="Let a decision on a credential go out")
def settle(run: JobRun, *, opinion: int) -> dict[str, bool]:
    """A minute after a reviewer decided, unless the decision was taken back."""
    return {"settled": settle_opinion(opinion)}


@job("people.send_mail_code", title="Mail a code to an address at work", attempts=4)
def mail_code(run: JobRun, *, evidence: int) -> dict[str, bool]:
    """At once; again after a pause when the mail server is down."""
    return {"sent": send_mail_code(evidence)}


@job("people.remind_of_badges", title="Remind members whose badge ends soon", cron="30 8 * * *")
def remind(run: JobRun) -> dict[str, int]:
    """Every morning, and close what was not answered in time."""
    return {
        "reminded": _everywhere(run, lambda: remind_of_endings(today_here())),
        "closed": _everywhere(run, lambda: close_unanswered(today_here())),
    }


@job("people.shred_evidence", title="Destroy evidence whose time is over", cron="47 3 * * *", lane="long")
def shred(run: JobRun) -> dict[str, int]:
    """Every night, in every community."""
    return {
        "shredded": _everywhere(run, shred_old_evidence),
        "files": _everywhere(run, sweep_sealed_files),
    }


@job("people.reseal_evidence", title="Seal evidence with the newest key", cron="17 4 * * *", lane="long", attempts=5)
def reseal(run: JobRun) -> dict[str, int]:
    """Every night; there is something to do only after the keys were changed."""
    with across_communities("keys are the house's"):
        return {"sealed": reseal_evidence(run)}


def _everywhere(run: JobRun, act: Callable[[], int]) -> int:
    with across_communities("the job visits each community in turn"):
        communities = list(Community.objects.order_by("pk"))
    count = 0
    for done, community in enumerate(communities, 1):
        with community_scope(community):
            count += act()
        run.progress(done, len(communities))
    return count
