"""Archives that come through the browser: kept, tried, imported, diagnosed, removed."""

import hashlib
import os
import re
import shutil
import unicodedata
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from hearth.carriers.access import IMPORT
from hearth.carriers.models import Purpose, Upload
from hearth.carriers.queries.uploads import OPEN, folder, path_of, rejections_of
from hearth.core import audit
from hearth.core.community_settings import declare, value_of
from hearth.core.errors import Conflict, Refusal
from hearth.core.jobs import ask_cancel, enqueue
from hearth.core.models import Job
from hearth.core.permissions import Actor, demand, house_actor
from hearth.kit.clock import now
from hearth.kit.ids import new_key

UPLOAD_LIMIT = declare(
    "carriers.upload_limit_mb",
    "Largest archive to upload",
    help="In megabytes. Larger ones are imported with “hearth import” on the server.",
    kind="int",
    default=2048,
    minimum=1,
    maximum=102_400,
)
UPLOAD_DAYS = declare(
    "carriers.upload_days",
    "Days an uploaded archive is kept",
    help="Then the file and its diagnosis are removed. What was imported stays.",
    kind="int",
    default=30,
    minimum=1,
    maximum=3650,
)
_ODD = re.compile(r"[^\w.\-() ]+")
MEGABYTE = 1024 * 1024
CHUNK = 1 << 20


def safe_name(name: str) -> str:
    """A file name without a path, control characters or surprises; its ending stays."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    return _ODD.sub("_", plain).strip(" .")[-120:] or "archive"


def keep_upload(actor: Actor, file: "UploadedFile[Any]", *, purpose: str) -> Upload:
    """Keep an uploaded archive on disk and begin to look at it. Raises NotAllowed, Refusal when it is too large.

    The file is written before the row: a crash in between leaves a file that nobody knows, never a row without one.
    """
    demand(actor, IMPORT.key)
    limit = value_of(UPLOAD_LIMIT)
    if purpose not in Purpose.values:
        raise Refusal("Choose one of the values offered.", field="purpose")
    if not file.size:
        raise Refusal("The file is empty. Choose another one.", field="file")
    if file.size > limit * MEGABYTE:
        raise Refusal(
            "The file is larger than %(limit)s MB. Split it, or import it on the server.", field="file", limit=limit
        )
    key, name = new_key(), safe_name(file.name or "")
    target = folder() / str(actor.community_id) / str(key) / name
    digest = _write(file, target)
    with transaction.atomic():
        upload = Upload.objects.create(
            key=key,
            name=name,
            size=file.size,
            digest=digest,
            stored=str(target.relative_to(folder())),
            purpose=purpose,
            by=actor.ref,
        )
        after = {"size": file.size, "purpose": purpose, "digest": digest[:16]}
        audit.record(actor, "archive_uploaded", f"upload:{upload.pk}", after=after)
        return start_diagnosis(actor, upload) if purpose == Purpose.DIAGNOSE else try_upload(actor, upload)


def _write(file: "UploadedFile[Any]", target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    draft = target.with_name(".draft")
    with draft.open("wb") as out:
        for chunk in file.chunks(CHUNK):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    draft.rename(target)
    return digest.hexdigest()


@transaction.atomic
def try_upload(actor: Actor, upload: Upload, mapping: dict[str, Any] | None = None) -> Upload:
    """Read an upload without writing anything, with what the operator declared about its columns.

    Raises NotAllowed, Conflict while an import of it runs and once the file was removed.
    """
    demand(actor, IMPORT.key)
    _hold(upload)
    _not_loading(upload)
    upload.purpose = Purpose.IMPORT
    if mapping is not None:
        upload.mapping = mapping
    if upload.trial is not None and upload.trial.state in OPEN:
        ask_cancel(actor, upload.trial.pk)
    upload.trial = enqueue(
        "carriers.try_archive", actor=actor, path=str(path_of(upload)), mapping=upload.mapping, upload=upload.pk
    )
    upload.save(update_fields=["mapping", "trial", "purpose"])
    return upload


@transaction.atomic
def start_import(actor: Actor, upload: Upload, *, source: str = "") -> Upload:
    """Bring an upload in. ``source`` names where it comes from: the same name recognises what is there already.

    Raises NotAllowed, Conflict while it is being imported and once the file was removed.
    """
    demand(actor, IMPORT.key)
    _hold(upload)
    _not_loading(upload)
    upload.source, upload.purpose = source.strip()[:60], Purpose.IMPORT
    upload.loading = enqueue(
        "carriers.import_archive",
        actor=actor,
        unique_key=f"upload:{upload.pk}",
        path=str(path_of(upload)),
        mapping=upload.mapping,
        source=upload.source,
        rejections=str(rejections_of(upload)),
    )
    upload.save(update_fields=["source", "loading", "purpose"])
    audit.record(actor, "import_started", f"upload:{upload.pk}", after={"job": upload.loading.pk})
    return upload


@transaction.atomic
def start_diagnosis(actor: Actor, upload: Upload, mapping: dict[str, Any] | None = None) -> Upload:
    """Have an upload diagnosed without bringing it in. Raises NotAllowed, Conflict once the file was removed."""
    demand(actor, IMPORT.key)
    _hold(upload)
    if mapping is not None:
        upload.mapping = mapping
    upload.diagnosis = enqueue(
        "insight.diagnose_upload", actor=actor, unique_key=f"upload:{upload.pk}", upload=upload.pk
    )
    upload.save(update_fields=["mapping", "diagnosis"])
    return upload


def _not_loading(upload: Upload) -> None:
    job = upload.loading
    if job is not None and Job.objects.filter(pk=job.pk, state__in=OPEN).exists():
        raise Conflict("This archive is being imported now.")


def _hold(upload: Upload) -> None:
    """Keep the file from being removed until the running transaction has queued whoever will read it."""
    if not Upload.objects.select_for_update().filter(pk=upload.pk).exclude(stored="").exists():
        raise Conflict("This file was removed. Upload it again.")


def remove_upload(actor: Actor, upload: Upload) -> None:
    """Remove an upload's files; what was imported stays. Raises NotAllowed, Conflict while a job reads it."""
    demand(actor, IMPORT.key)
    if not _remove(actor, upload.pk):
        raise Conflict("Something is still reading this file. Stop it first.")


