"""Refreshes the stored reading of the community in scope."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from hearth.core.facts import emit
from hearth.insight.facts import GroupCooling, GroupWarming
from hearth.insight.models import CommunityPulse, GroupPulse
from hearth.insight.queries.living import living_talk
from hearth.insight.queries.pulse import stored
from hearth.insight.queries.readings import today_of_community
from hearth.insight.rules.diagnosis import diagnose
from hearth.insight.rules.stages import ORDER
from hearth.insight.rules.talk_log import TalkLog
from hearth.insight.rules.times import DAY
from hearth.insight.services.alarms import keep_alarms
from hearth.insight.services.pulse_days import keep_pulse_day_of_community, keep_pulse_days
from hearth.insight.types import Diagnosis, GroupDiagnosis, Stage
from hearth.kit.clock import now, to_ms

BATCH = 50
LIVING_DAYS = 28


def refresh_pulse(tell: Callable[[int, int | None], None] | None = None) -> Diagnosis:
    """Measure every group as of now and keep the result; emits a fact for each group that changed its stage.

    ``tell(done, total)`` hears the progress: messages read, then groups stored.
    """
    log = living_talk((lambda count: tell(count, None)) if tell else None)
    moment = now()
    at = _measured_at(log, to_ms(moment))
    found = diagnose(log, at=at)
    today = today_of_community() if at is not None else None  # what an archive's end says is no reading of today
    for start in range(0, len(found.groups), BATCH):
        batch = found.groups[start : start + BATCH]
        with transaction.atomic():
            for group in batch:
                _keep(group, moment)
            if today is not None:
                keep_pulse_days(batch, today)
        if tell is not None:
            tell(min(start + BATCH, len(found.groups)), len(found.groups))
    keep_alarms(found if at is not None else None, moment)
    reading = stored(found) | {"groups": []}
    with transaction.atomic():
        if today is not None:
            keep_pulse_day_of_community(found, today)
        CommunityPulse.objects.update_or_create(defaults={"measured_at": moment, "reading": reading})
    return found


def _measured_at(log: TalkLog, now_ms: int) -> int | None:
    """Now, where people still talk. A history that was only imported is measured at its own end, as archives are."""
    last = log.last_ordinary()
    return now_ms if last is not None and now_ms - last < LIVING_DAYS * DAY else None


def _keep(group: GroupDiagnosis, moment: datetime) -> None:
    before = GroupPulse.objects.filter(group_id=int(group.id)).only("stage", "since", "came_from").first()
    changed = before is None or before.stage != group.stage
    GroupPulse.objects.update_or_create(
        group_id=int(group.id),
        defaults={
            "measured_at": moment,
            "stage": group.stage.value,
            "heat": ORDER[group.stage],
            "since": moment if changed else before.since,
            "came_from": (before.stage if before else "") if changed else before.came_from,
            "risk": group.risk,
            "authors_28d": int(group.metrics.get("authors_28d") or 0),
            "messages_28d": int(group.metrics.get("messages_28d") or 0),
            "open_questions": int(group.metrics.get("questions_open") or 0),
            "codes": [reason.code.value for reason in group.reasons],
            "reading": stored(group),
        },
    )
    if before is not None and changed:
        colder = ORDER[group.stage] < ORDER[Stage(before.stage)]
        told = (GroupCooling if colder else GroupWarming)(
            group=int(group.id), before=before.stage, after=group.stage.value
        )
        emit(told, subject=f"group:{group.id}")
