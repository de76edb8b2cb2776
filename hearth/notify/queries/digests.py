"""Who is due for a digest."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hearth.core.models import Community, User
from hearth.notify.models import Delivery, Notice, Preference
from hearth.notify.rules.timing import is_digest_due, period_of
from hearth.people.queries import members_with_community, users_of

if TYPE_CHECKING:
    from hearth.people.models import Member

CHUNK = 500


def due_members(community: Community, moment: datetime) -> "Iterator[tuple[Member, User, str]]":
    """Members of the community in scope whose digest is due at ``moment``: (member, user, period).

    Four queries per 500 members with something unread.
    """
    waiting = Notice.objects.filter(read_at=None, mailed_at=None).values_list("member_id", flat=True).distinct()
    ids = iter(sorted(waiting))
    while chunk := list(islice(ids, CHUNK)):
        yield from _due(community, moment, chunk)


def _due(community: Community, moment: datetime, ids: list[int]) -> "Iterator[tuple[Member, User, str]]":
    users = users_of(ids)
    chosen = {row.member_id: row for row in Preference.objects.filter(member__in=ids)}
    taken = set(Delivery.objects.filter(member__in=ids, channel="mail").values_list("member_id", "key"))
    for member in members_with_community(users):
        user, preference = users[member.pk], chosen.get(member.pk) or Preference()
        local = moment.astimezone(_zone(user.time_zone or community.time_zone))
        period = period_of(preference.digest, local)
        due = is_digest_due(
            preference.digest, local, preference.digest_at, preference.quiet_from, preference.quiet_until
        )
        if due and (member.pk, period) not in taken:
            yield member, user, period


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
