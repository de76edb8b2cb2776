"""Lists of groups, members, roles, links, restrictions."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from hearth.core.permissions import KEEPERS, Actor, GroupRole
from hearth.core.sql import chunks
from hearth.core.texts import holding, text_paths
from hearth.groups.access import is_shut, live_restrictions, visible_to
from hearth.groups.models import (
    Group,
    GroupClosure,
    JoinLink,
    Membership,
    Norms,
    NormsAcceptance,
    Restriction,
    RoleAssignment,
)
from hearth.groups.queries.value_lines import is_paused
from hearth.groups.types import RestrictionKind, Space
from hearth.kit.clock import now
from hearth.people.queries import first_identity, identities_speaking_for

if TYPE_CHECKING:
    from hearth.people.models import Member


def groups_of(actor: Actor) -> list[Group]:
    """The groups the actor is in, with ``is_closed`` and ``my_role`` (None for a plain member): one query."""
    return list(own_groups(actor).annotate(is_closed=is_shut(), my_role=_my_role(actor)))


def own_groups(actor: Actor, *, search: str = "") -> QuerySet[Group]:
    """The groups the actor is in whose name or theme holds the words, by key: slice it."""
    mine = Membership.objects.filter(group=OuterRef("pk"), member=actor.member_id, left_at=None)
    rows = Group.objects.filter(Exists(mine), holding(search, (*text_paths("name"), "theme")))
    return rows.order_by("key")


def _my_role(actor: Actor) -> Subquery:
    held = RoleAssignment.objects.filter(group=OuterRef("pk"), member=actor.member_id, until=None)
    return Subquery(held.order_by("-role").values("role")[:1])  # owner, keeper, assistant: the alphabet backwards


def visible_groups(actor: Actor, *, search: str = "") -> QuerySet[Group]:
    """The groups that the actor may discover, open ones only, with ``is_mine``; order and slice it.

    Those that invite nobody at present are not suggested to others: whoever searches for one finds it.
    """
    mine = Membership.objects.filter(group=OuterRef("pk"), member=actor.member_id, left_at=None)
    rows = Group.objects.filter(visible_to(actor)).annotate(is_closed=is_shut(), is_mine=Exists(mine))
    rows = rows.filter(is_closed=False)
    if not search:
        rows = rows.filter(Q(is_mine=True) | ~is_paused())
    rows = rows.filter(holding(search, (*text_paths("name", "function"), "theme")))
    return rows.order_by("-is_mine", "-member_count", "key")


def is_closed(group_id: int) -> bool:
    """Whether a group is closed."""
    return GroupClosure.objects.filter(group=group_id, reopened_at=None).exists()


def newest_norms(group_id: int) -> Norms | None:
    """The norms in force, or None."""
    return Norms.objects.filter(group=group_id).order_by("-version").first()


def has_accepted(norms: Norms, member_id: int) -> bool:
    """Whether a member accepted this version."""
    return NormsAcceptance.objects.filter(norms=norms, member=member_id).exists()


def norms_owed(member_id: int) -> list[tuple[int, dict[str, str]]]:
    """(id, name) of the open groups whose new norms a member has not accepted yet: one query.

    The first version comes with the group, and is no news.
    """
    newer = Norms.objects.filter(group=OuterRef("group"), version__gt=OuterRef("version"))
    accepted = NormsAcceptance.objects.filter(norms=OuterRef("pk"), member=member_id)
    mine = Membership.objects.filter(member=member_id, left_at=None).values("group")
    rows = Norms.objects.filter(~Exists(newer), ~Exists(accepted), ~is_shut("group"), version__gt=1, group__in=mine)
    return list(rows.order_by("group").values_list("group_id", "group__name"))


def members_of(group: Group) -> QuerySet[Membership]:
    """Present members: memberships with ``member``, ``top_role`` (None for a plain one) and ``identity_id``."""
    held = RoleAssignment.objects.filter(group=OuterRef("group"), member=OuterRef("member"), until=None)
    rows = Membership.objects.filter(group=group, left_at=None).select_related("member")
    return rows.annotate(
        top_role=Subquery(held.order_by("-role").values("role")[:1]), identity_id=first_identity("member")
    ).order_by(F("top_role").desc(nulls_last=True), "joined_at", "pk")


def members_named(group: Group, query: str) -> QuerySet[Membership]:
    """Present members whose name holds ``query``; all where it is empty. Only what the space shows is searched."""
    rows, query = members_of(group), query.strip()[:40]
    if not query:
        return rows
    shown = Q(member__display_name__icontains=query)
    if group.space == Space.PROFESSIONAL:
        shown = Q(member__real_name__icontains=query) | (shown & Q(member__real_name=""))
    return rows.filter(shown)


def member_ids(group_id: int) -> list[int]:
    """The ids of all present members."""
    return list(Membership.objects.filter(group=group_id, left_at=None).values_list("member_id", flat=True))


def identities_in(group_id: int, identity_ids: Collection[int]) -> set[int]:
    """Which of these identities speak for somebody who is in the group: one query."""
    inside = Membership.objects.filter(group=group_id, left_at=None).values("member_id")
    return identities_speaking_for(identity_ids, inside)


def last_membership(group_id: int, member_id: int) -> Membership | None:
    """A member's newest time in a group, open or ended."""
    return Membership.objects.filter(group=group_id, member=member_id).order_by("-pk").first()


def count_of_members(group_id: int) -> int:
    """How many are present, counted (``Group.member_count`` keeps the same number)."""
    return Membership.objects.filter(group=group_id, left_at=None).count()


