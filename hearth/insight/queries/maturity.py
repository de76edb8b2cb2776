"""The evidence of a community's maturity, and how its stages stand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from hearth.core.evidence import evidence_sources
from hearth.groups.queries.census import came_and_went, carrying, members_present, on_rosters, weeks_with_joins
from hearth.groups.queries.charter import charter_of
from hearth.groups.queries.value_lines import doers_since, kept_promises
from hearth.insight.models import CommunityPortrait, MaturityRecord, MemberPortrait
from hearth.insight.queries.goals import judged, open_goals
from hearth.insight.rules.maturity import REAL, Found, Kept, MaturityStage, findings, since, standing
from hearth.insight.types import GoalState

MONTH = timedelta(days=28)
WEEKS = 8
TIED = 2  # different people with whom somebody exchanges replies


def evidence_at(moment: datetime) -> dict[str, float | None]:
    """Everything that is known, by key: a fixed number of queries, and those of the registered sources."""
    came, went = came_and_went(moment - timedelta(weeks=WEEKS), moment)
    found: dict[str, float | None] = {
        "members": members_present(),
        **_of_people(moment),
        "purpose": 1 if _has_purpose() else 0,
        "goals_on_course": sum(one.state in {GoalState.REACHED, GoalState.COMING} for one in judged(open_goals())),
        "promises_kept": kept_promises(),
        "weeks_with_joins": weeks_with_joins(moment, WEEKS),
        "net_joined": came - went,
        "role_holders": carrying(),
        "on_roster": on_rosters(),
        "doers": doers_since(moment - MONTH),
    }
    return found | {source.key: source.load(moment) for source in evidence_sources}


def _of_people(moment: datetime) -> dict[str, float | None]:
    """Nothing can be told of people before they were measured for the first time."""
    if not CommunityPortrait.objects.exists():
        return {"active": None, "communicators": None, "tied_share": None}
    here = MemberPortrait.objects.filter(member__left_at=None)
    carry = here.filter(Q(tier="carrying") | Q(is_leader=True) | Q(is_fan=True))
    lately = here.filter(last_at__gte=moment - MONTH)
    active, tied = lately.count(), lately.filter(ties__gte=TIED).count()
    return {"active": active, "communicators": carry.count(), "tied_share": tied / active if active else None}


def _has_purpose() -> bool:
    charter = charter_of()
    return bool(charter.purpose and charter.values)


@dataclass(frozen=True, slots=True)
class StageReading:
    """One stage with its conditions as they are now, and what is remembered of it."""

    stage: MaturityStage
    found: tuple[Found, ...]
    kept: Kept


@dataclass(frozen=True, slots=True)
class Maturity:
    """Where a community stands, since when, and each stage with its evidence; ``coming`` is the next stage."""

    stage: MaturityStage
    since: date | None
    readings: tuple[StageReading, ...]

    @property
    def coming(self) -> StageReading | None:
        """The stage that comes next; None after the last."""
        return next((one for one in self.readings if one.stage == self.stage + 1), None)


def kept_stages() -> dict[MaturityStage, Kept]:
    """What is remembered of each stage: one query."""
    rows = MaturityRecord.objects.values_list("stage", "met_since", "unmet_since", "reached_on")
    return {MaturityStage(number): Kept(MaturityStage(number), *days) for number, *days in rows}


def stage_now() -> tuple[MaturityStage, date | None]:
    """Where the community stands as it was last judged, and since when: one query."""
    kept = kept_stages()
    return standing(kept), since(kept)


def maturity_at(moment: datetime) -> Maturity:
    """Where the community stands, with the evidence of this moment."""
    kept, evidence = kept_stages(), evidence_at(moment)
    readings = tuple(StageReading(stage, findings(stage, evidence), kept.get(stage, Kept(stage))) for stage in REAL)
    return Maturity(standing(kept), since(kept), readings)
