"""One list on one page: what the template reads. All URLs are built here, so that the state is always whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from hearth.ui.lists.columns import Cell, Column, Filter
from hearth.ui.lists.saved import SavedView
from hearth.ui.lists.sources import Fetched, ListSource
from hearth.ui.lists.state import FILTER_PREFIX, PAGE_SIZES, ListState, write_state
from hearth.ui.types import Text

if TYPE_CHECKING:
    from hearth.ui.lists.bulk import BulkAction
    from hearth.ui.lists.page import ListPage


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head. `order` is "ascending", "descending" or ""."""

    column: Column
    url: str
    order: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its key and its cells."""

    key: str
    cells: tuple[Cell, ...]
    thing: Any

    @property
    def name(self) -> str:
        """What the row is called: its leading cell."""
        lead = next((cell for cell in self.cells if cell.column.lead), self.cells[0] if self.cells else None)
        return "" if lead is None else str(lead.person[0] if lead.column.kind == "person" else lead.value)


@dataclass(frozen=True, slots=True)
class Pill:
    """A filter that is on, and the address without it."""

    name: Text
    value: Text
    remove: str


@dataclass(frozen=True, slots=True)
class FilterField:
    """A filter in the form: its choices with what is ticked, or its range."""

    filter: Filter
    name: str
    options: Sequence[tuple[str, Text, bool]]
    low: str = ""
    high: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as the reader asked for it."""

    page: "ListPage"
    state: ListState
    fetched: Fetched
    request: HttpRequest
    source: ListSource
    saved: Sequence[SavedView] = ()
    saving: bool = False

    def url(self, state: ListState) -> str:
        """The address of this list in another state."""
        query = write_state(state, self.page.default)
        return f"{self.request.path}?{query}" if query else self.request.path

    @property
    def here(self) -> str:
        """The address of the list as it is."""
        return self.url(self.state)

    @property
    def all_url(self) -> str:
        """The list without search and filters."""
        return self.url(replace(self.state, q="", filters={}, page=1, after=""))

    @property
    def no_search_url(self) -> str:
        """The list without the search."""
        return self.url(replace(self.state, q="", page=1, after=""))

    @property
    def export_url(self) -> str:
        """Exactly what is filtered, as CSV."""
        query = write_state(replace(self.state, page=1, after=""), self.page.default)
        return f"{self.request.path}?{query}&export=csv" if query else f"{self.request.path}?export=csv"

    @property
    def sheet_url(self) -> str:
        """The same as an Excel file."""
        return f"{self.export_url.removesuffix('csv')}xlsx"

    @property
    def total(self) -> int | None:
        """How many rows match; None where it is not counted."""
        return self.fetched.total

    @property
    def columns(self) -> list[Column]:
        """The visible columns."""
        return self.page.shown_columns(self.state)

    @property
    def chooser(self) -> list[tuple[Column, bool]]:
        """All columns, and which are shown."""
        shown = {column.key for column in self.columns}
        return [(column, column.key in shown) for column in self.page.columns]

    @property
    def heads(self) -> list[Head]:
        """The table's head: a click sorts, a second one turns the order (numbers and times start with the greatest)."""
        heads = []
        for column in self.columns:
            current = bool(column.sort) and column.key == self.state.sort
            downwards = not self.state.descending if current else column.kind in ("number", "percent", "time")
            order = ("descending" if self.state.descending else "ascending") if current else ""
            url = self.url(self.state.sorted_by(column.key, downwards)) if column.sort else ""
            heads.append(Head(column, url, order))
        return heads

    @property
    def rows(self) -> list[Row]:
        """The rows of this page."""
        columns = self.columns
        return [
            Row(self.row_key(thing), tuple(column.cell(thing) for column in columns), thing)
            for thing in self.fetched.rows
        ]

    def row_key(self, thing: Any) -> str:
        """The key of a row as the source knows it."""
        return str(self.source.key_of(thing))

    @property
    def pills(self) -> list[Pill]:
        """What narrows the list now, each removable."""
        pills = []
        for filter_ in self.page.filters:
            for value in self.state.filters.get(filter_.key, ()):
                url = self.url(self.state.without_filter(filter_.key, value))
                pills.append(Pill(filter_.label, filter_.shown(value), url))
        return pills

    @property
    def filter_fields(self) -> list[FilterField]:
        """The filters as form fields."""
        return [self._field(filter_) for filter_ in self.page.filters]

    def _field(self, filter_: Filter) -> FilterField:
        chosen = self.state.filters.get(filter_.key, ())
        first = chosen[0] if chosen else ""
        low, dots, high = first.partition("..")
        options: list[tuple[str, Text, bool]] = []
        if filter_.kind == "choice":
            options = [(value, label, value in chosen) for value, label in filter_.options()]
        ranged = filter_.kind in ("number", "date")
        return FilterField(
            filter=filter_,
            name=FILTER_PREFIX + filter_.key,
            options=options,
            low=low if ranged else "",
            high=(high if dots else low) if ranged else "",
            text=first,
        )

    def hidden(self, *left_out: str) -> list[tuple[str, str]]:
        """The rest of the state as hidden inputs, for a form that changes one part of it."""
        pairs: list[tuple[str, str]] = []
        if "q" not in left_out and self.state.q:
            pairs.append(("q", self.state.q))
        if "filters" not in left_out:
            pairs += [(FILTER_PREFIX + k, v) for k, values in self.state.filters.items() for v in values]
        if self.state.sort_text != self.page.default.sort_text:
            pairs.append(("sort", self.state.sort_text))
        if "cols" not in left_out and self.state.cols is not None:
            pairs.append(("cols", ",".join(self.state.cols)))
        if "size" not in left_out and self.state.size != self.page.default.size:
            pairs.append(("size", str(self.state.size)))
        return pairs

    @property
    def hidden_for_search(self) -> list[tuple[str, str]]:
        """Everything but the search."""
        return self.hidden("q")

    @property
    def hidden_for_filters(self) -> list[tuple[str, str]]:
        """Everything but the filters."""
        return self.hidden("filters")

    @property
    def hidden_for_columns(self) -> list[tuple[str, str]]:
        """Everything but the columns."""
        return self.hidden("cols")

    @property
    def bulk(self) -> list["BulkAction"]:
        """The bulk actions this reader may take."""
        return [action for action in self.page.bulk if action.available(self.request)]

    @property
    def views(self) -> list[tuple[SavedView, str, bool]]:
        """The reader's own saved views: each with its address and whether it is the one in sight."""
        return self._shelf(own=True)

    @property
    def team_views(self) -> list[tuple[SavedView, str, bool]]:
        """What others share with the team, likewise."""
        return self._shelf(own=False)

    def _shelf(self, *, own: bool) -> list[tuple[SavedView, str, bool]]:
        here = write_state(replace(self.state, page=1, after=""), self.page.default)
        path = self.request.path
        views = [view for view in self.saved if view.own is own]
        return [(view, f"{path}?{view.query}" if view.query else path, view.query == here) for view in views]

    @property
    def first(self) -> int:
        """The number of the first row in sight."""
        return self.state.offset + 1 if self.fetched.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row in sight."""
        return self.state.offset + len(self.fetched.rows)

    @property
    def previous_url(self) -> str:
        """The page before; for keyset pages, the first one."""
        if self.page.keyset:
            return self.url(replace(self.state, after="")) if self.state.after else ""
        return self.url(replace(self.state, page=self.state.page - 1)) if self.state.page > 1 else ""

    @property
    def next_url(self) -> str:
        """The page after this one, if there is one."""
        if not self.fetched.more:
            return ""
        if self.page.keyset:
            return self.url(replace(self.state, after=self.fetched.next_after, page=1))
        return self.url(replace(self.state, page=self.state.page + 1))

    @property
    def sizes(self) -> list[tuple[int, str, bool]]:
        """Page sizes with their addresses."""
        known = sorted({*PAGE_SIZES, self.page.size})
        return [
            (size, self.url(replace(self.state, size=size, page=1, after="")), size == self.state.size)
            for size in known
        ]
