"""What carriers do: bring archives in."""

from hearth.carriers.services.dry_run import try_archive
from hearth.carriers.services.loading import ImportOptions, ImportReport, import_archive

__all__ = ["ImportOptions", "ImportReport", "import_archive", "try_archive"]
