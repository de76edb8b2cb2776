"""Taking somebody's words out of stored readings."""

from collections.abc import Collection
from typing import Any


def without_author(reading: Any, authors: Collection[str]) -> Any:
    """A stored reading in which messages of ``authors`` (ids as text) show no excerpt any more."""
    if isinstance(reading, dict):
        kept = {key: without_author(value, authors) for key, value in reading.items()}
        return kept | {"excerpt": ""} if kept.get("author") in authors and "excerpt" in kept else kept
    return [without_author(value, authors) for value in reading] if isinstance(reading, list) else reading
