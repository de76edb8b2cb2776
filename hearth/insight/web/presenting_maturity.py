"""Maturity in words: stages, their conditions, what is missing."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy

from hearth.insight.queries.maturity import Maturity, StageReading
from hearth.insight.queries.maturity_words import NAMES
from hearth.insight.rules.maturity import HOLDS_FOR, LOST_AFTER, SUCCESSFUL, Found, MaturityStage, holds
from hearth.ui.types import Text

WORDS: dict[str, Text] = {  # what a condition asks for, with what is there
    "members": gettext_lazy("Members in groups: %(value)s, at least %(wanted)s"),
    "active": gettext_lazy("Members who wrote or reacted in 28 days: %(value)s, at least %(wanted)s"),
    "communicators": gettext_lazy("Members who carry the talk: %(value)s, at least %(wanted)s"),
    "tied_share": gettext_lazy("Active members who talk with two others or more: %(value)s, at least %(wanted)s"),
    "purpose": gettext_lazy("The charter says purpose and values"),
    "goals_on_course": gettext_lazy("Goals that are reached or on the way: %(value)s, at least %(wanted)s"),
    "promises_kept": gettext_lazy("Value lines that are green, each group counted: %(value)s, at least %(wanted)s"),
    "weeks_with_joins": gettext_lazy(
        "Of the last eight weeks, those in which somebody came: %(value)s, at least %(wanted)s"
    ),
    "net_joined": gettext_lazy("More came than left in eight weeks: %(value)s, at least %(wanted)s"),
    "role_holders": gettext_lazy("Different people who hold a role: %(value)s, at least %(wanted)s"),
    "on_roster": gettext_lazy("Different people with a turn at a duty: %(value)s, at least %(wanted)s"),
    "doers": gettext_lazy(
        "Different people who did in 28 days what a value line promises: %(value)s, at least %(wanted)s"
    ),
    "income_months": gettext_lazy("Months of the last twelve with income: %(value)s, at least %(wanted)s"),
    "standing_offers": gettext_lazy("Offers with a price that stand: %(value)s, at least %(wanted)s"),
}
NOTHING: dict[str, Text] = {  # where nobody can tell
    "active": gettext_lazy("No evidence yet: how members take part was not measured."),
    "communicators": gettext_lazy("No evidence yet: how members take part was not measured."),
    "tied_share": gettext_lazy("No evidence yet: nobody wrote in the last 28 days, or it was not measured."),
    "income_months": gettext_lazy("No evidence yet: no income is recorded."),
    "standing_offers": gettext_lazy("No evidence yet: no offers are recorded."),
}


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One condition in words: *yes*, *no*, or *unknown*."""

    text: str
    state: str


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage: *reached*, *holds* (not long enough, or a stage before it is missing), *missing* or *unknown*."""

    number: int
    name: Text
    state: str
    said: str
    is_now: bool
    first_successful: bool
    conditions: list[ConditionRow]


def stage_rows(maturity: Maturity) -> list[StageRow]:
    """Every stage with its conditions."""
    return [_row(one, maturity) for one in maturity.readings]


def _row(one: StageReading, maturity: Maturity) -> StageRow:
    state, said = _state(one, maturity.stage)
    return StageRow(
        int(one.stage), NAMES[one.stage], state, said, one.stage == maturity.stage, one.stage == SUCCESSFUL,
        [_condition(found) for found in one.found],
    )  # fmt: skip


def _state(one: StageReading, now_at: MaturityStage) -> tuple[str, str]:
    kept, answer = one.kept, holds(one.found)
    if kept.reached_on and one.stage <= now_at:
        if kept.unmet_since and answer is False:
            return "reached", _("Reached; its conditions fail since %(day)s, and on %(lost)s it is lost.") % {
                "day": _day(kept.unmet_since), "lost": _day(kept.unmet_since + LOST_AFTER)}  # fmt: skip
        return "reached", _("Reached on %(day)s.") % {"day": _day(kept.reached_on)}
    if kept.reached_on and answer:
        return "holds", _("Its own conditions hold; it counts when the stages before it do.")
    if answer and kept.met_since:
        return "holds", _("Holds since %(day)s; reached when it has held for a week, on %(reached)s.") % {
            "day": _day(kept.met_since), "reached": _day(kept.met_since + HOLDS_FOR)}  # fmt: skip
    if answer:
        return "holds", _("Holds as of now; it is judged once a day.")
    return ("unknown", _("Cannot be told yet.")) if answer is None else ("missing", _("Not reached yet."))


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _condition(found: Found) -> ConditionRow:
    key = found.condition.key
    if found.value is None:
        return ConditionRow(str(NOTHING.get(key) or _("No evidence yet.")), "unknown")
    told = str(WORDS[key]) % {"value": _figure(key, found.value), "wanted": _figure(key, found.condition.at_least)}
    return ConditionRow(told, "yes" if found.holds else "no")


def _figure(key: str, value: float) -> str:
    return f"{100 * value:.0f} %" if key.endswith("_share") else f"{value:.0f}"


def in_short(maturity: Maturity) -> str:
    """One sentence: where the community stands, and what the next stage lacks."""
    name = {"name": NAMES[maturity.stage], "number": int(maturity.stage)}
    coming = maturity.coming
    if coming is None:
        return _("Stage %(number)s of 7: %(name)s.") % name
    lacks = [_condition(found).text for found in coming.found if not found.holds]
    told = {**name, "next": NAMES[coming.stage], "lacks": _("; ").join(lacks)}
    if not lacks:
        return _("Stage %(number)s of 7: %(name)s. Next: %(next)s, whose conditions hold already.") % told
    return _("Stage %(number)s of 7: %(name)s. Next: %(next)s. Missing: %(lacks)s") % told