def keeper_ids(group_id: int, roles: Collection[str] = KEEPERS) -> list[int]:
    """The ids of those who tend a group."""
    held = RoleAssignment.objects.filter(group=group_id, until=None, role__in=[str(role) for role in roles])
    return sorted(set(held.values_list("member_id", flat=True)))


def roles_by_member(group_id: int) -> dict[int, frozenset[GroupRole]]:
    """The open roles in a group by member id (``member`` itself left out): one query."""
    found: dict[int, set[GroupRole]] = {}
    for member_id, role in RoleAssignment.objects.filter(group=group_id, until=None).values_list("member_id", "role"):
        found.setdefault(member_id, set()).add(GroupRole(role))
    return {member_id: frozenset(roles) for member_id, roles in found.items()}


def groups_tended_by(member_id: int) -> list[int]:
    """The ids of the groups that a member tends."""
    held = RoleAssignment.objects.filter(member=member_id, until=None, group__isnull=False)
    return sorted(set(held.values_list("group_id", flat=True)))


def share_a_group(one: int, other: int) -> bool:
    """Whether two members are in a group together now."""
    theirs = Membership.objects.filter(member=other, left_at=None).values("group_id")
    return Membership.objects.filter(member=one, left_at=None, group_id__in=theirs).exists()


def staff_ids(role: str = "") -> list[int]:
    """The ids of members with a staff role (or with this one)."""
    held = RoleAssignment.objects.filter(group=None, until=None)
    if role:
        held = held.filter(role=role)
    return sorted(set(held.values_list("member_id", flat=True)))


def holds_staff_role(member_column: str) -> Exists:
    """A database expression: the member in ``member_column`` of the outer query holds a staff role."""
    # The member keeps it inside its community.
    return Exists(RoleAssignment._base_manager.filter(member=OuterRef(member_column), group=None, until=None))


def holds_roles(member: "Member") -> bool:
    """Whether a member holds any role, over the community or in a group."""
    return RoleAssignment.objects.filter(member=member, until=None).exists()


def staff_list() -> list[tuple["Member", str]]:
    """Everybody with a staff role: (member, role), by role and name."""
    held = RoleAssignment.objects.filter(group=None, until=None).select_related("member")
    return [(row.member, row.role) for row in held.order_by("role", "member__display_name")]


def links_of(group: Group) -> list[JoinLink]:
    """The links that still work, the newest first."""
    live = JoinLink.objects.filter(group=group, revoked_at=None).select_related("created_by").order_by("-pk")
    live = live.filter(Q(expires_at=None) | Q(expires_at__gt=now()))
    return list(live.filter(Q(max_uses=None) | Q(uses__lt=F("max_uses"))))


def live_restrictions_in(group: Group) -> list[Restriction]:
    """Mutes and bans set in this group and in force, the newest first."""
    found: list[Restriction] = []
    for kind in RestrictionKind.values:
        rows = live_restrictions(kind).filter(Q(group=group)).select_related("member")
        found.extend(rows)
    return sorted(found, key=lambda row: -row.pk)


def restrictions_of(member_id: int) -> QuerySet[Restriction]:
    """Everything that ever restricted a member, the newest first."""
    return Restriction.objects.filter(member=member_id).select_related("group").order_by("-pk")


def group_names(group_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The names (text per language) of groups by id: one query."""
    return dict(Group.objects.filter(pk__in=set(group_ids)).values_list("pk", "name"))


def imported_groups(source: str, external_ids: Collection[str]) -> dict[str, Group]:
    """External id → the group that an archive's channel became, of those brought in before."""
    found: dict[str, Group] = {}
    for ids in chunks(list(external_ids)):
        found.update((group.external_id, group) for group in Group.objects.filter(source=source, external_id__in=ids))
    return found


def all_groups() -> list[Group]:
    """Every group of the community, closed ones too: for those who measure."""
    return list(Group.objects.order_by("pk"))


def groups_after(group_id: int, limit: int | None = None) -> list[tuple[int, str, dict[str, Any]]]:
    """(id, key, names) of the groups that come after one by id, closed ones too: one query."""
    rows = Group.objects.filter(pk__gt=group_id).order_by("pk").values_list("pk", "key", "name")
    return list(rows[:limit] if limit else rows)


def group_with_key(key: str) -> Group | None:
    """The group of the community with that key: for the command line."""
    return Group.objects.filter(key=key).first()


def groups_with_keys(keys: Collection[str]) -> dict[str, tuple[int, bool]]:
    """Key → (id, whether it is closed) of the groups that have one of these keys: a query for each five hundred."""
    found: dict[str, tuple[int, bool]] = {}
    for some in chunks(sorted(keys)):
        rows = Group.objects.filter(key__in=some).annotate(is_closed=is_shut())
        found.update({key: (pk, shut) for key, pk, shut in rows.values_list("key", "pk", "is_closed")})
    return found


def has_open_groups() -> bool:
    """Whether any group of the community is not closed."""
    return Group.objects.exclude(is_shut()).exists()


def has_groups() -> bool:
    """Whether any group was ever opened here."""
    return Group.objects.exists()


def membership_rows() -> Iterator[tuple[int, int, datetime, datetime | None, bool]]:
    """(group, member, from, until, whether a member invited them) of every membership, for those who measure."""
    rows = Membership.objects.order_by("pk").values_list(
        "group_id", "member_id", "joined_at", "left_at", "invited_by_id"
    )
    for group, member, joined, left, inviter in rows.iterator(chunk_size=5000):
        yield group, member, joined, left, inviter is not None
