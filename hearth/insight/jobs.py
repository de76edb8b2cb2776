"""Measuring as long work: each hour, and after an import."""

from typing import Any

from hearth.core.jobs import JobRun, enqueue, job
from hearth.core.models import Community, Fact
from hearth.core.reactions import on
from hearth.core.tenancy import community_scope
from hearth.insight.services import refresh_pulse


@job("insight.refresh_pulse", title="Measure every group", attempts=2, lease=300, quick=False)
def run_refresh(run: JobRun) -> dict[str, Any]:
    """Measure the job's community."""
    found = refresh_pulse(lambda done, total: run.progress(done, total))
    return {"groups": len(found.groups), "messages": found.messages}


@job("insight.refresh_all", title="Measure every community", cron="17 * * * *")
def run_refresh_all(run: JobRun) -> dict[str, Any]:  # noqa: ARG001
    """Queue the measuring of each community."""
    for community in Community.objects.all():
        with community_scope(community):
            enqueue("insight.refresh_pulse", unique_key=f"community:{community.pk}")
    return {}


@on("carriers.archive_imported", key="insight.measure_after_import", historical=True)
def measure_after_import(fact: Fact) -> None:
    """An import changed the past: measure again."""
    enqueue("insight.refresh_pulse", unique_key=f"community:{fact.community_id}")
