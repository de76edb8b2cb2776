"""Numbers as people read them: with their unit, and a word where there is none."""

from datetime import UTC, datetime

from hearth.core.metrics import Metric
from hearth.insight.queries.translate import Translate
from hearth.insight.types import Diagnosis


def _(text: str) -> str:
    """Mark a message id for translation."""
    return text


NOTES = {
    "too_few": _("too few"),
    "too_young": _("too young"),
    "no_data": _("no data"),
    "more_than_half_open": _("more than half still open"),
    "already_cold": _("already silent"),
    "not_fed": _("nobody feeds it"),
    "few_seeds": _("too few fed messages"),
    "same_hour": _("always fed at the same hour"),
    "cannot_tell": _("cannot be told apart yet"),
    "beyond": _("not among the thousand liveliest"),
    "few_replies": _("hardly any replies are recorded"),
}
LEFT_OUT = ("future", "no_time", "duplicate")
MUCH = 0.2  # of an archive
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
        return percent(value, signed=metric.name.endswith("_trend"))
    plain = compact(int(value) if metric.unit in ("days", "weeks") and value >= 1 else value)
    return translate(UNITS[metric.unit]).format(value=plain) if metric.unit in UNITS else plain


def counted(count: int, one: str, many: str, translate: Translate) -> str:
    """A count with its noun, in the singular where there is one of it."""
    return translate(one if count == 1 else many).format(count=compact(count))


def facts(diagnosis: Diagnosis, translate: Translate) -> str:
    """What was looked at, in one line; '' where nobody said anything."""
    if diagnosis.first_message is None:
        return ""
    return translate(_("As of {at}. {messages} by {members} in {groups} since {first}.")).format(
        at=day(diagnosis.at - 1),
        messages=counted(diagnosis.messages, _("{count} message"), _("{count} messages"), translate),
        members=counted(diagnosis.members, _("{count} member"), _("{count} members"), translate),
        groups=counted(len(diagnosis.groups), _("{count} group"), _("{count} groups"), translate),
        first=day(diagnosis.first_message),
    )


def left_out(diagnosis: Diagnosis, translate: Translate) -> str:
    """How much of the archive counts nowhere; '' where everything does."""
    count = diagnosis.rejected + sum(diagnosis.excluded.get(kind, 0) for kind in LEFT_OUT)
    one, many = (
        _("Left out: {count} broken, doubled or misdated message."),
        _("Left out: {count} broken, doubled or misdated messages."),
    )
    return counted(count, one, many, translate) if count else ""


def doubtful(diagnosis: Diagnosis, translate: Translate) -> list[str]:
    """What is measured but looks wrong, each in a sentence."""
    found = diagnosis.excluded
    told = (
        ("doubled", _("{count} messages seem to stand twice, of the same people and times: was an export read twice?")),
        ("twin_groups", _("{count} of the groups hold exactly the times of another: was a file given twice?")),
        ("backwards", _("{count} messages are dated more than a day before those above them: was a clock wrong?")),
    )  # fmt: skip
    return [translate(text).format(count=compact(found[kind])) for kind, text in told if found.get(kind)]


def much_unread(diagnosis: Diagnosis, translate: Translate) -> str:
    """A warning where more than a fifth of an archive could not be read; '' elsewhere."""
    count = diagnosis.rejected
    every = count + diagnosis.messages
    if count <= MUCH * every:
        return ""
    told = _(
        "{count} of {all} messages could not be read: what is said here is of the rest alone. Look at what was left "
        "out."
    )
    return translate(told).format(count=compact(count), all=compact(every))


def percent(value: float, *, signed: bool = False) -> str:
    """A share as percent."""
    return f"{100 * value:+.0f} %" if signed else f"{100 * value:.0f} %"


def compact(value: float | int) -> str:
    """At most one decimal below ten, none above; thousands apart."""
    if isinstance(value, int) or abs(value) >= 10 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 0.1 else f"{value:.1f}"


def day(ms: int) -> str:
    """A date."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d")
