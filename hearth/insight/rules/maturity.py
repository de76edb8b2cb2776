"""How mature a community is, in seven stages: read off evidence, day by day, and never typed in.

The stages are those of the community practice that Hearth follows: people gathered, some who carry the talk, a common
goal, steady inflow, divided duties, earning, formal business; a community counts as successful from the fifth. That
practice names no numbers. Those below are ours, chosen so that a handful of people cannot fulfil them by chance;
docs/explanation/maturity.md says why each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum

HOLDS_FOR = timedelta(days=7)  # a stage is reached when its conditions held that long without a break
LOST_AFTER = timedelta(days=28)  # and lost when they have failed that long without a break


class MaturityStage(IntEnum):
    """The seven stages, and none of them."""

    NONE = 0
    GATHERED = 1
    COMMUNICATORS = 2
    GOAL = 3
    INFLOW = 4
    DUTIES = 5
    EARNING = 6
    COMMERCIAL = 7


SUCCESSFUL = MaturityStage.DUTIES
REAL = tuple(stage for stage in MaturityStage if stage is not MaturityStage.NONE)


@dataclass(frozen=True, slots=True)
class Condition:
    """Evidence of this key is at least so much."""

    key: str
    at_least: float


CONDITIONS: dict[MaturityStage, tuple[Condition, ...]] = {
    MaturityStage.GATHERED: (Condition("members", 10), Condition("active", 5)),
    MaturityStage.COMMUNICATORS: (Condition("communicators", 3), Condition("tied_share", 0.5)),
    MaturityStage.GOAL: (
        Condition("purpose", 1),
        Condition("goals_on_course", 1),
        Condition("promises_kept", 1),
    ),
    MaturityStage.INFLOW: (Condition("weeks_with_joins", 6), Condition("net_joined", 1)),
    MaturityStage.DUTIES: (Condition("role_holders", 3), Condition("on_roster", 2), Condition("doers", 2)),
    MaturityStage.EARNING: (Condition("income_months", 3),),
    MaturityStage.COMMERCIAL: (Condition("income_months", 6), Condition("standing_offers", 1)),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A condition with the evidence that was found; None where nobody can tell."""

    condition: Condition
    value: float | None

    @property
    def holds(self) -> bool | None:
        """Whether it is fulfilled; None where that cannot be told."""
        return None if self.value is None else self.value >= self.condition.at_least


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered of a stage: since when its conditions hold or fail, and since when it is reached."""

    stage: MaturityStage
    met_since: date | None = None
    unmet_since: date | None = None
    reached_on: date | None = None


def findings(stage: MaturityStage, evidence: Mapping[str, float | None]) -> tuple[Found, ...]:
    """The stage's own conditions with their evidence."""
    return tuple(Found(one, evidence.get(one.key)) for one in CONDITIONS[stage])


def holds(found: Sequence[Found]) -> bool | None:
    """Whether all conditions hold: one that fails decides; else one that cannot be told leaves it open."""
    answers = [one.holds for one in found]
    if False in answers:
        return False
    return None if None in answers else True


def turned(kept: Kept, answer: bool | None, today: date) -> Kept:
    """What is remembered of a stage after one more day. Where nothing can be told, nothing changes."""
    if answer is None:
        return kept
    if answer:
        since = kept.met_since or today
        reached = kept.reached_on or (today if today - since >= HOLDS_FOR else None)
        return replace(kept, met_since=since, unmet_since=None, reached_on=reached)
    since = kept.unmet_since or today
    lost = kept.reached_on is not None and today - since >= LOST_AFTER
    return replace(kept, met_since=None, unmet_since=since, reached_on=None if lost else kept.reached_on)


def at_first(stage: MaturityStage, answer: bool | None, today: date) -> Kept:
    """What is remembered after the very first judging: what holds is reached, for the evidence looks back for weeks."""
    if answer:
        return Kept(stage, met_since=today, reached_on=today)
    return turned(Kept(stage), answer, today)


def standing(kept: Mapping[MaturityStage, Kept]) -> MaturityStage:
    """The stage of the community: the last before the first that is not reached, so that none is skipped."""
    found = MaturityStage.NONE
    for stage in REAL:
        if stage not in kept or kept[stage].reached_on is None:
            break
        found = stage
    return found


def since(kept: Mapping[MaturityStage, Kept]) -> date | None:
    """Since when the community stands where it stands: when the last of the stages up to there was reached."""
    days = [kept[stage].reached_on for stage in REAL if stage <= standing(kept)]
    return max((day for day in days if day is not None), default=None)
