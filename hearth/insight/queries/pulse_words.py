"""Risk drivers and energy in words, for page, report and terminal."""

import math
from typing import NamedTuple

from hearth.insight.queries.numbers import compact, percent
from hearth.insight.queries.translate import Translate, say
from hearth.insight.rules.risk import HIGH_RISK
from hearth.insight.rules.wording import TILE_TITLES
from hearth.insight.types import Energy, Estimate, GroupDiagnosis


def _(text: str) -> str:
    """Mark a message id for translation."""
    return text


MIDDLING = 0.1  # log-odds: a tenth more or less is no reason

ENERGY_NOTES = {
    "not_fed": _("Nobody fed this group in the last eight weeks: all that is said here is its members' own."),
    "too_few": _("Not enough data: members wrote fewer than 20 messages in eight weeks."),
    "few_seeds": _("Not enough data: fewer than five messages were fed in eight weeks."),
    "same_hour": _(
        "It cannot be told, because what is fed always comes at the same hour. Vary the hour for some weeks."
    ),
    "cannot_tell": _("Not enough data: what members bring and what only answers cannot be told apart yet."),
    "beyond": _("Energy is measured in the thousand liveliest groups that are fed."),
}
ENERGY_MEANS = _(
    "Read from the last eight weeks: how much members say by themselves, and how much only answers what staff, "
    "schedules, bots and partners post. In brackets the range that holds the true value in about nine cases of ten; it "
    "is no proof where a group is fed because it is lively."
)


class Figure(NamedTuple):
    """One number in words, the range it lies in, and its definition."""

    title: str
    value: str
    range: str
    definition: str


class DriverLine(NamedTuple):
    """What one tile does to the risk, the facts behind it, and what helps ('' but for the worst of a group at risk)."""

    title: str
    effect: str
    text: str
    play: str


def energy_figures(energy: Energy, translate: Translate) -> list[Figure]:
    """What would remain, the dependence, what a seed brings; empty where it cannot be told."""
    remains, dependence, per_seed = energy.remains, energy.dependence, energy.per_seed
    if remains is None or dependence is None or per_seed is None:
        return []
    between = translate(_("{low} to {high}"))
    return [
        Figure(
            translate(_("Would remain without feeding")),
            translate(_("{value} a day")).format(value=_plain(remains.value)),
            translate(_("{low} to {high}; now {level}")).format(level=_plain(energy.level), **_ends(remains)),
            translate(_("Members' messages a day that would go on if nothing were fed any more.")),
        ),
        Figure(
            translate(_("Dependence on feeding")),
            percent(dependence.value),
            between.format(low=percent(dependence.low), high=percent(dependence.high)),
            translate(_("Share of members' messages that would vanish if nothing were fed any more.")),
        ),
        Figure(
            translate(_("One fed message brings")),
            _plain(per_seed.value),
            between.format(**_ends(per_seed)),
            translate(_("Members' messages that answer a fed one, and all that follows from them, on average.")),
        ),
    ]


def energy_note(energy: Energy, translate: Translate) -> str:
    """Why something is not told; '' where all is."""
    return translate(ENERGY_NOTES[energy.note]) if energy.note else ""


def driver_lines(group: GroupDiagnosis, translate: Translate) -> list[DriverLine]:
    """What makes the risk: a middling group's, then what each tile does to it, the worst first."""
    if group.risk is None or group.risk_base is None:
        return []
    middling = percent(1 / (1 + math.exp(-group.risk_base)))
    lines = [
        DriverLine(
            translate(_("A middling group here")),
            middling,
            translate(_("the chance of a group with middling numbers in this community")),
            "",
        )
    ]
    for one in group.drivers:
        factor = compact(round(math.exp(abs(one.log_odds)), 1))
        if abs(one.log_odds) < MIDDLING:
            effect = translate(_("as in a middling group"))
        elif one.log_odds > 0:
            effect = translate(_("odds × {factor}")).format(factor=factor)
        else:
            effect = translate(_("odds ÷ {factor}")).format(factor=factor)
        helps = group.risk >= HIGH_RISK and one is group.drivers[0]
        play = say(one.play, translate) if helps else ""
        lines.append(DriverLine(translate(TILE_TITLES[one.tile]), effect, say(one.text, translate), play))
    return lines


def _ends(one: Estimate) -> dict[str, str]:
    return {"low": _plain(one.low), "high": _plain(one.high)}


def _plain(value: float) -> str:
    return compact(round(value, 2))
