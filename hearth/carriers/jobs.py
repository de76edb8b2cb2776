"""Imports as long work: shown with progress, left and come back to, cancelled, resumed after a crash."""

from pathlib import Path
from typing import Any

from hearth.carriers.services import ImportOptions, ImportReport, import_archive
from hearth.carriers.types import ImportMapping
from hearth.core.jobs import JobRun, job
from hearth.core.permissions import house_actor

SCALE = 1000  # progress is told in thousandths of the archive's bytes


@job("carriers.import_archive", title="Import a community's history", attempts=5, lease=120, quick=False)
def run_import(
    run: JobRun,
    *,
    path: str,
    mapping: dict[str, Any] | None = None,
    format: str | None = None,  # noqa: A002
    source: str = "",
    rejections: str = "",
    pause: float = 0.0,
) -> dict[str, Any]:
    """Bring the archive at ``path`` into the job's community; the result is the report."""
    actor = house_actor(run.row.community_id or 0)
    options = ImportOptions(
        mapping=ImportMapping(**(mapping or {})),
        format=format,
        source=source,
        rejections=Path(rejections) if rejections else None,
        pause=pause,
    )

    def step(checkpoint: dict[str, Any], report: ImportReport, progress: float) -> None:
        run.checkpoint(checkpoint)
        run.progress(int(progress * SCALE), SCALE, note=str(report.messages))

    report = import_archive(actor, path, options, checkpoint=run.row.checkpoint or None, step=step, job=run.row.pk)
    return report.as_json()
