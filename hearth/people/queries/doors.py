"""Members as a group's door sees them: what they are, never what is sensitive."""

from collections.abc import Collection
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.db.models import Exists

from hearth.people.models import Member, MemberTag
from hearth.people.queries.cards import live_verifications


class AtDoor(NamedTuple):
    """A member before a door. ``tags`` are the ordinary ones: tags about health open and close nothing."""

    pk: int
    name: str
    kind: str
    department: str
    hospital: str
    city: str
    verified: bool
    tags: frozenset[str]


def at_the_door(member_ids: Collection[int]) -> list[AtDoor]:
    """These members, by id: two queries."""
    return _seen(member_ids)


def present_at_the_door(limit: int) -> list[AtDoor]:
    """The members who came to the community last, at most ``limit``: two queries."""
    here = Member.objects.filter(merged_into=None, left_at=None).order_by("-pk")
    return _seen(list(here.values_list("pk", flat=True)[:limit]))


def _seen(member_ids: Collection[int]) -> list[AtDoor]:
    tags: dict[int, set[str]] = {}
    for member, tag in MemberTag.objects.filter(member__in=member_ids, sensitive=False).values_list("member_id", "tag"):
        tags.setdefault(member, set()).add(tag)
    rows = (
        Member.objects.filter(pk__in=member_ids)
        .annotate(badge=Exists(live_verifications("pk")))
        .order_by("pk")
        .values_list("pk", "display_name", "kind", "department", "hospital", "city", "badge")
    )
    return [
        AtDoor(pk, name, kind, department, hospital, city, badge, frozenset(tags.get(pk, ())))
        for pk, name, kind, department, hospital, city, badge in rows
    ]


def confirmed_addresses(user_id: int) -> set[str]:
    """The e-mail addresses that a user has shown to be theirs, in small letters: one query."""
    rows = EmailAddress.objects.filter(user=user_id, verified=True)
    return {address.lower() for address in rows.values_list("email", flat=True)}
