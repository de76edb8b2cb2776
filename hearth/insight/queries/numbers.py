"""Numbers as people read them: with their unit, and a word where there is none."""

from datetime import UTC, datetime

from hearth.insight.queries.translate import Translate
from hearth.insight.rules.metric import Metric


def _(text: str) -> str:
    """Mark a message id for translation."""
    return text


NOTES = {
    "too_few": _("too few"),
    "too_young": _("too young"),
    "no_data": _("no data"),
    "more_than_half_open": _("more than half still open"),
    "already_cold": _("already silent"),
}
UNITS = {
    "per week": _("{value} a week"),
    "hours": _("{value} h"),
    "days": _("{value} days"),
    "weeks": _("{value} weeks"),
}


def shown(metric: Metric, value: float | int | None, note: str | None, translate: Translate) -> str:
    """A metric's value with its unit, or why it is missing."""
    if value is None:
        return translate(NOTES[note or "no_data"])
    if metric.name == "gini":
        return f"{value:.2f}"
    if metric.unit == "share":
        return percent(value, signed=metric.name == "authors_trend")
    plain = compact(int(value) if metric.unit in ("days", "weeks") and value >= 1 else value)
    return translate(UNITS[metric.unit]).format(value=plain) if metric.unit in UNITS else plain


def percent(value: float, *, signed: bool = False) -> str:
    """A share as percent."""
    return f"{100 * value:+.0f} %" if signed else f"{100 * value:.0f} %"


def compact(value: float | int) -> str:
    """At most one decimal below ten, none above; thousands apart."""
    if isinstance(value, int) or abs(value) >= 10 or value == int(value):
        return f"{value:,.0f}".replace(",", "\u202f")
    return f"{value:.2f}" if abs(value) < 0.1 else f"{value:.1f}"


def day(ms: int) -> str:
    """A date."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d")
