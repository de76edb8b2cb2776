"""Everybody of a community, for those who measure. Not for pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from hearth.people.models import Identity, Member
from hearth.people.queries.cards import live_verifications
from hearth.people.types import MemberKind

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Counted:
    """A member as measuring needs them."""

    member_id: int
    joined_at: datetime
    left_at: datetime | None
    is_verified: bool


def counted_members() -> Iterator[Counted]:
    """Every member ever, left ones too; without staff by kind, bots, and those merged into others: one query."""
    machine = Identity.objects.filter(member=OuterRef("pk"), is_bot=True)
    rows = Member.objects.filter(~Exists(machine), merged_into=None).exclude(kind=MemberKind.STAFF)
    rows = rows.annotate(is_verified=Exists(live_verifications("pk"))).order_by("pk")
    values = rows.values_list("pk", "joined_at", "left_at", "is_verified")
    for row in values.iterator(chunk_size=CHUNK):
        yield Counted(*row)
