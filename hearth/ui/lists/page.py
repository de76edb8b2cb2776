"""A list, declared once: its columns, filters, orders, bulk actions; and how it answers a request."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from hearth.core.idempotency import once
from hearth.ui.lists.bulk import BulkAction, BulkRequest, respond_bulk
from hearth.ui.lists.columns import Column, Filter
from hearth.ui.lists.export import csv_response, xlsx_response
from hearth.ui.lists.listing import Listing
from hearth.ui.lists.saved import NAME_LENGTH, SavedViews
from hearth.ui.lists.sources import ListSource, QuerySetSource
from hearth.ui.lists.state import PAGE_SIZES, ListState, clean, read_state, write_state
from hearth.ui.pages import htmx_target, page
from hearth.ui.types import Text

WRITERS: dict[str, Callable[..., Any]] = {"csv": csv_response, "xlsx": xlsx_response}


@dataclass(frozen=True, slots=True)
class ListPage:
    """A declared list.

    `search` names ORM paths or makes a condition of what was typed (a queryset source), or is anything true (a callable
    source does the search itself).
    `default_sort` is a column key, `-key` for descending. `keyset` pages by cursor instead of by number (for long
    lists); with `count=False` it does not count. `on_export` is told the state and the columns before a file is
    written. `empty` is the sentence for an empty list without filters.
    """

    key: str
    columns: tuple[Column, ...]
    title: Text = ""
    filters: tuple[Filter, ...] = ()
    search: tuple[str, ...] | Callable[[str], Q] = ()
    search_label: Text = ""
    default_sort: str = ""
    size: int = PAGE_SIZES[0]
    bulk: tuple[BulkAction, ...] = ()
    keyset: bool = False
    count: bool = True
    exportable: bool = True
    on_export: Callable[[HttpRequest, ListState, list[Column]], None] | None = None
    empty: Text = ""
    empty_picture: str = "search"
    empty_action: Text = ""
    empty_url: str = ""
    bulk_template: str = "ui/list/bulk.html"
    row_key: str = "pk"
    default: ListState = field(init=False)

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError(f"list {self.key!r}: two columns share a key")
        sort = self.default_sort.lstrip("-")
        if sort and not self.sort_path(sort):
            raise ValueError(f"list {self.key!r}: default_sort {sort!r} is not a sortable column")
        default = ListState(sort=sort, descending=self.default_sort.startswith("-"), size=self.size)
        object.__setattr__(self, "default", default)

    @property
    def target(self) -> str:
        """The id of the element that htmx swaps."""
        return f"list-{self.key}"

    def sort_path(self, key: str) -> str:
        """What the source orders by for a column; "" when the column is not sortable."""
        return next((column.sort for column in self.columns if column.key == key), "")

    def bulk_action(self, request: HttpRequest, key: str) -> BulkAction | None:
        """The action of that name, if this reader may take it."""
        return next((action for action in self.bulk if action.key == key and action.available(request)), None)

    def state(self, request: HttpRequest) -> ListState:
        """What the URL asks for; what it cannot mean is ignored."""
        state = read_state(
            request.GET,
            columns=[column.key for column in self.columns],
            sortable=[column.key for column in self.columns if column.sort],
            filters=[filter_.key for filter_ in self.filters],
            default=self.default,
        )
        accepted = {f.key: f.accept(state.filters[f.key]) for f in self.filters if f.key in state.filters}
        return replace(state, filters={key: values for key, values in accepted.items() if values})

    def shown_columns(self, state: ListState) -> list[Column]:
        """The visible columns; the leading one always stays."""
        if state.cols is None:
            return [column for column in self.columns if column.visible or column.lead]
        return [column for column in self.columns if column.key in state.cols or column.lead]

    def source(self, rows: "ListSource | QuerySet[Any]") -> ListSource:
        """A queryset becomes a source; a source stays one."""
        return QuerySetSource(rows, self.row_key) if isinstance(rows, QuerySet) else rows

    def read(
        self, request: HttpRequest, rows: "ListSource | QuerySet[Any]", saved: SavedViews | None = None
    ) -> Listing:
        """The list as the URL asks for it, ready for `<c-list :listing="listing" />`."""
        state = self.state(request)
        source = self.source(rows)
        fetched = source.fetch(self, state)
        if fetched.total is not None and not self.keyset:
            state = replace(state, page=min(state.page, max(1, -(-fetched.total // state.size))))
        views = saved.listed(request, self.key) if saved is not None else ()
        return Listing(self, state, fetched, request, source, views, saved is not None)

    def respond(
        self,
        request: HttpRequest,
        rows: "ListSource | QuerySet[Any]",
        *,
        template: str = "ui/list/page.html",
        context: dict[str, Any] | None = None,
        saved: SavedViews | None = None,
    ) -> HttpResponse:
        """The whole answer: the page, the table alone for htmx, the CSV file, saved views, bulk preview and deed."""
        state = self.state(request)
        source = self.source(rows)
        if request.method == "POST":
            return self._respond_post(request, source, state, saved, context or {})
        write = WRITERS.get(request.GET.get("export", "")) if self.exportable else None
        if write is not None:
            columns = [one for column in self.shown_columns(state) for one in column.in_file or (column,)]
            if self.on_export is not None:
                self.on_export(request, state, columns)
            return write(self.key, columns, source.every(self, state))
        listing = self.read(request, source, saved)
        whole = {"page_title": self.title, **(context or {}), "listing": listing}
        if htmx_target(request) == self.target:
            response = render(request, "ui/list/list.html", whole)
            response.headers["Vary"] = "Cookie, HX-Request, HX-Target"
            response.headers["HX-Push-Url"] = listing.here
            return response
        return page(request, template, whole)

    def _respond_post(
        self,
        request: HttpRequest,
        source: ListSource,
        state: ListState,
        saved: SavedViews | None,
        context: dict[str, Any],
    ) -> HttpResponse:
        query = write_state(state, self.default)
        back = f"{request.path}?{query}" if query else request.path
        wish = request.POST.get("view", "")
        if saved is not None and wish in ("save", "remove"):
            with once(request) as claim:
                if claim.fresh:
                    self._change_views(request, saved, state)
            return HttpResponseRedirect(back)
        return respond_bulk(BulkRequest(request, self, source, state, back, context))

    def _change_views(self, request: HttpRequest, saved: SavedViews, state: ListState) -> None:
        name = clean(request.POST.get("name"), NAME_LENGTH)
        if request.POST.get("view") == "remove":
            saved.remove(request, self.key, clean(request.POST.get("key")))
        elif name:
            kept = write_state(replace(state, page=1, after=""), self.default)
            saved.save(request, self.key, name, kept, shared=request.POST.get("shared") == "on")
