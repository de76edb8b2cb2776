"""A community's maturity: judged once a day by its evidence. There is no other way to a stage."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from hearth.core.facts import emit
from hearth.core.tenancy import current_community_id
from hearth.insight.facts import MaturityChanged
from hearth.insight.models import MaturityRecord
from hearth.insight.queries.maturity import evidence_at, kept_stages
from hearth.insight.queries.readings import today_of_community
from hearth.insight.rules.maturity import Kept, MaturityStage, at_first, findings, holds, standing, turned
from hearth.kit.clock import day_of_number


@transaction.atomic
def judge_maturity(moment: datetime) -> MaturityStage:
    """Judge every stage by the evidence of today, remember since when it holds, and tell when the community moved."""
    today, evidence, before = day_of_number(today_of_community()), evidence_at(moment), kept_stages()
    after = {stage: _judged(stage, before, evidence, today) for stage in MaturityStage if stage}
    for stage, kept in after.items():
        if kept != before.get(stage):
            days = {"met_since": kept.met_since, "unmet_since": kept.unmet_since, "reached_on": kept.reached_on}
            MaturityRecord.objects.update_or_create(stage=int(stage), defaults=days)
    was, now_at = standing(before), standing(after)
    if was != now_at:
        told = MaturityChanged(before=int(was), stage=int(now_at))
        emit(told, subject=f"community:{current_community_id()}")
    return now_at


def _judged(
    stage: MaturityStage, before: Mapping[MaturityStage, Kept], evidence: Mapping[str, float | None], today: date
) -> Kept:
    answer = holds(findings(stage, evidence))
    if not before:  # never judged until now
        return at_first(stage, answer, today)
    return turned(before.get(stage, Kept(stage)), answer, today)