def _remove(actor: Actor, upload_id: int, why: str = "") -> bool:
    """False, and nothing done, while a job waits for the files or reads them."""
    with transaction.atomic():
        row = Upload.objects.select_for_update().get(pk=upload_id)
        jobs = [pk for pk in (row.trial_id, row.loading_id, row.diagnosis_id) if pk is not None]
        if Job.objects.filter(pk__in=jobs, state__in=OPEN).exists():
            return False
        row.stored, row.removed_at = "", now()
        row.save(update_fields=["stored", "removed_at"])
        audit.record(actor, "upload_removed", f"upload:{row.pk}", why=why)
        # Not before the row says so for good: files do not come back when a transaction around this one does.
        place = folder() / str(row.community_id) / str(row.key)
        transaction.on_commit(lambda: shutil.rmtree(place, ignore_errors=True))
    return True


def kept_until(upload: Upload, days: int) -> datetime:
    """When an upload's time is over, with ``value_of(UPLOAD_DAYS)``."""
    return upload.uploaded_at + timedelta(days=days)


def remove_old_uploads() -> int:
    """Remove the files whose time is over, in the community in scope; what a job reads waits for the next night."""
    end = now() - timedelta(days=value_of(UPLOAD_DAYS))
    over = Upload.objects.filter(uploaded_at__lte=end).exclude(stored="").order_by("pk")
    return sum(
        _remove(house_actor(community_id), pk, "its time was over")
        for pk, community_id in list(over.values_list("pk", "community_id"))
    )
