"""What carriers do: bring archives in."""

from hearth.carriers.services.dry_run import try_archive
from hearth.carriers.services.loading import ImportOptions, import_archive
from hearth.carriers.services.report import ImportReport
from hearth.carriers.services.uploads import (
    keep_upload,
    kept_until,
    remove_upload,
    start_diagnosis,
    start_import,
    try_upload,
)

__all__ = [
    "ImportOptions",
    "ImportReport",
    "import_archive",
    "keep_upload",
    "kept_until",
    "remove_upload",
    "start_diagnosis",
    "start_import",
    "try_archive",
    "try_upload",
]
