"""The state of a list: read from a URL, written back to one. Whatever stands in the URL, reading never fails."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

MAX_TEXT = 200
MAX_PAGE = 1_000_000
MAX_VALUES = 50
PAGE_SIZES = (25, 50, 100, 200)
FILTER_PREFIX = "f."


@dataclass(frozen=True, slots=True)
class ListState:
    """What the reader asked for. `sort` is a column key ("" for none); `cols` is None for the declared columns;
    `after` is a keyset cursor; `filters` maps a filter key to its values, in the order given."""

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False
    cols: tuple[str, ...] | None = None
    page: int = 1
    size: int = PAGE_SIZES[0]
    after: str = ""

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.page - 1) * self.size

    @property
    def sort_text(self) -> str:
        """The order as the URL holds it: `members` or `-members`."""
        return f"-{self.sort}" if self.sort and self.descending else self.sort

    @property
    def narrowed(self) -> bool:
        """Whether a search or a filter is on."""
        return bool(self.q or self.filters)

    def without_filter(self, key: str, value: str | None = None) -> "ListState":
        """The same list with one filter, or one value of it, removed; back on the first page."""
        filters = dict(self.filters)
        kept = tuple(v for v in filters.pop(key, ()) if value is not None and v != value)
        if kept:
            filters[key] = kept
        return replace(self, filters=filters, page=1, after="")

    def with_filter(self, key: str, *values: str) -> "ListState":
        """The same list with one filter set; back on the first page."""
        return replace(self, filters={**self.filters, key: values}, page=1, after="")

    def sorted_by(self, key: str, descending: bool = False) -> "ListState":
        """The same list in another order; back on the first page."""
        return replace(self, sort=key, descending=descending, page=1, after="")


def clean(text: str | None, limit: int = MAX_TEXT) -> str:
    """Text that every database takes: no control characters, no lone surrogates, at most `limit` characters."""
    kept = (text or "").encode("utf-8", "ignore").decode("utf-8")
    return "".join(ch for ch in kept if ch >= " " and ch != "\x7f").strip()[:limit]


def whole_number(text: str | None, default: int, low: int, high: int) -> int:
    """A whole number between `low` and `high`; `default` for anything else."""
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        return default
    return min(max(int(digits), low), high)


def read_state(
    query: QueryDict, *, columns: Iterable[str], sortable: Iterable[str], filters: Iterable[str], default: ListState
) -> ListState:
    """Read a list's state. Unknown columns, orders and filters are left out; numbers are held in bounds."""
    sort = clean(query.get("sort"))
    descending = sort.startswith("-")
    known_sort = sort.lstrip("-") in set(sortable)
    return ListState(
        q=clean(query.get("q")),
        filters=_read_filters(query, filters),
        sort=sort.lstrip("-") if known_sort else default.sort,
        descending=descending if known_sort else default.descending,
        cols=_read_columns(query, columns),
        page=whole_number(query.get("page"), 1, 1, MAX_PAGE),
        size=_read_size(query, default.size),
        after=clean(query.get("after"), 600),
    )


def _read_filters(query: QueryDict, filters: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key in filters:
        values = [clean(value) for value in query.getlist(FILTER_PREFIX + key)[:MAX_VALUES]]
        values += _read_range(query, FILTER_PREFIX + key)
        kept = tuple(dict.fromkeys(value for value in values if value))
        if kept:
            found[key] = kept
    return found


def _read_range(query: QueryDict, name: str) -> list[str]:
    """The two fields of a range as a form sends them: `name.low` and `name.high` become `low..high`."""
    low, high = clean(query.get(f"{name}.low"), 40), clean(query.get(f"{name}.high"), 40)
    return [f"{low}..{high}"] if low or high else []


def _read_columns(query: QueryDict, columns: Iterable[str]) -> tuple[str, ...] | None:
    if "cols" not in set(query.keys()):
        return None
    asked = {name for text in query.getlist("cols") for name in clean(text, 2000).split(",")}
    return tuple(name for name in columns if name in asked) or None


def _read_size(query: QueryDict, default: int) -> int:
    size = whole_number(query.get("size"), default, 1, PAGE_SIZES[-1])
    return size if size in PAGE_SIZES or size == default else default


def write_state(state: ListState, default: ListState) -> str:
    """The query string of a state, without what is as declared; stable, so that it can be shared and compared."""
    pairs: list[tuple[str, str]] = []
    if state.q:
        pairs.append(("q", state.q))
    for key in sorted(state.filters):
        pairs.extend((FILTER_PREFIX + key, value) for value in state.filters[key])
    if state.sort_text != default.sort_text:
        pairs.append(("sort", state.sort_text))
    if state.cols is not None:
        pairs.append(("cols", ",".join(state.cols)))
    if state.size != default.size:
        pairs.append(("size", str(state.size)))
    if state.after:
        pairs.append(("after", state.after))
    elif state.page > 1:
        pairs.append(("page", str(state.page)))
    return urlencode(pairs)
