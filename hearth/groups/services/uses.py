"""Uses of links and codes: whoever comes into a group is counted once, on the way they come in by."""

from django.db.models import F, Q

from hearth.groups.models import EntryCode, JoinLink, Membership
from hearth.groups.queries.doors import keeps_use, kept_use


def count_use(way: JoinLink | EntryCode) -> bool:
    """Count one use by one guarded update; False when none is left. A code has no limit."""
    if isinstance(way, EntryCode):
        return bool(EntryCode.objects.filter(pk=way.pk).update(uses=F("uses") + 1))
    room = Q(max_uses=None) | Q(uses__lt=F("max_uses"))
    return bool(JoinLink.objects.filter(room, pk=way.pk, revoked_at=None).update(uses=F("uses") + 1))


def count_entry(row: Membership) -> bool:
    """Count a use of the way that somebody came in by, unless it is kept and so counted already; False when none is
    left. What another way into the group kept for them goes back to it.
    """
    way = row.link or row.entry_code
    if way is None:
        return True
    if not keeps_use(way, row.member_id) and not count_use(way):
        return False
    kept = kept_use(row.group_id, row.member_id)
    if kept is not None and kept.way != way:
        other = kept.way
        type(other).objects.filter(pk=other.pk, uses__gt=0).update(uses=F("uses") - 1)
    return True
