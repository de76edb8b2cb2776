"""Background entry points."""

from collections.abc import Callable

from hearth.core.jobs import JobRun, job
from hearth.core.middleware import resolve_actor
from hearth.core.models import Community
from hearth.core.permissions import Actor
from hearth.core.tenancy import across_communities, community_scope
from hearth.people.queries.days import today_here
from hearth.people.services import expire_verifications
from hearth.people.services.deciding import settle_opinion
from hearth.people.services.erasing import erase_person, queue_due_erasures
from hearth.people.services.exports import drop_old_exports, write_own_export
from hearth.people.services.keeping import (
    close_unanswered,
    remind_of_endings,
    reseal_evidence,
    shred_old_evidence,
    sweep_sealed_files,
)
from hearth.people.services.mail_proof import send_mail_code
from hearth.people.services.roster_back import take_lines_back
from hearth.people.services.roster_lines import bring_lines_in
from hearth.people.services.rosters import remove_old_rosters, try_roster


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


@job("people.export_own", title="Put together what is held of a person", lane="long", lease=300, owed=True)
def export_own(run: JobRun, *, export: int, member: int) -> dict[str, int]:
    """At once, when somebody asks for their data."""
    return {"bytes": write_own_export(export, member, run.progress)}


@job("people.erase_person", title="Erase a person who asked for it", attempts=5, lane="long", lease=300, owed=True)
def erase(run: JobRun, *, erasure: int) -> dict[str, bool]:
    """When the days of grace are over."""
    return {"erased": erase_person(erasure, run.progress)}


@job("people.due_erasures", title="Begin erasures that are due", cron="13 * * * *")
def due_erasures(run: JobRun) -> dict[str, int]:
    """Every hour: those that were held up or whose job was lost."""
    return {"due": queue_due_erasures()}


@job("people.try_roster", title="Look through a table of people", attempts=2, lane="long")
def look_through(run: JobRun, *, roster: int) -> dict[str, int]:
    """Before anything is brought in."""
    return try_roster(roster, run.progress)


@job("people.bring_roster_in", title="Bring members in", attempts=5, lane="long")
def bring_roster_in(run: JobRun, *, roster: int) -> dict[str, int]:
    """What the look-through found sound, in the name of whoever began it."""
    return bring_lines_in(_starter(run), roster, run.progress)


@job("people.take_roster_back", title="Take a table of people back", attempts=5, lane="long")
def take_roster_back(run: JobRun, *, roster: int) -> dict[str, int]:
    """Who has acted since is kept."""
    return take_lines_back(_starter(run), roster, run.progress)


@job("people.drop_exports", title="Remove files whose time is over", cron="41 3 * * *")
def drop_exports(run: JobRun) -> dict[str, int]:
    """Every night, in every community."""
    return {"dropped": _everywhere(run, drop_old_exports), "tables": _everywhere(run, remove_old_rosters)}


def _starter(run: JobRun) -> Actor:
    """Who began the job, with the rights they have now."""
    if run.row.community is None or run.row.created_by is None:
        return Actor(community_id=0)
    return resolve_actor(run.row.created_by, run.row.community) or Actor(community_id=run.row.community.pk)


def _everywhere(run: JobRun, act: Callable[[], int]) -> int:
    with across_communities("the job visits each community in turn"):
        communities = list(Community.objects.order_by("pk"))
    count = 0
    for done, community in enumerate(communities, 1):
        with community_scope(community):
            count += act()
        run.progress(done, len(communities))
    return count
