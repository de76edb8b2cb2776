"""What happens between Hearth and other platforms."""

from hearth.core.facts import fact


@fact("carriers.archive_imported")
class ArchiveImported:
    """A community's history from elsewhere was brought in."""

    job: int | None
    source: str
    messages: int
    groups: int
    rejected: int
