"""Entry codes, and the series of groups they fill."""

from collections.abc import Collection

from django.db.models import F, Q

from hearth.groups.access import is_shut
from hearth.groups.models import EntryCode, Group, Membership, RegroupingPart
from hearth.groups.queries.value_lines import is_paused
from hearth.groups.queries.waiting import must_wait
from hearth.groups.rules.placing import numbered
from hearth.groups.types import RegroupingKind

MOST_IN_SERIES = 500


def entry_codes() -> list[EntryCode]:
    """Every code that works, the newest first: one query."""
    return list(EntryCode.objects.filter(revoked_at=None).select_related("default_group").order_by("-pk"))


def code_with(text: str) -> EntryCode | None:
    """The code of that text, revoked or not: one query."""
    return EntryCode.objects.select_related("community").filter(code=text.strip().upper()).first()


def groups_by_id(ids: Collection[int]) -> dict[int, Group]:
    """These groups by id: one query."""
    return {group.pk: group for group in Group.objects.filter(pk__in=ids)}


def series_of(group: Group) -> list[Group]:
    """A group and those opened after it when it was full, in order: one query each."""
    found = [group]
    while len(found) < MOST_IN_SERIES:
        after = Group.objects.filter(parent=found[-1], lineage=Group.NEXT).first()
        if after is None:
            break
        found.append(after)
    return found


def free_serials(group: Group, wanted: int) -> list[int]:
    """The next serials that no group of the family bears: of its series, and of those it was split into.

    A group that an undone split closed with nobody left in it bears its name no more.
    """
    series = series_of(group)
    parted = Group.objects.filter(parent__in=[one.pk for one in series], lineage=RegroupingKind.SPLIT)
    undone = RegroupingPart.objects.filter(regrouping__kind=RegroupingKind.SPLIT, undone_at__isnull=False)
    gone = Q(pk__in=undone.values("group_id")) & Q(is_shut(), member_count=0)
    taken = {name for one in (*series[1:], *parted.exclude(gone)) for name in one.name.values()}
    found: list[int] = []
    serial = len(series)
    while len(found) < wanted:
        serial += 1
        if taken.isdisjoint(numbered(group.name, serial).values()):
            found.append(serial)
    return found


def place_in(series: Collection[Group], member_id: int) -> Group | None:
    """The group of a series in which somebody is already: one query."""
    ids = [group.pk for group in series]
    row = Membership.objects.filter(group__in=ids, member=member_id, left_at=None).select_related("group").first()
    return row.group if row else None


def with_room(series: Collection[Group], member_id: int) -> Group | None:
    """The first group of a series with a place that nobody else waits for. Those that are closed, or invite nobody
    because a service has stopped, are passed over.
    """
    ids = [group.pk for group in series]
    room = Q(capacity=None) | Q(capacity__gt=F("member_count"))
    rows = Group.objects.filter(room, pk__in=ids).exclude(is_shut()).exclude(is_paused()).order_by("pk")
    return next((group for group in rows if not must_wait(group, member_id)), None)


def any_rests(series: Collection[Group]) -> bool:
    """Whether one of a series invites nobody because a service has stopped: one query."""
    return Group.objects.filter(is_paused(), pk__in=[group.pk for group in series]).exists()


def group_options() -> list[tuple[int, Group]]:
    """Groups a code may lead to, by key: open ones."""
    return [(group.pk, group) for group in Group.objects.exclude(is_shut()).order_by("key")[:500]]
