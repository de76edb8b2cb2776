"""Members as the modules above need them: to act, to be pointed at, as a part of their own queries."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from hearth.core.errors import NotFound
from hearth.core.prepared import Prepared
from hearth.core.tenancy import across_communities
from hearth.people.models import Identity, Member
from hearth.people.queries.cards import live_verifications
from hearth.people.queries.days import today_here


class Standing(NamedTuple):
    """What an actor is made of: a member's row, their own identity, whether a machine, whether verified."""

    member_id: int
    community_id: int
    person_id: int
    user_id: int | None
    identity_id: int | None
    is_machine: bool
    is_verified: bool
    merged_into_id: int | None
    left_at: datetime | None


def _standings(today: date) -> QuerySet[Member, Any]:
    # Correlated with the member, hence inside the community; naming it as well would cost SQLite the index.
    identity = Identity._base_manager.filter(member=OuterRef("pk"), source=Identity.NATIVE).order_by("pk")
    return Member.objects.annotate(
        native_identity=Subquery(identity.values("pk")[:1]),
        is_machine=Coalesce(Subquery(identity.values("is_bot")[:1]), Value(value=False)),
        is_verified=Exists(live_verifications("pk", today)),
    ).values_list(
        "pk", "community_id", "person_id", "person__user_id", "native_identity", "is_machine", "is_verified",
        "merged_into_id", "left_at",
    )  # fmt: skip


# Asked with every request.
_OF_MEMBER = Prepared(lambda member, today: _standings(today).filter(pk=member), int, date)
_OF_USER = Prepared(
    lambda user, today: (
        _standings(today).filter(person__user_id=user).order_by(F("merged_into_id").asc(nulls_first=True))[:1]
    ),
    int,
    date,
)


def standing_of_member(member_id: int) -> Standing:
    """A member of the community in scope: one query. Raises NotFound."""
    found = _OF_MEMBER.first(member_id, today_here())
    if found is None:
        raise NotFound()
    return Standing(*found)


def standing_of_user(user_id: int) -> Standing | None:
    """A user's live place in the community; after a merge the one that is left.

    One query, and one more for each merge.
    """
    row = _OF_USER.first(user_id, today_here())
    found = Standing(*row) if row else None
    while found is not None and found.merged_into_id is not None:
        found = standing_of_member(found.merged_into_id)
    return found if found is not None and found.left_at is None else None


def communities_of_user(user_id: int) -> set[int]:
    """The ids of the communities in which a user has a place now: one query."""
    with across_communities("somebody chooses among their own communities"):
        rows = Member.objects.filter(person__user_id=user_id, left_at=None)
        return set(rows.values_list("community_id", flat=True))


def member_with_id(member_id: int | None) -> Member | None:
    """The member's row for code that has already asked for the right; None for None and for unknown ids."""
    return Member.objects.filter(pk=member_id).first() if member_id is not None else None


def members_with_community(member_ids: Collection[int]) -> list[Member]:
    """Members with their community in the row, for mail: one query."""
    return list(Member.objects.filter(pk__in=list(member_ids)).select_related("community"))


def present_among(member_ids: Collection[int]) -> set[int]:
    """Which of these members neither left nor passed into another: one query."""
    rows = Member.objects.filter(pk__in=list(member_ids), left_at=None, merged_into=None)
    return set(rows.values_list("pk", flat=True))


def has_second_factor(user: Any) -> bool:
    """Whether somebody signs in with a second factor; the demo waives it for its personas. At most one query."""
    return settings.HEARTH_DEMO or bool(is_mfa_enabled(user))


def names_of_present(members: QuerySet[Any, Any], limit: int) -> list[tuple[int, str]]:
    """(member id, display name) of the present among a query's member ids, by name: one query."""
    rows = Member.objects.filter(pk__in=members, left_at=None, merged_into=None).order_by("display_name", "pk")
    return list(rows.values_list("pk", "display_name")[:limit])


def first_identity(member_column: str) -> Subquery:
    """An expression: the first identity of the member in ``member_column`` of the outer query."""
    identities = Identity._base_manager.filter(member=OuterRef(member_column)).order_by("pk")
    return Subquery(identities.values("pk")[:1])


def identities_speaking_for(identity_ids: Collection[int], members: QuerySet[Any, Any]) -> set[int]:
    """Which of these identities speak for one of a query's member ids: one query."""
    rows = Identity._base_manager.filter(pk__in=set(identity_ids), member_id__in=members)
    return set(rows.values_list("pk", flat=True))
