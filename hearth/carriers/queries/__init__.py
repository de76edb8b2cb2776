"""Reading archives: ``open_archive`` is the way in."""

from hearth.carriers.queries.archives import Archive, open_archive

__all__ = ["Archive", "open_archive"]
