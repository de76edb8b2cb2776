"""What talk does by the clock."""

from hearth.conversation.services.attachments import sweep_orphans
from hearth.core.jobs import JobRun, job
from hearth.core.models import Community
from hearth.core.tenancy import across_communities, community_scope


@job("conversation.sweep_uploads", title="Remove files that were never posted", cron="23 3 * * *")
def sweep_uploads(run: JobRun) -> dict[str, int]:
    """Once a night, in every community."""
    with across_communities("the nightly sweep visits each community in turn"):
        communities = list(Community.objects.all())
    rows = files = 0
    for done, community in enumerate(communities, 1):
        with community_scope(community):
            gone = sweep_orphans()
        rows, files = rows + gone[0], files + gone[1]
        run.progress(done, len(communities))
    return {"rows": rows, "files": files}
