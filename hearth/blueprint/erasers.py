"""Blueprints name staff by their addresses: these are taken out of the texts that were applied."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from hearth.blueprint.models import Copy, CopyBatch, Draft, Revision, Step
from hearth.kit.text import without
from hearth.people.registry import holding
from hearth.people.types import Subject

STAFF = _("Blueprints that were applied stay, without your address.")
TEXTS: dict[type[Any], tuple[str, ...]] = {
    Revision: ("source", "files"),
    Step: ("key", "before", "after", "refused"),
    CopyBatch: ("stood", "sets", "columns", "source"),
    Copy: ("key", "values"),
    Draft: ("answers",),
}


def _take_addresses_out(rows: QuerySet[Any], subject: Subject) -> None:
    for row in rows.iterator(chunk_size=200):
        before = [getattr(row, field) for field in TEXTS[rows.model]]
        after = [without(value, subject.emails) for value in before]
        if after != before:
            rows.model.objects.filter(pk=row.pk).update(**dict(zip(TEXTS[rows.model], after, strict=True)))
    if rows.model is Revision:
        rows.filter(by_user__in=subject.users).update(by_user=None)


def _all(_subject: Subject) -> Q:
    return Q()


holding(Revision, "", _all, _take_addresses_out, keeps=("by",), why=STAFF)
holding(Step, "", _all, _take_addresses_out, keeps=("section", "kind"))
holding(CopyBatch, "", _all, _take_addresses_out, keeps=("part", "key", "by", "rolled_back_by"))
holding(Copy, "", _all, _take_addresses_out)
holding(Draft, "", _all, _take_addresses_out, keeps=("start", "language"))
