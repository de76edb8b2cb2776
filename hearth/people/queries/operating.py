"""What operators and reviewers ask about members: queue lengths, look-alikes to merge, what was merged."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from hearth.core.permissions import Actor, demand, may
from hearth.people.models import Identity, IdentityClaim, Member, Verification
from hearth.people.queries.finding import found_by
from hearth.people.registry import MERGE, SEE_MEMBERS, VERIFY
from hearth.people.types import VerificationState


def count_waiting(actor: Actor) -> int:
    """How many credentials wait; 0 for those who do not decide: one query."""
    if not may(actor, VERIFY.key):
        return 0
    return Verification.objects.filter(state=VerificationState.WAITING).count()


def find_members(actor: Actor, query: str, limit: int = 8) -> list[Member]:
    """Members by name, hospital, department: one query. Nobody for those who may not see members."""
    if not may(actor, SEE_MEMBERS.key):
        return []
    rows = Member.objects.filter(merged_into=None, left_at=None)
    rows = rows.filter(found_by(query))
    return list(rows.order_by("display_name", "pk")[:limit])


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge or claim that can be undone: its batch, who passed into whom, when and why."""

    batch: UUID
    from_member: int
    from_name: str
    to_member: int
    to_name: str
    at: datetime
    why: str


def merges_of(actor: Actor, member_id: int) -> list[Merge]:
    """Merges and claims that concern a member and stand, the newest first: one query. Raises NotAllowed."""
    demand(actor, MERGE.key)
    rows = IdentityClaim.objects.filter(undone_at=None).filter(Q(from_member=member_id) | Q(to_member=member_id))
    found: dict[UUID, Merge] = {}
    for row in rows.select_related("from_member", "to_member").order_by("-at", "-pk"):
        found.setdefault(
            row.batch,
            Merge(
                row.batch,
                row.from_member_id,
                row.from_member.display_name,
                row.to_member_id,
                row.to_member.display_name,
                row.at,
                row.why,
            ),
        )
    return list(found.values())


def look_alikes(actor: Actor, member: Member, query: str = "", limit: int = 12) -> list[Member]:
    """Members who may be the same human: by the words asked for, else by the same names. Raises NotAllowed."""
    demand(actor, MERGE.key)
    rows = Member.objects.filter(merged_into=None).exclude(pk=member.pk)
    if query:
        rows = rows.filter(found_by(query))
    else:
        names = {name for name in (member.display_name, member.real_name) if name}
        rows = rows.filter(Q(display_name__in=names) | Q(real_name__in=names))
    return list(rows.order_by("display_name", "pk")[:limit])


def identities_count(member: Member) -> int:
    """Under how many identities a member speaks."""
    return Identity.objects.filter(member=member).count()


def newcomers_between(start: datetime, end: datetime) -> int:
    """How many people came into the community in a stretch of time, imported ones included: one query by index."""
    return Member.objects.filter(joined_at__gte=start, joined_at__lt=end, merged_into=None).count()
