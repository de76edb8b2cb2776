"""What a list shows and what it can be narrowed by."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext

from hearth.ui.types import Text

KINDS: Final = ("text", "link", "number", "percent", "time", "heat", "person", "badge", "bool", "template")
NUMBER_KINDS: Final = ("number", "percent")
FILTER_KINDS: Final = ("choice", "text", "number", "date", "bool")
Choices = Sequence[tuple[str, Text]]
Number = int | float | Decimal


def take(row: Any, path: str) -> Any:
    """`path` may be dotted and reads attributes, dict keys and calls without arguments; None where it ends."""
    for part in path.split("."):
        row = row.get(part) if isinstance(row, dict) else getattr(row, part, None)
        if row is None:
            return None
        if callable(row) and not isinstance(row, type):
            row = row()
    return row


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `value` is an attribute path or a function of the row (default: the key). `sort` is what the source orders by
    ("" for not sortable). `url` links the cell (kinds link and person). `under` is a quieter second line. `panel`
    opens the link in the side panel. `export` may give another value for a file; `in_file` are the columns that stand
    there instead, where one shows several things. A percent is a share (0.41 is shown as 41 %).
    """

    key: str
    label: Text
    kind: str = "text"
    value: str | Callable[[Any], Any] = ""
    sort: str = ""
    url: str | Callable[[Any], str] = ""
    under: str | Callable[[Any], Any] = ""
    visible: bool = True
    lead: bool = False
    panel: bool = False
    unit: Text = ""
    tone: str | Callable[[Any], str] = ""
    template: str = ""
    help: Text = ""
    export: Callable[[Any], Any] | None = None
    in_file: "tuple[Column, ...]" = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key!r}: unknown kind {self.kind!r}; one of {', '.join(KINDS)}")

    @property
    def numeric(self) -> bool:
        """Whether the cells are numbers, set flush right."""
        return self.kind in NUMBER_KINDS

    def read(self, row: Any) -> Any:
        """The cell's value."""
        return self.value(row) if callable(self.value) else take(row, self.value or self.key)

    def cell(self, row: Any) -> "Cell":
        """Everything that the template needs."""
        return Cell(
            column=self,
            row=row,
            value=self.read(row),
            url=_one(self.url, row),
            under=_one(self.under, row),
            tone=self.tone(row) if callable(self.tone) else self.tone,
        )

    def for_export(self, row: Any) -> Any:
        """The value in a CSV file."""
        return self.export(row) if self.export else self.read(row)


def _one(source: str | Callable[[Any], Any], row: Any) -> Any:
    if callable(source):
        return source(row) or ""
    return (take(row, source) or "") if source else ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of one row."""

    column: Column
    row: Any
    value: Any
    url: str = ""
    under: Any = ""
    tone: str = ""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to show."""
        return self.value is None or self.value == ""

    @property
    def person(self) -> tuple[str, Any]:
        """For kind person: the name and the id that colours the face. The value is a name or (name, id)."""
        return self.value if isinstance(self.value, tuple) else (str(self.value), str(self.value))


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow the list.

    Kinds: `choice` (one or several of `choices`), `text` (contains), `bool`, `number` and `date` (a range written
    `low..high`, either side may be empty). `field` is the ORM path (default: the key); `apply` takes the whole
    decision: it gets the parsed values and answers with a Q (for a queryset).
    """

    key: str
    label: Text
    kind: str = "choice"
    choices: Choices | Callable[[], Choices] = ()
    field: str = ""
    apply: Callable[[tuple[Any, ...]], Q] | None = None
    multiple: bool = True

    def __post_init__(self) -> None:
        if self.kind not in FILTER_KINDS:
            raise ValueError(f"filter {self.key!r}: unknown kind {self.kind!r}; one of {', '.join(FILTER_KINDS)}")

    def options(self) -> list[tuple[str, Text]]:
        """The choices, computed now."""
        listed = self.choices() if callable(self.choices) else self.choices
        return [(str(value), label) for value, label in listed]

    def accept(self, values: Iterable[str]) -> tuple[str, ...]:
        """The values that mean something; the rest of the URL is ignored."""
        if self.kind == "choice":
            known = {value for value, _ in self.options()}
            kept = tuple(value for value in values if value in known)
        elif self.kind == "bool":
            kept = tuple(value for value in values if value in ("yes", "no"))[:1]
        elif self.kind == "text":
            kept = tuple(values)[:1]
        else:
            kept = tuple(value for value in values if any(bound is not None for bound in self.bounds(value)))[:1]
        return kept if self.multiple else kept[:1]

    def bounds(self, value: str) -> tuple[Number | date | None, Number | date | None]:
        """The two ends of a range `low..high`; None where open or unreadable."""
        low, dots, high = value.partition("..")
        read = _read_date if self.kind == "date" else _read_number
        return read(low), read(high if dots else low)

    def parsed(self, values: tuple[str, ...]) -> tuple[Any, ...]:
        """Values as Python has them: texts, booleans, or pairs of bounds."""
        if self.kind == "bool":
            return tuple(value == "yes" for value in values)
        if self.kind in ("number", "date"):
            return tuple(self.bounds(value) for value in values)
        return values

    def condition(self, values: tuple[str, ...]) -> Q:
        """The filter as a Q on the queryset."""
        parsed = self.parsed(values)
        if self.apply is not None:
            return self.apply(parsed)
        path = self.field or self.key
        if self.kind == "text":
            return Q(**{f"{path}__icontains": parsed[0]})
        if self.kind == "bool":
            return Q(**{path: parsed[0]})
        if self.kind == "choice":
            return Q(**{f"{path}__in": parsed})
        return self._range(path, *parsed[0])

    def _range(self, path: str, low: Any, high: Any) -> Q:
        condition = Q()
        if low is not None:
            condition &= Q(**{f"{path}__gte": low})
        if high is not None:
            condition &= Q(**{f"{path}__lte": high})
        return condition

    def shown(self, value: str) -> Text:
        """One value in the reader's words, for its pill."""
        if self.kind == "choice":
            return dict(self.options()).get(value, value)
        if self.kind == "bool":
            return gettext("Yes") if value == "yes" else gettext("No")
        if self.kind == "date":
            days = [date_format(day, "DATE_FORMAT") if isinstance(day, date) else "" for day in self.bounds(value)]
            return " – ".join(dict.fromkeys(days))
        return value.replace("..", " – ") if self.kind == "number" else value


def _read_number(text: str) -> Number | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= Decimal(2) ** 62 or len(text) > 24:
        return None
    return int(number) if number == number.to_integral_value() else number


def _read_date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.date() if isinstance(found, datetime) else found
