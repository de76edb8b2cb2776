"""Uploaded archives: listed, with where each stands. Needs Django, unlike reading archives."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from hearth.carriers.access import IMPORT
from hearth.carriers.models import Purpose, Upload
from hearth.core.models import Job
from hearth.core.permissions import Actor, demand, may

OPEN = ("waiting", "running")


def folder() -> Path:
    """Where uploads lie."""
    return Path(settings.HEARTH_HOME) / "uploads"


def path_of(upload: Upload) -> Path:
    """Where an upload's file lies. Raises FileNotFoundError once it was removed."""
    if not upload.stored:
        raise FileNotFoundError(upload.name)
    return folder() / upload.stored


def rejections_of(upload: Upload) -> Path:
    """Where the rejected lines of an upload are written, one JSON object a line."""
    return folder() / str(upload.community_id) / str(upload.key) / "rejected.ndjson"


def report_of(upload: Upload) -> Path:
    """Where the diagnosis of an upload is kept."""
    return folder() / str(upload.community_id) / str(upload.key) / "diagnosis.json"


def uploads(actor: Actor) -> QuerySet[Upload]:
    """Every upload with its jobs: order and slice it. Raises NotAllowed."""
    demand(actor, IMPORT.key)
    return Upload.objects.select_related("trial", "loading", "diagnosis")


def newest_uploads(actor: Actor, purpose: str = "", limit: int = 10) -> list[Upload]:
    """The newest uploads, of one purpose if given; none for those who may not import: one query."""
    if not may(actor, IMPORT.key):
        return []
    rows = uploads(actor).order_by("-pk")
    return list((rows.filter(purpose=purpose) if purpose else rows)[:limit])


def imported_since(since: datetime) -> list[tuple[datetime, str]]:
    """Archives that were brought in: (when that ended, from where), in no order; one query."""
    rows = Upload.objects.filter(loading__state="done", loading__finished_at__gte=since).order_by()
    return list(rows.values_list("loading__finished_at", "source"))


def same_before(upload: Upload) -> Upload | None:
    """An earlier upload with the same content that was imported to its end, or None."""
    if not upload.digest:
        return None
    same = Upload.objects.filter(digest=upload.digest, loading__state="done").exclude(pk=upload.pk)
    return same.select_related("loading").order_by("-pk").first()


def upload_of_job(job_id: int) -> Upload | None:
    """The upload that a job works on, or None."""
    for name in ("trial", "loading", "diagnosis"):
        found = Upload.objects.filter(**{f"{name}_id": job_id}).first()
        if found is not None:
            return found
    return None


def finished_with_rejections(actor: Actor, limit: int = 10) -> list[Upload]:
    """Imports of the last weeks that ended and left something out: one query."""
    return [
        upload
        for upload in newest_uploads(actor, Purpose.IMPORT, 50)
        if upload.loading and upload.loading.state == "done" and upload.loading.result.get("rejected")
    ][:limit]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an upload stands: a code for its state and the job that matters now."""

    code: str  # checking, check_failed, unreadable, ready, importing, imported, import_failed, stopped,
    #            diagnosing, diagnosed, diagnosis_failed
    job: Job | None

    @property
    def is_open(self) -> bool:
        """Whether a job waits or runs."""
        return self.job is not None and self.job.state in OPEN


def standing_of(upload: Upload) -> Standing:
    """The state of an upload, from its jobs."""
    found = upload.diagnosis if upload.loading is None else None
    if found is not None and (upload.purpose == Purpose.DIAGNOSE or found.state in OPEN):
        return Standing(_code(found, "diagnosing", "diagnosed", "diagnosis_failed"), found)
    if upload.loading is not None:
        return Standing(_code(upload.loading, "importing", "imported", "import_failed"), upload.loading)
    if upload.trial is None:
        return Standing("checking", None)
    code = _code(upload.trial, "checking", "ready", "check_failed")
    return Standing(code, upload.trial)


def _code(job: Job, under_way: str, done: str, failed: str) -> str:
    if job.state in OPEN:
        return under_way
    if job.state == "done":
        return "unreadable" if job.result.get("refused") else done
    return "stopped" if job.state == "cancelled" else failed


def result_of(job: Job | None) -> dict[str, Any]:
    """A job's result once it is done, else nothing."""
    return job.result if job is not None and job.state == "done" else {}
