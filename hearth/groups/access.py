"""Who somebody is in a community, and groups fetched and authorised in one act."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from hearth.core.errors import NotFound
from hearth.core.middleware import Bearer
from hearth.core.models import Community
from hearth.core.permissions import Actor, GroupRole, StaffRole, demand, may
from hearth.core.prepared import Prepared
from hearth.core.tenancy import community_scope
from hearth.groups.errors import Outranked
from hearth.groups.models import (
    Application,
    Deed,
    EntryCode,
    Group,
    GroupClosure,
    JoinLink,
    Membership,
    Regrouping,
    Restriction,
    RoleAssignment,
    ValueAnswer,
    Waiting,
)
from hearth.groups.registry import ADMIT, INVITE, INVITE_ONE, MAKE_ENTRY_CODES, REGROUP, SET_VALUE_LINES, TEND
from hearth.groups.rules.ranks import outranks
from hearth.groups.types import RestrictionKind, Visibility
from hearth.kit.clock import now
from hearth.people.queries import Standing, has_second_factor, standing_of_member, standing_of_user, user_of
from hearth.people.services import token_by_text

if TYPE_CHECKING:
    from hearth.people.models import Member


def resolve_actor(user: Any, community: Community) -> Actor | None:
    """Who ``user`` is in ``community``; None without a place there. Two queries (one more after a merge).

    A platform administrator always has an actor. Staff without a second factor are asleep (one query more for staff).
    """
    found = None
    with community_scope(community):
        place = standing_of_user(user.pk)
        if place is not None:
            found = _actor(place, user.pk, is_platform_admin=user.is_superuser)
        elif user.is_superuser:
            found = Actor(community_id=community.pk, user_id=user.pk, is_platform_admin=True)
    if found is None or not found.is_staff or has_second_factor(user):
        return found
    return replace(found, asleep=True)


def resolve_bearer(text: str) -> Bearer | None:
    """Who holds this token; None for one that does not work. Staff without a second factor are asleep, as signed in."""
    row = token_by_text(text)
    if row is None:
        return None
    with community_scope(row.community):
        actor = actor_of_member(row.member)
        user = user_of(row.member_id) if actor.is_staff and actor.kind == "person" else None
    if user is not None and not has_second_factor(user):
        actor = replace(actor, asleep=True)
    return Bearer(row.pk, row.community_id, frozenset(row.scopes), actor)


def actor_of_member(member: "Member", *, user_id: int | None = None) -> Actor:
    """The actor that a member is: for tokens, bots and tests. Call it inside the community's scope."""
    place = standing_of_member(member.pk)
    return _actor(place, place.user_id if user_id is None else user_id)


_HELD = Prepared(
    lambda member: RoleAssignment.objects.filter(member_id=member, group=None, until=None).values_list("role"), int
)


def _actor(place: Standing, user_id: int | None, *, is_platform_admin: bool = False) -> Actor:
    return Actor(
        community_id=place.community_id,
        user_id=user_id,
        person_id=place.person_id,
        member_id=place.member_id,
        identity_id=place.identity_id,
        staff=frozenset(StaffRole(role) for (role,) in _HELD.rows(place.member_id)),
        is_platform_admin=is_platform_admin,
        kind="bot" if place.is_machine else "person",
        verified=place.is_verified,
    )


def visible_to(actor: Actor) -> Q:
    """The condition on groups that ``actor`` may know of: staff all, members all but hidden ones they are not in."""
    if actor.acts_as_staff:
        return Q()
    mine = Membership.objects.filter(group=OuterRef("pk"), member=actor.member_id, left_at=None)
    return ~Q(visibility=Visibility.HIDDEN) | Q(Exists(mine))


def group_for(actor: Actor, group_id: int) -> Group:
    """A group whose card the actor may see. Raises NotFound, also where they may not know that it exists."""
    found = Group.objects.select_related("place").filter(visible_to(actor), pk=group_id).first()
    if found is None:
        raise NotFound()
    return found


def roles_in(actor: Actor, group: Group) -> frozenset[GroupRole]:
    """The roles that the actor holds in the group, ``member`` included: one query."""
    return roles_of(actor.member_id, group)


def roles_of(member_id: int | None, group: Group) -> frozenset[GroupRole]:
    """The roles of a member in the group: one query."""
    if member_id is None:
        return frozenset()
    held = RoleAssignment.objects.filter(member=member_id, group=group, until=None).values_list("role")
    inside = Membership.objects.filter(member=member_id, group=group, left_at=None)
    both = held.union(inside.values_list(Value(GroupRole.MEMBER.value)))
    return frozenset(GroupRole(role) for (role,) in both)


def roles_of_keeper(actor: Actor, member_id: int) -> frozenset[GroupRole]:
    """The roles that the actor holds in groups which a member is in now: one query."""
    if actor.member_id is None:
        return frozenset()
    theirs = Membership.objects.filter(member=member_id, left_at=None).values("group_id")
    held = RoleAssignment.objects.filter(member=actor.member_id, until=None, group_id__in=theirs)
    return frozenset(GroupRole(role) for role in held.values_list("role", flat=True))


def is_shut(group: str = "pk") -> Exists:
    """Whether the group in this column of the outer query is closed, as a condition on its rows."""
    return Exists(GroupClosure.objects.filter(group=OuterRef(group), reopened_at=None))


def home_of(actor: Actor, group: Group) -> Group | None:
    """Where the members of a closed group went, if they did and the actor may know of it: one query."""
    shut = GroupClosure.objects.filter(group=group, reopened_at=None).values("into")
    return Group.objects.filter(visible_to(actor), pk__in=shut).first()


