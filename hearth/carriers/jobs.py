"""Imports as long work: shown with progress, left and come back to, cancelled, resumed after a crash."""

from pathlib import Path
from typing import Any

from hearth.carriers.errors import ArchiveRefused
from hearth.carriers.queries import open_archive
from hearth.carriers.services import ImportOptions, ImportReport, import_archive, try_archive
from hearth.carriers.services.dry_run import DryRun
from hearth.carriers.services.uploads import remove_old_uploads
from hearth.carriers.types import ImportMapping, Sample
from hearth.core.jobs import JobRun, job
from hearth.core.models import Community
from hearth.core.permissions import house_actor
from hearth.core.tenancy import across_communities, community_scope

SCALE = 1000  # progress is told in thousandths of the archive's bytes


@job("carriers.import_archive", title="Import a community's history", attempts=5, lease=120, lane="long")
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


@job("carriers.remove_old_uploads", title="Remove uploaded archives whose time is over", cron="41 3 * * *")
def run_removal(run: JobRun) -> dict[str, int]:
    """Once a night, in every community, by its own setting."""
    with across_communities("the nightly removal visits each community in turn"):
        communities = list(Community.objects.all())
    removed = 0
    for done, community in enumerate(communities, 1):
        with community_scope(community):
            removed += remove_old_uploads()
        run.progress(done, len(communities))
    return {"removed": removed}


CHANNELS_TOLD = 400
FIRST_TOLD = 8


@job("carriers.try_archive", title="Look through an archive", attempts=2, lease=120, lane="long")
def run_trial(run: JobRun, *, path: str, mapping: dict[str, Any] | None = None, upload: int = 0) -> dict[str, Any]:
    """Read the archive at ``path`` without writing anything; the result is what an import would bring.

    An archive that cannot be read is a result too (``refused``), with the sample of its table where it has one.
    """
    declared = ImportMapping(**(mapping or {}))

    def tell(progress: float) -> None:
        run.progress(int(progress * SCALE), SCALE)

    try:
        told = _told(try_archive(path, declared, tell=tell))
    except ArchiveRefused as refused:
        told = {"refused": {"code": refused.code, "params": refused.params}, "sample": _sample_of(path, declared)}
    run.progress(SCALE, SCALE)
    return told


def _told(found: DryRun) -> dict[str, Any]:
    busiest = sorted(found.channels.items(), key=lambda pair: -pair[1])[:CHANNELS_TOLD]
    return {
        "report": found.report.as_json(),
        "channels": [[found.names.get(key) or key, count] for key, count in busiest],
        "first": [[one.channel, one.author, one.at_ms, one.text[:300]] for one in found.first[:FIRST_TOLD]],
        "sample": _plain(found.sample),
    }


def _plain(sample: Sample | None) -> dict[str, Any] | None:
    if sample is None:
        return None
    return {
        "columns": list(sample.columns),
        "rows": [[cell[:120] for cell in row] for row in sample.rows[:6]],
        "mapping": dict(sample.mapping.columns),
    }


def _sample_of(path: str, mapping: ImportMapping) -> dict[str, Any] | None:
    try:
        with open_archive(path, ImportMapping(encoding=mapping.encoding, delimiter=mapping.delimiter)) as archive:
            return _plain(archive.sample())
    except ArchiveRefused:
        return None
