"""The data of a chart: one table that is drawn and shown, and how to draw it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

Cell = str | int | float | None
KINDS: Final = ("line", "bar", "pie", "heatmap", "calendar", "graph", "scatter", "sankey", "funnel")


def chart_data(
    columns: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    unit: Any = "",
    previous: int | None = None,
    marks: Sequence[Mapping[str, Any]] = (),
    heat: bool = False,
    labels: bool = False,
    stacked: bool = False,
    horizontal: bool = False,
    nodes: Sequence[Mapping[str, Any]] = (),
    links: Sequence[Mapping[str, Any]] = (),
    levels: Sequence[int] = (),
    sizes: Sequence[float] = (),
    links_to: Sequence[str] = (),
) -> dict[str, Any]:
    """Data for `<c-chart :data="...">`.

    `columns` and `rows` are the table behind the chart. For lines and bars the first column names the points, each
    further one is a series; `previous` is the number of the column that holds the previous period (a thin line). A
    heatmap has rows of (x, y, value), a calendar of (ISO day, value), a pie or funnel of (name, value), a scatter of
    (name, x, y). A graph or sankey draws `nodes` ({"name", "value", "group"}) and `links` ({"source", "target",
    "value"}). `levels` paints each row's bar or dot by its step of the heat scale (`temperature(stage).level`), `sizes`
    gives the dots of a scatter their areas, `links_to` each row the page that it leads to. `marks` are annotations:
    {"at": first-column value, "label": what stands in the picture, "text": what is read aloud}. `unit` follows every
    number; `labels` writes it into each cell of a heatmap.
    """
    return {
        "table": {"columns": list(columns), "rows": [list(row) for row in rows]},
        "unit": unit,
        "previous": previous,
        "marks": [dict(mark) for mark in marks],
        "heat": heat,
        "labels": labels,
        "stacked": stacked,
        "horizontal": horizontal,
        "nodes": [dict(node) for node in nodes],
        "links": [dict(link) for link in links],
        "levels": list(levels),
        "sizes": list(sizes),
        "links_to": list(links_to),
    }
