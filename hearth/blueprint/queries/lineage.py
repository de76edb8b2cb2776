"""What was copied from what: of a group its original, and of an original its copies."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from hearth.blueprint.models import Copy, CopyBatch, Step
from hearth.blueprint.queries.copies import GROUPS
from hearth.groups.queries import groups_with_keys
from hearth.kit.described import Change


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that was made and stands open: its id, its line, and the batch that made it."""

    group_id: int
    copy: Copy

    @property
    def batch(self) -> CopyBatch:
        """The batch that made it."""
        return self.copy.batch


def origin_of(key: str) -> CopyBatch | None:
    """The batch that made the group with this key; None for a group that is no copy."""
    there = Copy.objects.filter(key=key, batch__part=GROUPS).select_related("batch").order_by("-batch__number")
    return next((one.batch for one in there if key in _made_by([one.batch_id], [key])), None)


def copies_of(key: str) -> list[Made]:
    """The open copies of the group with this key, each with the batch that made it last."""
    rows = Copy.objects.filter(batch__part=GROUPS, batch__key=key).select_related("batch").order_by("batch__number")
    newest = {row.key: row for row in rows}
    if not newest:
        return []
    made = _made_by({row.batch_id for row in newest.values()})
    open_now = {one: pk for one, (pk, closed) in groups_with_keys(newest).items() if not closed}
    return [Made(open_now[one], row) for one, row in newest.items() if one in open_now and one in made]


def _made_by(batch_ids: Collection[int], keys: Collection[str] = ()) -> set[str]:
    steps = Step.objects.filter(revision__batch__in=batch_ids, section=GROUPS, kind="create", refused={})
    steps = steps.filter(done_at__isnull=False)
    return set((steps.filter(key__in=keys) if keys else steps).values_list("key", flat=True))


def brought() -> list[tuple[datetime, Change]]:
    """What was brought to copies in this community by bringing them up to date, in order, each with its moment."""
    steps = Step.objects.filter(revision__upkeep=True, done_at__isnull=False, refused={})
    rows = steps.order_by("revision__number", "number").values_list("done_at", "section", "key", "kind", "after")
    return [(at, Change(section, key, kind, {}, after)) for at, section, key, kind, after in rows if at is not None]


def copied_keys() -> list[str]:
    """The keys of groups that were copied."""
    rows = CopyBatch.objects.filter(part=GROUPS).order_by("key").values_list("key", flat=True)
    return list(rows.distinct())


def is_copy_of(keys: Collection[str]) -> Q:
    """The condition on groups that they are copies of groups with these keys."""
    rows = Copy.objects.filter(batch__part=GROUPS, batch__key__in=keys, left_out=False)
    return Q(key__in=rows.values("key"))
