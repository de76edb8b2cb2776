"""The weekly report and the decision-maker's page: from the stored readings alone, a fixed number of queries."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _, gettext_lazy, override, pgettext

from hearth.core.errors import NotFound
from hearth.core.models import Community
from hearth.core.texts import best
from hearth.groups.queries import group_names
from hearth.groups.queries.charter import charter_of
from hearth.insight.queries.alarms import change_of, open_alarms
from hearth.insight.queries.fleet import cooled_lately, count_by_stage, warmed_lately
from hearth.insight.queries.maturity import maturity_at
from hearth.insight.queries.pulse import community_summary
from hearth.insight.queries.readings import MetricReadings, measured_day, readings_of
from hearth.insight.types import Diagnosis
from hearth.insight.web import presenting
from hearth.insight.web.metric_lines import UNITS, change_of as metric_change, shown
from hearth.insight.web.presenting_goals import goal_rows
from hearth.insight.web.presenting_maturity import in_short
from hearth.kit.clock import day_of_number, now
from hearth.ui.sheets import LANGS, Section, Sheet, plain
from hearth.ui.types import Text, temperature

SHOWN = 8
WEEK = ("mau", "messages_28d", "authors_28d", "starts_per_week", "new_members_28d", "members_left_28d",
        "questions_28d", "questions_answered_24h", "time_to_first_answer",
        "first_reply_coverage", "seeded_28d", "organic_share")  # fmt: skip
PURPOSE = ("mau", "participation", "questions_answered_24h", "first_reply_coverage", "authors_returning")
COST = ("seeded_28d", "organic_share")
RETURN = ("messages_28d", "new_members_28d", "quick_ratio")
# What a word of the field means to somebody who reads it once a week.
PLAIN: dict[str, Text] = {
    "organic_share": gettext_lazy("Written by members, not by the team"),
    "seeded_28d": gettext_lazy("Messages of the team"),
    "quick_ratio": gettext_lazy("Won for each one lost"),
}
Found = Mapping[str, MetricReadings]


def in_every_language(community: Community) -> dict[str, dict[str, Any]]:
    """The weekly report as it is stored: language → sheet. Raises NotFound before the first reading."""
    found = {}
    for code in LANGS:
        with override(code):
            found[code] = plain(weekly(community))
    return found


def weekly(community: Community) -> Sheet:
    """What moved this week, for those who run the community. Raises NotFound before the first reading."""
    whole, found = _readings()
    cooled, _count = cooled_lately(SHOWN)
    alarms, standing, _held = open_alarms(SHOWN)
    told = [(best(row.group.name), presenting.change_view(change_of(row))) for row in alarms]
    points = [(_("%(group)s: %(change)s") % {"group": name, "change": one.title}, one.text, "") for name, one in told]
    sections = [
        Section(_("At a glance"), (_temperatures(),), *_table(found, WEEK)),
        _moved(_("Groups that cooled down"), [(one.name, one.before, one.stage) for one in cooled]),
        _moved(_("Groups that warmed up"), warmed_lately(SHOWN)),
        Section(_("Changes that need somebody"), points=tuple(points)) if standing else None,
        goals_section(),
        _steps(whole),
    ]
    return _sheet(community, _("Weekly report: {community}"), whole, sections)


def decision(community: Community) -> Sheet:
    """One page for those who decide whether to go on: purpose, cost, return, state, next steps. Raises NotFound."""
    whole, found = _readings()
    purpose = best(charter_of().purpose)
    cost = _("Money and working hours are not recorded here; what the team posts stands for its effort.")
    far = (in_short(maturity_at(now())), _("A community counts as successful from the fifth stage on."))
    sections = [
        Section(
            _("Does it serve its purpose?"),
            (purpose or _("No purpose is written in the charter yet."),),
            *_table(found, PURPOSE),
        ),
        goals_section(),
        Section(_("What does it cost?"), (cost,), *_table(found, COST)),
        Section(_("What comes back?"), tuple(_per_seed(found)), *_table(found, RETURN)),
        Section(_("How far has it come?"), far),
        Section(_("How are the groups?"), (_temperatures(),)),
        _steps(whole),
    ]
    return _sheet(community, _("Is it worth it? {community}"), whole, sections)


def _readings() -> tuple[Diagnosis, Found]:
    summary = community_summary()
    if summary is None:
        raise NotFound()
    return summary[1], {one.metric.name: one for one in readings_of("community")}


def _sheet(community: Community, title: str, whole: Diagnosis, sections: Sequence[Section | None]) -> Sheet:
    measured = measured_day()
    day = timezone.localdate() if measured is None else day_of_number(measured)
    foot = [
        _("Members' own acts alone count, unless a line says otherwise: the team, schedules and bots are left out."),
        _("A dash means too little to tell. Every number is defined under Metrics in the console."),
    ]
    if whole.inferred:
        foot.append(_("The archive has no replies; they were inferred from mentions, quotes and nearness."))
    return Sheet(
        get_language() or "en",
        title.format(community=best(community.name)),
        _("As of {day}").format(day=date_format(day, "DATE_FORMAT")),
        tuple(section for section in sections if section is not None),
        tuple(foot),
    )


def _table(found: Found, names: Sequence[str]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[str, ...]]:
    heads = (_("In the last 28 days"), _("Now"), _("Four weeks before"), _("Change"))
    lines = [_line(found[name]) for name in names if name in found and found[name].newest is not None]
    return heads, tuple(row for row, _tone in lines), tuple(tone for _row, tone in lines)


def _line(one: MetricReadings) -> tuple[tuple[str, ...], str]:
    newest, before = one.newest, one.before
    unit = str(UNITS.get(one.metric.unit, ""))
    title = str(PLAIN.get(one.metric.name) or _(one.metric.title))
    change, better = metric_change(one.metric, newest, before) if newest else ("", "")
    values = [shown(one.metric, reading.value if reading else None) for reading in (newest, before)]
    tones = {"yes": pgettext("change", "better"), "no": pgettext("change", "worse")}
    return (f"{title} · {unit}" if unit else title, *values, change), tones.get(better, "")


def goals_section() -> Section | None:
    """Goals, the missed first; None where none is set."""
    rows = goal_rows()[:SHOWN]
    if not rows:
        return None
    heads = (_("Goal"), _("Shall be"), _("Now"), _("Stands"))
    lines = tuple(
        (f"{row.where}: {row.title}" if row.where else row.title, row.aim, row.now, str(row.word)) for row in rows
    )
    return Section(_("Goals"), (), heads, lines)


def _temperatures() -> str:
    counts = presenting.summary(count_by_stage())
    text = _("Groups: {all}. Warm: {warm}, kindling: {kindling}, cooling: {cooling}, silent: {silent}.")
    return text.format(**counts, silent=counts["cold"])


def _moved(title: str, groups: Sequence[tuple[str, str, str]]) -> Section | None:
    if not groups:
        return None
    rows = [(name, str(temperature(old).word) if old else "–", str(temperature(new).word)) for name, old, new in groups]
    return Section(title, (), (_("Group"), _("Before"), _("Now")), tuple(rows))


def _steps(whole: Diagnosis) -> Section | None:
    steps = whole.steps[:3]
    ids = {int(key) for step in steps for key in step.groups}
    names = {str(pk): (best(name), "") for pk, name in group_names(ids).items()}
    points = []
    for step, view in zip(steps, presenting.step_views(steps, names), strict=True):
        where = "" if "group" in step.text.params else " · ".join(name for name, _url in view.groups[:5])
        points.append((view.text, view.why, where))
    return Section(_("To do next week"), points=tuple(points)) if points else None


def _per_seed(found: Found) -> list[str]:
    own, fed = (found[name].newest if name in found else None for name in ("messages_28d", "seeded_28d"))
    if own is None or fed is None or own.value is None or not fed.value:
        return []
    text = _("To each message of the team, members wrote %(n)s of their own: a comparison, no proof of cause.")
    return [text % {"n": f"{own.value / fed.value:.1f}"}]
