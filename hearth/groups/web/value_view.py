"""Value lines in words: how each is seen to work, how it stands, and who gets what."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, ngettext

from hearth.core.metrics import metrics
from hearth.core.texts import best
from hearth.groups.models import Group, ValueAnswer
from hearth.groups.queries.value_lines import Line, lift_of, lines_of
from hearth.groups.types import Force, LineState, Party
from hearth.ui.types import Text

LOOKS = {  # tone and icon beside the word
    LineState.KEPT: ("good", "circle-check"),
    LineState.DUE: ("caution", "clock"),
    LineState.STOPPED: ("danger", "circle-alert"),
    LineState.UNKNOWN: ("slate", "circle-help"),
    None: ("slate", "circle-help"),
}


URGENT: dict[str, int] = {LineState.STOPPED: 0, LineState.DUE: 1}  # first; the rest in the order of the forces


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a group as people read it. ``seen_by`` is the proof, ``shown`` the last deed or reading."""

    line: Line
    name: str
    force: Text
    service: str
    seen_by: str
    shown: str
    state: str
    word: Text
    tone: str
    icon: str
    gets: list[tuple[Text, str]]

    @property
    def by_tap(self) -> bool:
        """Whether somebody says that it was done."""
        return bool(self.line.answer.every_days)


@dataclass(frozen=True, slots=True)
class GroupLines:
    """A group's lines, those that have stopped, and the lift of the pause, if any."""

    rows: list[LineRow]
    stopped: list[LineRow]
    lift: Any

    @property
    def rests(self) -> bool:
        """Whether nothing new invites people at present."""
        return bool(self.stopped) and self.lift is None


def group_lines(group: Group) -> GroupLines:
    """What a group's pages show of its value line: what has stopped first, then what is due."""
    rows = sorted((_row(line) for line in lines_of(group)), key=lambda row: URGENT.get(row.state, len(URGENT)))
    stopped = [row for row in rows if row.state == LineState.STOPPED]
    return GroupLines(rows, stopped, lift_of(group.pk) if stopped else None)


def _row(line: Line) -> LineRow:
    tone, icon = LOOKS[line.state]
    word = line.state.label if line.state else _("Not judged yet")
    answer = line.answer
    return LineRow(
        line, best(answer.name), Force(answer.force).label, best(answer.service), seen_by(answer), _shown(line),
        line.state or "", word, tone, icon, gets_of(answer),
    )  # fmt: skip


def seen_by(answer: ValueAnswer) -> str:
    """How it is seen that the service is done."""
    if answer.every_days:
        days = answer.every_days
        told = ngettext("Done every day, by a tap", "Done every %(days)s days, by a tap", days)
        return told % {"days": days}
    metric = metrics.get(answer.metric)
    if metric is None or answer.value is None:
        return answer.metric
    values = {"metric": _(metric.title), "value": _number(answer.value, metric.unit)}
    if answer.bound == "at_most":
        return _("%(metric)s: at most %(value)s") % values
    return _("%(metric)s: at least %(value)s") % values


def _shown(line: Line) -> str:
    if line.deed is not None:
        who = line.deed.member.display_name if line.deed.member else _("somebody who is gone")
        return _("last by %(who)s") % {"who": who}
    if line.answer.every_days:
        return _("not done yet")
    metric = metrics.get(line.answer.metric)
    if metric is None or line.reading is None:
        return ""
    return _("now %(value)s") % {"value": _number(line.reading, metric.unit)}


def _number(value: float, unit: str) -> str:
    return f"{100 * value:.3g} %" if unit == "share" else f"{value:.3g}" if value % 1 else f"{value:.0f}"


def gets_of(answer: ValueAnswer) -> list[tuple[Text, str]]:
    """What each party gets, in the order of parties; a party that gets nothing is left out."""
    return [(Party(party).label, best(answer.gets[party])) for party in Party.values if answer.gets.get(party)]


def nothing_for(rows: Collection[LineRow]) -> list[Text]:
    """The parties that get nothing from any line of a group: they will neglect it."""
    given = {party for row in rows for party in row.line.answer.gets}
    return [Party(party).label for party in Party.values if party not in given]
