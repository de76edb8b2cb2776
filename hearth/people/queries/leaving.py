"""What stands in the way of an erasure, what it keeps, and which files wait to be fetched."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from hearth.core import sql
from hearth.core.models import Community
from hearth.core.tenancy import across_communities, community_scope
from hearth.core.texts import best
from hearth.kit.clock import now
from hearth.people.models import Erasure, Export, Identity, Member
from hearth.people.registry import erasure_obstacles, holdings
from hearth.people.types import Obstacle, Subject


def obstacles_of(subject: Subject) -> list[Obstacle]:
    """What has to be handed over before somebody can be erased, in all their communities."""
    found = []
    with across_communities("somebody is erased everywhere or not at all"):
        communities = list(Community.objects.filter(pk__in=subject.communities).order_by("pk"))
    for community in communities:
        with community_scope(community):
            for ask in erasure_obstacles:
                found += ask(subject)
    return found


def communities_of(subject: Subject) -> list[str]:
    """The names of the communities in which somebody has a place."""
    with across_communities("somebody is erased everywhere or not at all"):
        rows = Community.objects.filter(pk__in=subject.communities).order_by("pk")
        return [best(row.name) for row in rows]


def what_stays() -> list[Any]:
    """The sentences that say what an erasure leaves and why, each once."""
    return list(dict.fromkeys(holding.why for holding in holdings if holding.why))


def open_erasure(person_id: int) -> Erasure | None:
    """What a person asked for and has not called off, or None."""
    return open_erasures().filter(person=person_id).first()


def open_erasures() -> QuerySet[Erasure]:
    """Erasures that were asked for, not called off and not carried out."""
    return Erasure.objects.filter(called_off_at=None, done_at=None)


def asked_to_go(person: str = "person") -> QuerySet[Erasure]:
    """The open erasure of the person in a column of the outer query, for ``Exists`` and ``Subquery``."""
    return open_erasures().filter(person=OuterRef(person))


def leaving_among(member_ids: Collection[int]) -> set[int]:
    """Which of these members asked to be erased and may still stay: plans and offers pass them over. One query each
    five hundred.
    """
    found: set[int] = set()
    for some in sql.chunks(list(member_ids), 500):
        rows = Member.objects.filter(Exists(asked_to_go()), pk__in=some)
        found |= set(rows.values_list("pk", flat=True))
    return found


def newest_export(user_id: int) -> Export | None:
    """The newest file that somebody asked for here and that has not expired, or None."""
    rows = Export.objects.filter(owner=user_id).select_related("job").order_by("-pk")
    row = rows.first()
    return None if row is None or (row.expires_at and row.expires_at <= now()) else row


def names_of(subject: Subject) -> set[str]:
    """The names by which somebody is told in the community in scope."""
    found = set(Identity.objects.filter(pk__in=subject.identities).values_list("name", flat=True))
    for shown, real in Member.objects.filter(pk__in=subject.members).values_list("display_name", "real_name"):
        found |= {shown, real}
    return found - {""}
