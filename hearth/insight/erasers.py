"""Readings tell of people by number; where one holds a name or words, they are taken out."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from hearth.insight import models
from hearth.insight.rules.forgetting import without_author
from hearth.kit.text import without
from hearth.people.queries.leaving import names_of
from hearth.people.registry import forget_rows, holding, holds_nobody, of_member
from hearth.people.types import Subject


def _unsay(field: str) -> Any:
    def unsay(rows: QuerySet[Any], subject: Subject) -> None:
        names, authors = names_of(subject), {str(pk) for pk in subject.members}
        for pk, before in rows.values_list("pk", field).iterator(chunk_size=200):
            after = without(without_author(before, authors) if subject.words_too else before, names)
            if after != before:
                rows.model.objects.filter(pk=pk).update(**{field: after})

    return unsay


def _all(_subject: Subject) -> Q:
    return Q()


holding(models.MemberPortrait, _("What your activity says"), of_member("member"), forget_rows,
        tells=("measured_at", "kind", "tier", "phase", "weeks", "help_score", "comes", "leader_index"))  # fmt: skip
holding(models.CommunityPulse, "", _all, _unsay("reading"))
holding(models.GroupPulse, "", _all, _unsay("reading"), keeps=("stage", "came_from", "codes"))
holding(models.Alarm, "", _all, _unsay("reading"), keeps=("kind",))
holding(models.WeeklyReport, "", _all, _unsay("sheets"))

for _table in (models.PulseDay, models.CommunityPortrait, models.GroupPortrait, models.AlarmAnswer, models.Goal,
               models.MaturityRecord):  # fmt: skip
    holds_nobody.register(_table._meta.label, "numbers of groups and days; people in it are numbers")
