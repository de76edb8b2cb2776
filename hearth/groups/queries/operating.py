"""What operators ask about groups: the fleet with its texts, keepers to choose from, places, histories."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, NullIf

from hearth.core.permissions import KEEPERS, Actor
from hearth.core.texts import FALLBACKS, best, holding, text_paths
from hearth.groups.models import Group, GroupClosure, Membership, Norms, Place, RoleAssignment
from hearth.groups.queries.fleet import fleet
from hearth.groups.types import LeftBy
from hearth.people.queries import names_of_present

if TYPE_CHECKING:
    from hearth.people.models import Member

GROUP_TEXTS = (*text_paths("name"), "key", "theme")  # what operators find a group by


def _text(language: str, field: str = "name") -> NullIf:
    text = KeyTextTransform(language, field)
    return NullIf(Coalesce(text, Value(""), output_field=CharField()), Value(""))


def titled(rows: QuerySet[Any], language: str) -> QuerySet[Any]:
    """Rows of groups with ``title``: the name in the reader's language, as ``texts.best`` chooses."""
    order = [language, *FALLBACKS.get(language, ("en",))]
    return rows.annotate(title=Coalesce(*(_text(code) for code in order), F("key"), output_field=CharField()))


def fleet_list(actor: Actor, language: str) -> QuerySet[Group, dict[str, Any]]:
    """The fleet with ``title`` in the reader's language: filter, order and slice it. Raises NotAllowed."""
    return titled(fleet(actor), language)


def kept_by(member_ids: Collection[str]) -> Q:
    """The condition on groups that one of these members tends."""
    wanted = [int(pk) for pk in member_ids if str(pk).isdigit()]
    held = RoleAssignment.objects.filter(group=OuterRef("pk"), member__in=wanted, until=None)
    return Q(Exists(held.filter(role__in=[str(role) for role in KEEPERS])))


def keeper_choices() -> list[tuple[int, str]]:
    """Everybody who tends a group now: (member id, name), by name."""
    held = RoleAssignment.objects.filter(until=None, group__isnull=False, role__in=[str(role) for role in KEEPERS])
    found = dict(held.values_list("member_id", "member__display_name"))
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def place_choices() -> list[tuple[Place, str]]:
    """The organisation's tree from the root: (place, its name with those above it)."""
    places = list(Place.objects.order_by("path"))
    names = {place.pk: best(place.name) for place in places}
    return [
        (place, " › ".join(names.get(int(part), "") for part in place.path.strip("/").split("/") if part.isdigit()))
        for place in places
    ]


def languages_of_groups() -> list[str]:
    """The languages that groups speak."""
    return sorted(set(Group.objects.order_by().values_list("language", flat=True).distinct()))


def within_places(place_ids: Collection[str]) -> Q:
    """The condition on groups at these places or below them."""
    wanted = Q(pk__in=[])
    for pk in place_ids:
        if str(pk).isdigit():
            wanted |= Q(place__path__contains=f"/{pk}/")
    return wanted


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a group's history: somebody came, went, or got or lost a role. Codes are worded at the edge."""

    kind: str  # joined, left, role_given, role_ended
    member_id: int
    name: str
    at: datetime
    how: str = ""
    why: str = ""


def history_of(group: Group, limit: int = 30) -> list[Change]:
    """The newest comings, goings and roles of a group: three queries."""
    rows = Membership.objects.filter(group=group).select_related("member")
    found = [
        Change("joined", row.member_id, row.member.display_name, row.joined_at, row.joined_by)
        for row in rows.order_by("-joined_at")[:limit]
    ]
    found += [
        Change("left", row.member_id, row.member.display_name, row.left_at, row.left_by, row.left_why)
        for row in rows.filter(left_at__isnull=False).order_by("-left_at")[:limit]
        if row.left_at
    ]
    for role in RoleAssignment.objects.filter(group=group).select_related("member").order_by("-pk")[:limit]:
        found.append(Change("role_given", role.member_id, role.member.display_name, role.since, role.role, role.why))
        if role.until:
            why = "" if role.ended_why in LeftBy else role.ended_why  # with the membership, whose end says why
            found.append(Change("role_ended", role.member_id, role.member.display_name, role.until, role.role, why))
    return sorted(found, key=lambda one: one.at, reverse=True)[:limit]


def newest_members(group: Group, limit: int = 8) -> list[Membership]:
    """Who came last and is still here."""
    return list(
        Membership.objects.filter(group=group, left_at=None).select_related("member").order_by("-joined_at")[:limit]
    )


def closure_of(group_id: int) -> GroupClosure | None:
    """Why and since when a group is closed; None for an open one."""
    return GroupClosure.objects.select_related("into").filter(group=group_id, reopened_at=None).first()


def norms_versions(group_id: int) -> list[Norms]:
    """Every version of a group's norms, the newest first."""
    return list(Norms.objects.filter(group=group_id).order_by("-version"))


def belonging(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows of members with ``group_count``, ``in_groups`` a condition's base; counted in the same query."""
    inside = Membership.objects.filter(member=OuterRef("pk"), left_at=None).order_by().values("member")
    counted = inside.annotate(n=Count("pk")).values("n")
    staff = RoleAssignment.objects.filter(member=OuterRef("pk"), group=None, until=None).order_by("pk").values("role")
    tends = RoleAssignment.objects.filter(member=OuterRef("pk"), group__isnull=False, until=None)
    return rows.annotate(group_count=Coalesce(counted[:1], Value(0)), staff_role=staff[:1], tends_group=Exists(tends))


def in_groups(group_ids: Collection[str]) -> Q:
    """The condition on members who are in one of these groups."""
    wanted = [int(pk) for pk in group_ids if str(pk).isdigit()]
    return Q(Exists(Membership.objects.filter(member=OuterRef("pk"), group__in=wanted, left_at=None)))


@dataclass(frozen=True, slots=True)
class Belonging:
    """A member's place in one group."""

    group_id: int
    name: str
    joined_at: datetime
    joined_by: str
    roles: tuple[str, ...]


def places_of_member(member: "Member") -> list[Belonging]:
    """The groups a member is in now, the longest membership first: two queries."""
    roles: dict[int, list[str]] = {}
    held = RoleAssignment.objects.filter(member=member, until=None, group__isnull=False)
    for group_id, role in held.values_list("group_id", "role"):
        roles.setdefault(group_id, []).append(role)
    rows = Membership.objects.filter(member=member, left_at=None).select_related("group").order_by("joined_at")
    return [
        Belonging(row.group_id, best(row.group.name), row.joined_at, row.joined_by, tuple(roles.get(row.group_id, ())))
        for row in rows
    ]


def member_choices(limit: int = 300) -> list[tuple[int, str]]:
    """Who may be given a group to keep: present keepers and staff first, by name, at most ``limit``: one query."""
    tends = RoleAssignment.objects.filter(until=None).order_by().values("member")
    return names_of_present(tends, limit)


def find_groups(actor: Actor, query: str, language: str, limit: int = 8) -> list[dict[str, Any]]:
    """Groups whose name in any language, key or theme holds the words: dicts with pk and title, one query."""
    rows = fleet_list(actor, language).filter(holding(query, GROUP_TEXTS, most=4))
    return list(rows.order_by("-member_count", "pk")[:limit])
