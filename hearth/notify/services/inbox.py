"""Reading the inbox, and choosing what comes into it."""

from collections.abc import Collection
from datetime import time
from typing import TYPE_CHECKING, Any

from django.db import transaction

from hearth.core.errors import Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor
from hearth.groups.access import group_for
from hearth.kit.clock import now
from hearth.notify.facts import InboxRead, LevelChosen
from hearth.notify.models import Digest, GroupLevel, Level, Notice, Preference
from hearth.people.access import own_member

if TYPE_CHECKING:
    from hearth.groups.models import Group


@transaction.atomic
def mark_read(actor: Actor, notice_ids: Collection[int]) -> int:
    """Mark some of one's own notices as read; returns how many were unread. Raises NotFound for non-members."""
    member = own_member(actor)
    return _read(actor, member.pk, Notice.objects.filter(pk__in=list(notice_ids)))


@transaction.atomic
def mark_all_read(actor: Actor, *, up_to: int | None = None) -> int:
    """Mark everything as read, up to the newest notice the reader saw. Raises NotFound for non-members."""
    member = own_member(actor)
    rows = Notice.objects.all() if up_to is None else Notice.objects.filter(pk__lte=up_to)
    return _read(actor, member.pk, rows)


def _read(actor: Actor, member_id: int, rows: Any) -> int:
    count = int(rows.filter(member=member_id, read_at=None).update(read_at=now()))
    if count:
        emit(InboxRead(member=member_id, count=count), actor=actor, subject=f"member:{member_id}")
    return count


@transaction.atomic
def set_level(actor: Actor, group: "Group", level: str) -> None:
    """Choose how much of one group to be told; '' takes the choice back. Raises NotFound, Refusal."""
    member = own_member(actor)
    group_for(actor, group.pk)
    if level and level not in Level.values:
        raise Refusal("Choose one of the values offered.", field="level")
    mine = GroupLevel.objects.filter(member=member, group=group)
    if not level:
        mine.delete()
    else:
        GroupLevel.objects.update_or_create(member=member, group=group, defaults={"level": level})
    emit(LevelChosen(member=member.pk, group=group.pk, level=level), actor=actor, subject=f"member:{member.pk}")


@transaction.atomic
def set_preference(
    actor: Actor,
    *,
    level: str | None = None,
    digest: str | None = None,
    digest_at: int | None = None,
    quiet: tuple[time | None, time | None] | None = None,
) -> Preference:
    """Choose the general level, how often and at which local hour mail comes, and the quiet hours (None, None: none).

    What is left out stays. Raises NotFound, Refusal.
    """
    member = own_member(actor)
    row, _made = Preference.objects.get_or_create(member=member)
    if level is not None:
        row.level = _one_of(level, Level.values, "level")
    if digest is not None:
        row.digest = _one_of(digest, Digest.values, "digest")
    if digest_at is not None:
        if not 0 <= digest_at <= 23:
            raise Refusal("Give a number from %(low)s to %(high)s.", field="digest_at", low=0, high=23)
        row.digest_at = digest_at
    if quiet is not None:
        if (quiet[0] is None) != (quiet[1] is None):
            raise Refusal("Give both ends of the quiet hours, or neither.", field="quiet_until")
        row.quiet_from, row.quiet_until = quiet
    row.save()
    emit(LevelChosen(member=member.pk, group=None, level=row.level), actor=actor, subject=f"member:{member.pk}")
    return row


def _one_of(value: str, among: Collection[str], field: str) -> str:
    if value not in among:
        raise Refusal("Choose one of the values offered.", field=field)
    return value
