"""A diagnosis in the reader's words, ready for templates: nothing is computed here, only worded and linked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext as _

from hearth.core.metrics import Metric, metrics as known
from hearth.insight.queries.figures import COUNTS, figures
from hearth.insight.queries.numbers import NOTES, percent, shown
from hearth.insight.queries.pulse_words import ENERGY_MEANS, driver_lines, energy_figures, energy_note
from hearth.insight.queries.translate import say
from hearth.insight.rules.wording import CHANGE_TITLES, REASON_TITLES
from hearth.insight.types import WARM, Change, Diagnosis, Evidence, GroupDiagnosis, Stage, Step, Text, Weeks
from hearth.kit.clock import from_ms
from hearth.ui.charts import chart_data
from hearth.ui.types import TEMPERATURES

COLD = (Stage.DEAD, Stage.DORMANT)
TILES = (
    "authors_28d",
    "messages_28d",
    "starts_per_week",
    "weeks_active",
    "questions_answered_24h",
    "time_to_first_answer",
    "newcomers",
    "newcomers_kept",
    "absence_factor",
    "top1_share",
    "organic_share",
    "adverts",
)
LEAST_WEEKS = 13
COLDEST_FIRST = sorted(TEMPERATURES, key=lambda stage: TEMPERATURES[stage].level)
Address = Callable[[Evidence], str]


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One message that shows it."""

    author: str
    at: datetime
    excerpt: str
    url: str


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One cause: what, in numbers, shown by which messages, and what to do."""

    title: str
    text: str
    play: str
    evidence: tuple[EvidenceView, ...]


@dataclass(frozen=True, slots=True)
class MetricView:
    """One number with its definition; ``missing`` says why there is none."""

    title: str
    value: str
    definition: str
    missing: bool
    change: str = ""
    better: str = ""
    inferred: bool = False

    @property
    def number(self) -> str:
        """What stands large: "1.8" of "1.8 a week"."""
        return self.value.partition(" ")[0] if self.value[:1].isdigit() else self.value

    @property
    def unit(self) -> str:
        """What follows small: "a week" of "1.8 a week"."""
        return self.value.partition(" ")[2] if self.value[:1].isdigit() else ""


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group's diagnosis as a page shows it."""

    diagnosis: GroupDiagnosis
    name: str
    url: str
    risk: str
    reasons: tuple[ReasonView, ...]
    unanswered: tuple[EvidenceView, ...]

    @property
    def weeks(self) -> tuple[int, ...]:
        """Messages of each of the last thirteen weeks."""
        return self.diagnosis.weeks.messages[-LEAST_WEEKS:]

    @property
    def first_reason(self) -> str:
        """The one sentence of a row."""
        return self.reasons[0].text if self.reasons else ""


@dataclass(frozen=True, slots=True)
class StepView:
    """One of the things to do next week."""

    text: str
    why: str
    groups: tuple[tuple[str, str], ...]


def no_address(evidence: Evidence) -> str:
    """Messages of an archive that was only looked at stand nowhere."""
    return ""


def group_view(group: GroupDiagnosis, url: str = "", address: Address = no_address, name: str = "") -> GroupView:
    """A group in words. ``address`` gives the place of a message that shows something, '' for none; ``name`` is its
    name in the reader's language where there is one.
    """
    reasons = tuple(
        ReasonView(
            gettext(REASON_TITLES[reason.code]),
            say(reason.text, gettext),
            say(reason.play, gettext),
            tuple(_evidence(one, address) for one in reason.evidence[:4]),
        )
        for reason in group.reasons
    )
    unanswered = tuple(_evidence(one, address) for one in group.unanswered[:6])
    return GroupView(group, name or group.name, url, risk_text(group.risk, group.risk_note), reasons, unanswered)


def change_view(change: Change, address: Address = no_address) -> ReasonView:
    """A change in words."""
    shown = tuple(_evidence(one, address) for one in change.evidence[:4])
    return ReasonView(gettext(CHANGE_TITLES[change.kind]), say(change.text, gettext), say(change.play, gettext), shown)


def _evidence(one: Evidence, address: Address) -> EvidenceView:
    return EvidenceView(one.author, from_ms(one.at), one.excerpt, address(one))


def pulse_view(group: GroupDiagnosis) -> dict[str, Any]:
    """What makes the risk, and energy, in words."""
    energy = group.energy
    return {
        "drivers": driver_lines(group, gettext),
        "energy": energy_figures(energy, gettext) if energy else [],
        "energy_note": energy_note(energy, gettext) if energy else "",
        "energy_means": gettext(ENERGY_MEANS),
    }


def risk_text(risk: float | None, note: str | None) -> str:
    """The risk of falling silent, or why it is not known."""
    return percent(risk) if risk is not None else gettext(NOTES[note or "no_data"])


