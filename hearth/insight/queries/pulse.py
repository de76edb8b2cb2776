"""Stored readings, for pages and lists."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import orjson
from django.db.models import F
from pydantic import TypeAdapter

from hearth.insight.models import CommunityPulse, GroupPulse
from hearth.insight.types import Diagnosis, GroupDiagnosis

_GROUP: TypeAdapter[GroupDiagnosis] = TypeAdapter(GroupDiagnosis)
_WHOLE: TypeAdapter[Diagnosis] = TypeAdapter(Diagnosis)


# Groups without a risk come after those with one, on either database.
COLDEST = ("heat", F("risk").desc(nulls_last=True), "group_id")


def stored(reading: GroupDiagnosis | Diagnosis) -> dict[str, Any]:
    """A reading as JSON values."""
    plain: dict[str, Any] = orjson.loads(orjson.dumps(reading))
    return plain


def group_reading(group_id: int) -> tuple[GroupPulse, GroupDiagnosis] | None:
    """The newest reading of a group, or None before the first."""
    row = GroupPulse.objects.filter(group_id=group_id).first()
    return None if row is None else (row, _GROUP.validate_python(row.reading, strict=False))


def reading_of(row: GroupPulse) -> GroupDiagnosis:
    """The whole reading of a stored row."""
    return _GROUP.validate_python(row.reading, strict=False)


def diagnosis_from(plain: dict[str, Any]) -> Diagnosis:
    """A diagnosis from the JSON values that ``stored`` gave."""
    return _WHOLE.validate_python(plain, strict=False)


def pulses_of(group_ids: Collection[int]) -> dict[int, GroupPulse]:
    """Group id → newest reading's columns."""
    rows = GroupPulse.objects.filter(group_id__in=group_ids).defer("reading")
    return {row.group_id: row for row in rows}


def community_reading() -> tuple[datetime, Diagnosis] | None:
    """The newest reading of the community with all its groups, coldest first; None before the first."""
    row = CommunityPulse.objects.first()
    if row is None:
        return None
    groups = GroupPulse.objects.order_by(*COLDEST).values_list("reading", flat=True)
    return row.measured_at, _WHOLE.validate_python({**row.reading, "groups": list(groups)}, strict=False)


def community_summary() -> tuple[datetime, Diagnosis] | None:
    """The newest reading of the community without its groups; None before the first: one query."""
    row = CommunityPulse.objects.first()
    return (
        None if row is None else (row.measured_at, _WHOLE.validate_python({**row.reading, "groups": []}, strict=False))
    )


def coldest(start: int, size: int) -> tuple[list[GroupDiagnosis], int]:
    """A stretch of the groups' readings, the coldest first, and how many there are: two queries."""
    rows = GroupPulse.objects.order_by(*COLDEST)
    found = rows.values_list("reading", flat=True)[start : start + size]
    return [_GROUP.validate_python(reading, strict=False) for reading in found], rows.count()


FADING = ("declining", "dormant", "dead")


def fading_groups() -> dict[int, str]:
    """Group id → stage, of those that cool down or fell silent: one query."""
    return dict(GroupPulse.objects.filter(stage__in=FADING).values_list("group_id", "stage"))
