"""Where rows come from: a queryset, or any function that can fetch them. Always a fixed number of queries."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet

from hearth.core.texts import holding
from hearth.ui.lists.state import PAGE_SIZES, ListState

if TYPE_CHECKING:
    from hearth.ui.lists.page import ListPage

CHUNK = 1000
UNREADABLE = (ValidationError, ValueError, TypeError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One page of rows. `total` is None where counting would cost too much; `next_after` is the next keyset cursor."""

    rows: Sequence[Any]
    total: int | None
    next_after: str = ""
    more: bool = False


class ListSource(Protocol):
    """What a list asks of its rows."""

    def fetch(self, page: "ListPage", state: ListState) -> Fetched:
        """One page, filtered and sorted."""
        ...

    def key_of(self, row: Any) -> str:
        """The key of a row."""
        ...

    def every(self, page: "ListPage", state: ListState) -> Iterator[Any]:
        """Every row of the filtered list, in order, in chunks."""
        ...

    def keys(self, page: "ListPage", state: ListState) -> list[str]:
        """The keys of all rows of the filtered list."""
        ...

    def pick(self, page: "ListPage", keys: Sequence[str]) -> list[Any]:
        """The rows with these keys that the reader may see."""
        ...


@dataclass(frozen=True, slots=True)
class QuerySetSource:
    """Rows of a queryset, already narrowed to what the reader may see. One count and one page of rows."""

    queryset: QuerySet[Any]
    key: str = "pk"

    def key_of(self, row: Any) -> str:
        """See ListSource."""
        return str(getattr_path(row, self.key))

    def narrowed(self, page: "ListPage", state: ListState) -> QuerySet[Any]:
        """The queryset with search and filters, not yet ordered."""
        queryset = self.queryset
        if state.q and page.search:
            search = page.search
            queryset = queryset.filter(search(state.q) if callable(search) else holding(state.q, search))
        for filter_ in page.filters:
            if filter_.key in state.filters:
                queryset = queryset.filter(filter_.condition(state.filters[filter_.key]))
        return queryset

    def ordered(self, page: "ListPage", state: ListState) -> QuerySet[Any]:
        """The narrowed queryset in the asked order; the key settles ties, empty values come last."""
        path = page.sort_path(state.sort)
        if not path:
            return self.narrowed(page, state).order_by(self.key)
        first = F(path).desc(nulls_last=True) if state.descending else F(path).asc(nulls_last=True)
        return self.narrowed(page, state).order_by(first, self.key)

    def fetch(self, page: "ListPage", state: ListState) -> Fetched:
        """See ListSource."""
        if page.keyset:
            return self._fetch_after(page, state)
        total = self.narrowed(page, state).order_by().count()
        last = max(1, -(-total // state.size))
        state = replace(state, page=min(state.page, last))
        rows = list(self.ordered(page, state)[state.offset : state.offset + state.size])
        return Fetched(rows, total, more=state.offset + len(rows) < total)

    def _fetch_after(self, page: "ListPage", state: ListState) -> Fetched:
        path = page.sort_path(state.sort)
        queryset = self.ordered(page, state)
        cursor = read_cursor(state.after)
        if cursor is not None:
            with suppress(*UNREADABLE):  # a cursor of another list or another order: start at the top
                queryset = queryset.filter(beyond(path, self.key, cursor, state.descending))
        rows = list(queryset[: state.size + 1])
        more = len(rows) > state.size
        rows = rows[: state.size]
        after = ""
        if more:
            last = rows[-1]
            after = write_cursor(getattr_path(last, path) if path else None, getattr_path(last, self.key))
        total = self.narrowed(page, state).order_by().count() if page.count else None
        return Fetched(rows, total, next_after=after, more=more)

    def every(self, page: "ListPage", state: ListState) -> Iterator[Any]:
        """See ListSource."""
        return iter(self.ordered(page, state).iterator(chunk_size=CHUNK))

    def keys(self, page: "ListPage", state: ListState) -> list[str]:
        """See ListSource."""
        return [str(key) for key in self.ordered(page, state).values_list(self.key, flat=True)]

    def pick(self, page: "ListPage", keys: Sequence[str]) -> list[Any]:
        """See ListSource. Keys that the field cannot hold are left out."""
        field = self.queryset.model._meta.pk if self.key == "pk" else self.queryset.model._meta.get_field(self.key)
        wanted = []
        for key in keys:
            try:
                wanted.append(field.to_python(key))
            except UNREADABLE:
                continue
        wanted = [key for key in wanted if not isinstance(key, int) or abs(key) < 2**63]
        return list(self.queryset.filter(**{f"{self.key}__in": wanted}).order_by(self.key))


@dataclass(frozen=True, slots=True)
class CallableSource:
    """Rows from a function: `fetch_rows(state) -> (rows, total)`; search, filters and order are the function's work.

    `row_key` reads a row's key. Export and "all matching" walk through the pages.
    """

    fetch_rows: Callable[[ListState], tuple[Sequence[Any], int]]
    row_key: Callable[[Any], str] = str
    pick_rows: Callable[[Sequence[str]], Iterable[Any]] | None = None

    def key_of(self, row: Any) -> str:
        """See ListSource."""
        return self.row_key(row)

    def fetch(self, page: "ListPage", state: ListState) -> Fetched:
        """See ListSource. A page beyond the end shows the last one."""
        rows, total = self.fetch_rows(state)
        last = max(1, -(-total // state.size))
        if not rows and state.page > last:
            state = replace(state, page=last)
            rows, total = self.fetch_rows(state)
        return Fetched(rows, total, more=state.offset + len(rows) < total)

    def every(self, page: "ListPage", state: ListState) -> Iterator[Any]:
        """See ListSource."""
        state = replace(state, page=1, size=PAGE_SIZES[-1])
        while True:
            rows, total = self.fetch_rows(state)
            yield from rows
            if not rows or state.offset + len(rows) >= total:
                return
            state = replace(state, page=state.page + 1)

    def keys(self, page: "ListPage", state: ListState) -> list[str]:
        """See ListSource."""
        return [self.row_key(row) for row in self.every(page, state)]

    def pick(self, page: "ListPage", keys: Sequence[str]) -> list[Any]:
        """See ListSource."""
        if self.pick_rows is not None:
            return list(self.pick_rows(keys))
        wanted = set(keys)
        return [row for row in self.every(page, ListState()) if self.row_key(row) in wanted]


def getattr_path(row: Any, path: str) -> Any:
    """An ORM path (`group__name`) read from an instance or a `.values()` row."""
    if isinstance(row, dict):
        return row.get(path)
    for part in path.split("__"):
        row = getattr(row, part, None)
    return row


_WRITERS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    bool: ("b", bool),
    int: ("i", int),
    float: ("f", float),
    str: ("s", str),
    Decimal: ("d", str),
    datetime: ("t", datetime.isoformat),
    date: ("y", date.isoformat),
    UUID: ("u", str),
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "b": bool,
    "i": int,
    "f": float,
    "s": str,
    "d": Decimal,
    "t": datetime.fromisoformat,
    "y": date.fromisoformat,
    "u": UUID,
    "n": lambda _: None,
}


def _tagged(value: Any) -> list[Any]:
    if value is None:
        return ["n", None]
    tag, write = _WRITERS[type(value)]
    return [tag, write(value)]


def write_cursor(value: Any, key: Any) -> str:
    """A keyset cursor: the sort value and the key of the last row, readable only by `read_cursor`."""
    return base64.urlsafe_b64encode(json.dumps([_tagged(value), _tagged(key)]).encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[Any, Any] | None:
    """The sort value and the key of a cursor; None (start at the top) for anything damaged."""
    if not text:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        (value_tag, value), (key_tag, key) = told
        pair = _READERS[value_tag](value), _READERS[key_tag](key)
    except (ValueError, TypeError, KeyError, ArithmeticError, binascii.Error, RecursionError):
        return None
    if any(isinstance(part, int) and abs(part) >= 2**63 for part in pair) or pair[1] is None:
        return None
    return pair


def beyond(path: str, key: str, cursor: tuple[Any, Any], descending: bool) -> Q:
    """The rows after a cursor, with empty values last and ties settled by the key."""
    value, last = cursor
    after_key = Q(**{f"{key}__gt": last})
    if not path:
        return after_key
    if value is None:
        return Q(**{f"{path}__isnull": True}) & after_key
    further = Q(**{f"{path}__{'lt' if descending else 'gt'}": value})
    return further | (Q(**{path: value}) & after_key) | Q(**{f"{path}__isnull": True})
