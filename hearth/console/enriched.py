"""Rows of a queryset to which a page of lists adds what one further query per page knows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from hearth.ui.lists import ListPage, ListState, QuerySetSource
from hearth.ui.lists.sources import Fetched

CHUNK = 500


@dataclass(frozen=True, slots=True)
class EnrichedSource:
    """A queryset source whose rows pass through ``enrich`` a page at a time, in lists and exports alike."""

    base: QuerySetSource
    enrich: Callable[[Sequence[Any]], None]

    def key_of(self, row: Any) -> str:
        """See ListSource."""
        return self.base.key_of(row)

    def fetch(self, page: ListPage, state: ListState) -> Fetched:
        """See ListSource."""
        found = self.base.fetch(page, state)
        rows = list(found.rows)
        self.enrich(rows)
        return replace(found, rows=rows)

    def every(self, page: ListPage, state: ListState) -> Iterator[Any]:
        """See ListSource."""
        source = self.base.every(page, state)
        while rows := list(islice(source, CHUNK)):
            self.enrich(rows)
            yield from rows

    def keys(self, page: ListPage, state: ListState) -> list[str]:
        """See ListSource."""
        return self.base.keys(page, state)

    def pick(self, page: ListPage, keys: Sequence[str]) -> list[Any]:
        """See ListSource."""
        rows = self.base.pick(page, keys)
        self.enrich(rows)
        return rows