def metric_views(
    metrics: Mapping[str, Any], notes: Mapping[str, str], weeks: Weeks, *, inferred: bool = False, every: bool = False
) -> list[MetricView]:
    """The numbers of a group, the most telling first, or every one."""
    changes = _changes(metrics, weeks)
    chosen = list(figures()) if every else [known[name] for name in TILES]
    return [_metric(metric, metrics, notes, changes, inferred=inferred) for metric in chosen]


def _metric(
    metric: Metric,
    metrics: Mapping[str, Any],
    notes: Mapping[str, str],
    changes: Mapping[str, float],
    *,
    inferred: bool,
) -> MetricView:
    value = metrics.get(metric.name)
    change = changes.get(metric.name)
    text = better = ""
    if change is not None and round(100 * change) != 0:
        text = f"{'▲' if change > 0 else '▼'} {abs(100 * change):.0f} %"
        better = "" if not metric.direction else "yes" if change * metric.direction > 0 else "no"
    return MetricView(
        gettext(metric.title),
        shown(metric, value, notes.get(metric.name), gettext),
        f"{gettext(metric.definition)} {gettext(COUNTS[metric.seeded])}",
        value is None,
        text,
        better,
        inferred and metric.of_replies,
    )


def _changes(metrics: Mapping[str, Any], weeks: Weeks) -> dict[str, float]:
    """What can be compared with the four weeks before."""
    found = {}
    if metrics.get("authors_trend") is not None:
        found["authors_28d"] = float(metrics["authors_trend"])
    last, before = sum(weeks.messages[-4:]), sum(weeks.messages[-8:-4])
    if len(weeks.messages) >= 8 and before:
        found["messages_28d"] = last / before - 1
    return found


def step_views(steps: Sequence[Step], names: Mapping[str, tuple[str, str]]) -> list[StepView]:
    """The things to do, with their groups: ``names`` maps a group's id to (name, address)."""
    return [
        StepView(
            say(_in_readers_language(step.text, step.groups, names), gettext),
            say(step.why, gettext),
            tuple(names[key] for key in step.groups if key in names),
        )
        for step in steps
    ]


def _in_readers_language(text: Text, groups: Sequence[str], names: Mapping[str, tuple[str, str]]) -> Text:
    """A text about one group with the name that the reader knows it by."""
    if "group" not in text.params or groups[0] not in names:
        return text
    return replace(text, params={**text.params, "group": names[groups[0]][0]})


def weeks_chart(weeks: Weeks, at_ms: int) -> dict[str, Any] | None:
    """Messages a week, the members' own and the seeded ones; None where nothing was ever said."""
    if not any(weeks.messages) and not any(weeks.seeded):
        return None
    end, count = timezone.localtime(from_ms(at_ms)), len(weeks.messages)
    spoken = [n for n in range(count) if weeks.messages[n] or weeks.seeded[n]]
    begin = max(0, min(spoken[0], count - LEAST_WEEKS))  # the silence before the first word tells nothing
    rows = []
    for n, (own, seeded) in enumerate(zip(weeks.messages, weeks.seeded, strict=True)):
        if n < begin:
            continue
        start = end - timedelta(days=7 * (count - n))
        rows.append((start.date().isoformat(), own, seeded))
    return chart_data([_("Week from"), _("Members"), _("Seeded")], rows, stacked=True)


def summary(counts: Mapping[str, int]) -> dict[str, int]:
    """How many groups are warm, just kindled, cooling, cold."""
    return {
        "all": sum(counts.values()),
        "warm": sum(counts.get(stage.value, 0) for stage in WARM),
        "kindling": counts.get(Stage.INCEPTION.value, 0),
        "cooling": counts.get(Stage.DECLINING.value, 0),
        "cold": sum(counts.get(stage.value, 0) for stage in COLD),
        "completed": counts.get(Stage.COMPLETED.value, 0),
    }


def strip(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The groups of each temperature as parts of one bar from cold to warm, ``x`` and ``width`` in per cent."""
    total, x, parts = sum(counts.values()), 0.0, []
    for stage in COLDEST_FIRST:
        count = counts.get(stage, 0)
        if not count:
            continue
        shown = TEMPERATURES[stage]
        width = 100 * count / total
        place = {"x": f"{x:.2f}", "width": f"{width:.2f}"}
        parts.append({"stage": stage, "word": shown.word, "css": shown.css, "count": count, **place})
        x += width
    return parts


def headline(diagnosis: Diagnosis) -> dict[str, Any]:
    """The numbers above a diagnosis."""
    return {
        "messages": diagnosis.messages,
        "members": diagnosis.members,
        "seeded": percent(diagnosis.seeded / diagnosis.messages) if diagnosis.messages else "–",
    }


def definitions() -> list[tuple[str, str]]:
    """Every metric with its definition."""
    return [(gettext(one.title), f"{gettext(one.definition)} {gettext(COUNTS[one.seeded])}") for one in figures()]
