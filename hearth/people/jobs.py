"""Background entry points."""

from hearth.core.jobs import JobRun, job
from hearth.people.services import expire_verifications


@job("people.expire_verifications", title="End credentials whose date has passed", cron="20 0 * * *")
def expire(run: JobRun) -> dict[str, int]:
    """Once a day: end every badge whose date has passed."""
    return {"ended": expire_verifications()}