def group_where(actor: Actor, group_id: int, permission_key: str) -> Group:
    """A group in which the actor holds a permission. Raises NotFound, NotAllowed."""
    group = group_for(actor, group_id)
    demand(actor, permission_key, roles_in(actor, group))
    return group


def demand_above(actor: Actor, member_id: int, group: Group | None) -> None:
    """Raise Outranked unless the actor may act on a member: on staff only administrators, keepers on those below."""
    admin = actor.acts_as_staff and (actor.is_platform_admin or StaffRole.ADMIN in actor.staff)
    if not admin and RoleAssignment.objects.filter(member=member_id, group=None, until=None).exists():
        raise Outranked()
    if (
        group is not None
        and not actor.acts_as_staff
        and not outranks(roles_in(actor, group), roles_of(member_id, group))
    ):
        raise Outranked()


def live_restrictions(kind: str, moment: datetime | None = None) -> QuerySet[Restriction]:
    """Restrictions of a kind that are in force, now or at another ``moment``."""
    live = Restriction.objects.filter(kind=kind, lifted_at=None)
    return live.filter(Q(until=None) | Q(until__gt=moment or now()))


def is_banned(member_id: int, group: Group) -> bool:
    """Whether a ban in force keeps a member out, their own or one of a member merged into them."""
    whom = Q(member=member_id) | Q(member__merged_into=member_id)
    return live_restrictions(RestrictionKind.BAN).filter(whom, Q(group=group) | Q(group=None)).exists()


# Asked with every batch of an import.
_BANS = Prepared(
    lambda moment: live_restrictions(RestrictionKind.BAN, moment).values_list(
        "member_id", "member__merged_into_id", "group_id"
    ),
    datetime,
)


def live_bans() -> set[tuple[int, int | None]]:
    """(member, group) of every ban in force, group None for everywhere; a merged member's bans count for both."""
    return {(member, group) for one, other, group in _BANS.rows(now()) for member in (one, other) if member is not None}


def link_for(actor: Actor, link_id: int) -> JoinLink:
    """A join link of a group where the actor may invite. Raises NotFound, NotAllowed."""
    found = JoinLink.objects.select_related("group").filter(pk=link_id).first()
    if found is None:
        raise NotFound()
    group_where(actor, found.group_id, INVITE.key)
    return found


def member_in(actor: Actor, group: Group, member_id: int) -> "Member":
    """A present member of a group that the actor may see into. Raises NotFound."""
    inside = Membership.objects.filter(group=group, member=member_id, left_at=None).select_related("member").first()
    if inside is None:
        raise NotFound()
    return inside.member


def restriction_for(actor: Actor, restriction_id: int) -> Restriction:
    """A restriction, of a group the actor may see or everywhere. Raises NotFound. Rights are asked by the service."""
    found = Restriction.objects.select_related("group", "member").filter(pk=restriction_id).first()
    if found is None or (found.group_id is None and not actor.acts_as_staff):
        raise NotFound()
    if found.group_id is not None:
        group_for(actor, found.group_id)
    return found


def application_for(actor: Actor, application_id: int) -> Application:
    """A request to come in, for whoever made it or admits there. Raises NotFound."""
    found = Application.objects.select_related("group", "member", "link").filter(pk=application_id).first()
    if found is None or not (found.member_id == actor.member_id or may(actor, ADMIT.key, roles_in(actor, found.group))):
        raise NotFound()
    return found


def invitable_group(actor: Actor, group_id: int) -> Group:
    """A group to which the actor may invite somebody by address. Raises NotFound, NotAllowed."""
    group = group_for(actor, group_id)
    roles = roles_in(actor, group)
    if not may(actor, INVITE.key, roles):
        demand(actor, INVITE_ONE.key, roles)
    return group


def waiting_for(actor: Actor, waiting_id: int) -> Waiting:
    """A wait for a place, for whoever waits or admits there. Raises NotFound."""
    found = Waiting.objects.select_related("group", "member").filter(pk=waiting_id).first()
    if found is None or not (found.member_id == actor.member_id or may(actor, ADMIT.key, roles_in(actor, found.group))):
        raise NotFound()
    return found


def entry_code_for(actor: Actor, code_id: int) -> EntryCode:
    """An entry code, for those who make them. Raises NotFound, NotAllowed."""
    demand(actor, MAKE_ENTRY_CODES.key)
    found = EntryCode.objects.select_related("default_group").filter(pk=code_id).first()
    if found is None:
        raise NotFound()
    return found


def value_answer_for(actor: Actor, answer_id: int) -> ValueAnswer:
    """What answers a driving force, for those who describe it. Raises NotFound, NotAllowed."""
    demand(actor, SET_VALUE_LINES.key)
    found = ValueAnswer.objects.filter(pk=answer_id).first()
    if found is None:
        raise NotFound()
    return found


def deed_for(actor: Actor, deed_id: int) -> Deed:
    """Something that was done, for those who tend the group. Raises NotFound, NotAllowed."""
    found = Deed.objects.select_related("group", "answer").filter(pk=deed_id).first()
    if found is None:
        raise NotFound()
    group_where(actor, found.group_id, TEND.key)
    return found


def regrouping_for(actor: Actor, regrouping_id: int) -> Regrouping:
    """A split, merge or move, for those who may do it. Raises NotFound, NotAllowed."""
    demand(actor, REGROUP.key)
    found = Regrouping.objects.select_related("group", "job").filter(pk=regrouping_id).first()
    if found is None:
        raise NotFound()
    return found
