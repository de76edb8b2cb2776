"""Measuring as long work: each hour, and after an import."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import orjson

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.queries import open_archive
from hearth.carriers.queries.uploads import path_of, report_of, upload_of_job
from hearth.carriers.types import ImportMapping
from hearth.core.errors import NotFound
from hearth.core.jobs import JobRun, enqueue, job
from hearth.core.models import Community, Fact
from hearth.core.reactions import on
from hearth.core.tenancy import community_scope, current_community_id
from hearth.insight.queries.archive import diagnose_archive
from hearth.insight.queries.pulse import stored
from hearth.insight.queries.readings import measured_day, today_of_community
from hearth.insight.queries.weekly import due_since, has_report, is_report_due
from hearth.insight.rules.weekly import week_of
from hearth.insight.services import refresh_pulse
from hearth.insight.services.goals import judge_goals
from hearth.insight.services.maturity import judge_maturity
from hearth.insight.services.value_lines import judge_metric_lines
from hearth.insight.services.weekly import keep_weekly_report
from hearth.insight.types import Stage
from hearth.kit.clock import now


@job("insight.refresh_pulse", title="Measure every group", attempts=2, lease=300, lane="long")
def run_refresh(run: JobRun) -> dict[str, Any]:
    """Measure the job's community."""
    found = refresh_pulse(run.progress)
    return {"groups": len(found.groups), "messages": found.messages}


@job("insight.refresh_all", title="Measure every community", cron="17 * * * *")
def run_refresh_all(run: JobRun) -> dict[str, Any]:
    """Queue the measuring of each community."""
    return _queue_everywhere("insight.refresh_pulse")


@job("insight.refresh_people", title="Measure how members take part", attempts=2, lease=300, lane="long")
def run_refresh_people(run: JobRun) -> dict[str, Any]:
    """Measure the people of the job's community."""
    # The engines are loaded when they are used: no other process should carry them.
    found = import_module("hearth.insight.services.people").refresh_people(run.progress)
    return {"people": found.people}


@job("insight.refresh_all_people", title="Measure how members take part, everywhere", cron="47 * * * *")
def run_refresh_all_people(run: JobRun) -> dict[str, Any]:
    """Queue the measuring of each community's people."""
    return _queue_everywhere("insight.refresh_people")


@job("insight.refresh_metrics", title="Compute every metric", attempts=2, lease=600, lane="background")
def run_refresh_metrics(run: JobRun) -> dict[str, Any]:
    """Bring the readings of the job's community to the present day."""
    found = import_module("hearth.insight.services.measuring").refresh_metrics(
        lambda step, done, total: run.progress(done, total, note=step)
    )
    judge_goals(now())
    judge_metric_lines()
    judge_maturity(now())
    _queue_report(Community.objects.get(pk=current_community_id()))
    return {"through": found.through, "day": found.today}


@job(
    "insight.refresh_all_metrics", title="Compute the metrics of every community whose day has begun", cron="7 * * * *"
)
def run_refresh_all_metrics(run: JobRun) -> dict[str, Any]:
    """Queue each community once a day, after midnight in its own zone."""
    return _queue_everywhere("insight.refresh_metrics", lambda: measured_day() != today_of_community())


@job("insight.weekly_report", title="Write the weekly report", attempts=2, lease=300, lane="long")
def run_weekly_report(run: JobRun) -> dict[str, Any]:
    """Write and keep this week's report of the job's community, unless it is there."""
    community = Community.objects.get(pk=current_community_id())
    due = due_since(community)
    if due is None or has_report(week := week_of(due.date())):
        return {"report": None}
    # Pages are worded where they are shown; the worker loads that once a week.
    sheets = import_module("hearth.insight.web.weekly").in_every_language(community)
    kept = keep_weekly_report(week, sheets)
    return {"report": kept.pk if kept else None}


@job("insight.weekly_reports", title="Write the weekly reports that are due", cron="37 * * * *")
def run_weekly_reports(run: JobRun) -> dict[str, Any]:
    """Queue the report of each community whose hour has come, however long ago."""
    for community in Community.objects.all():
        with community_scope(community):
            _queue_report(community)
    return {}


def _queue_report(community: Community) -> None:
    if is_report_due(community):
        enqueue("insight.weekly_report", unique_key=f"community:{community.pk}")


def _queue_everywhere(name: str, is_due: Callable[[], bool] = lambda: True) -> dict[str, Any]:
    for community in Community.objects.all():
        with community_scope(community):
            if is_due():
                enqueue(name, unique_key=f"community:{community.pk}")
    return {}


SCALE = 1000  # progress is told in thousandths of the archive's bytes
COOLING = (Stage.DECLINING,)
COLD = (Stage.DEAD, Stage.DORMANT)


@job("insight.diagnose_upload", title="Diagnose an archive", attempts=2, lease=300, lane="long")
def run_diagnose_upload(run: JobRun, *, upload: int) -> dict[str, Any]:
    """Diagnose an uploaded archive; the whole diagnosis goes to a file beside it, the result is a summary.

    An archive that cannot be read is a result too (``refused``), with the head of its table where it has one.
    """
    row = upload_of_job(run.row.pk)
    if row is None:
        raise NotFound()
    mapping = ImportMapping(**row.mapping)
    try:
        found = diagnose_archive(
            path_of(row), mapping, progress=lambda part, count: run.progress(int(part * SCALE), SCALE, note=str(count))
        )
    except ArchiveRefused as refused:
        sample = _head_of(row, mapping)
        return {"refused": {"code": refused.code, "params": refused.params}, "sample": sample}
    run.progress(SCALE, SCALE, note=str(found.messages))
    target = report_of(row)
    draft = target.with_suffix(".draft")
    draft.write_bytes(orjson.dumps(stored(found)))
    draft.rename(target)
    stages = [group.stage for group in found.groups]
    return {
        "groups": len(found.groups),
        "messages": found.messages,
        "members": found.members,
        "rejected": found.rejected,
        "cooling": sum(stage in COOLING for stage in stages),
        "cold": sum(stage in COLD for stage in stages),
        "format": found.format,
    }


def _head_of(row: Any, mapping: ImportMapping) -> dict[str, Any] | None:
    try:
        with open_archive(path_of(row), ImportMapping(encoding=mapping.encoding)) as archive:
            sample = archive.sample()
    except ArchiveRefused:
        return None
    if sample is None:
        return None
    rows = [[cell[:120] for cell in cells] for cells in sample.rows[:6]]
    return {"columns": list(sample.columns), "rows": rows, "mapping": dict(sample.mapping.columns)}


@on("carriers.archive_imported", key="insight.measure_after_import", historical=True)
def measure_after_import(fact: Fact) -> None:
    """An import changed the past: measure again."""
    for name in ("insight.refresh_pulse", "insight.refresh_people", "insight.refresh_metrics"):
        enqueue(name, unique_key=f"community:{fact.community_id}")
