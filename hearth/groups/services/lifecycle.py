"""Groups: opened, changed, closed, reopened."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from hearth.core import audit
from hearth.core.errors import Conflict, Refusal
from hearth.core.facts import emit
from hearth.core.models import Community
from hearth.core.permissions import Actor, GroupRole, demand
from hearth.groups.access import roles_in
from hearth.groups.errors import GroupClosed, KeyTaken
from hearth.groups.facts import (
    GroupChanged,
    GroupClosed as GroupClosedFact,
    GroupOpened,
    GroupReopened,
    MemberAdmitted,
    NormsPublished,
    RoleGiven,
)
from hearth.groups.models import Group, GroupClosure, Membership, Norms, Place, RoleAssignment
from hearth.groups.registry import CLOSE_GROUP, MANAGE_GROUP, OPEN_GROUP, after_group_opened
from hearth.groups.rules.keys import is_key, key_from
from hearth.groups.services.texts import LocalInput, chosen, defined, known_language, known_zone, local
from hearth.groups.types import JoinedBy, Lasting, Space, Visibility
from hearth.kit.clock import now
from hearth.kit.ids import new_code
from hearth.people.queries import member_with_id
from hearth.people.rules.names import rule_fits

if TYPE_CHECKING:
    from hearth.people.models import Member

LENGTHS = {"name": 80, "function": 300, "card": 2000, "welcome": 2000}
CHOICES: dict[str, list[str]] = {
    "visibility": Visibility.values,
    "space": Space.values,
    "lasting": Lasting.values,
}
LEAST, MOST = 2, 100_000


@transaction.atomic
def open_group(
    actor: Actor,
    *,
    name: LocalInput,
    key: str = "",
    theme: str = "",
    function: LocalInput = "",
    card: LocalInput = "",
    welcome: LocalInput = "",
    norms: LocalInput = "",
    capacity: int | None = None,
    visibility: str = Visibility.LISTED,
    space: str = Space.GENERAL,
    name_rule: str = "",
    definition: Sequence[Mapping[str, Any]] = (),
    language: str = "",
    time_zone: str = "",
    place: Place | None = None,
    lasting: str = Lasting.STANDING,
    ends_on: date | None = None,
    owner: "Member | None" = None,
    parent: Group | None = None,
    lineage: str = "",
    source: str = "",
    external_id: str = "",
) -> Group:
    """Open a group with its owner of record (default: the actor) inside it; only the house may open one without.

    Texts are one string in the group's language or a mapping language → text. Raises NotAllowed, KeyTaken, Refusal.
    """
    demand(actor, OPEN_GROUP.key)
    community = Community.objects.get(pk=actor.community_id)
    language, owner = known_language(language or community.language), _owner_of_record(actor, owner)
    values = _texts(language, name=name, function=function, card=card, welcome=welcome)
    group = Group(
        key=_key_for(key, values["name"], language),
        theme=theme.strip()[:80],
        capacity=capacity,
        name_rule=name_rule.strip()[:80],
        definition=defined(definition, parent.definition if parent else ()),
        language=language,
        time_zone=known_zone(time_zone or community.time_zone),
        place=place,
        ends_on=ends_on,
        parent=parent,
        lineage=lineage,
        source=source,
        external_id=external_id,
        opened_by_id=actor.member_id,
        **values,
        **_choices(visibility=visibility, space=space, lasting=lasting),
    )
    _save_new(group)
    _tell_opened(actor, group, owner)
    _first_norms(actor, group, local(norms, language, most=8000, field="norms"))
    _seat_owner(actor, group, owner)
    for hook in after_group_opened:
        hook(group)
    audit.record(actor, "group_opened", f"group:{group.pk}", after={"key": group.key, "space": space})
    return group


def _texts(language: str, **texts: LocalInput) -> dict[str, dict[str, str]]:
    return {field: local(text, language, most=LENGTHS[field], field=field) for field, text in texts.items()}


def _choices(**choices: str) -> dict[str, str]:
    return {field: chosen(value, CHOICES[field], field) for field, value in choices.items()}


def _owner_of_record(actor: Actor, named: "Member | None") -> "Member | None":
    owner = named or member_with_id(actor.member_id)
    if owner is None and actor.kind != "house":
        raise Refusal("Name the owner of record who answers for the group.", field="owner")
    return owner


def _save_new(group: Group) -> None:
    _check(group)
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise KeyTaken(field="key") from None


def _tell_opened(actor: Actor, group: Group, owner: "Member | None") -> None:
    told = GroupOpened(
        group=group.pk,
        space=group.space,
        visibility=group.visibility,
        capacity=group.capacity,
        owner=owner.pk if owner else None,
    )
    emit(told, actor=actor, subject=f"group:{group.pk}", historical=bool(group.source))


def _key_for(key: str, names: dict[str, str], language: str) -> str:
    made = key or key_from(names.get("en") or names.get(language, "")) or f"group-{new_code(6).lower()}"
    if not is_key(made, 60):
        raise Refusal("Use small letters, digits and hyphens for the short name.", field="key")
    if not key and Group.objects.filter(key=made).exists():
        made = f"{made}-{new_code(4).lower()}"
    return made


def _check(group: Group) -> None:
    if not group.name:
        raise Refusal("Give the group a name.", field="name")
    if group.capacity is not None and not LEAST <= group.capacity <= MOST:
        raise Refusal("Give a number from %(low)s to %(high)s.", field="capacity", low=LEAST, high=MOST)
    if group.capacity is not None and group.capacity < group.member_count:
        raise Refusal(
            "The group already has %(members)s members; the capacity cannot be lower.",
            field="capacity",
            members=group.member_count,
        )
    if group.name_rule and not rule_fits(group.name_rule, group.space):
        raise Refusal(
            "Write the rule like {name}-{hospital}-{department}; outside professional groups only {name} may stand.",
            field="name_rule",
        )
    if group.lasting == Lasting.ENDING and group.ends_on is None:
        raise Refusal("Say on which day the group is meant to end.", field="ends_on")


def _first_norms(actor: Actor, group: Group, text: dict[str, str]) -> None:
    if text:
        Norms.objects.create(group=group, version=1, text=text, by=actor.ref)
        emit(NormsPublished(group=group.pk, version=1), actor=actor, subject=f"group:{group.pk}")


def _seat_owner(actor: Actor, group: Group, owner: "Member | None") -> None:
    if owner is None:
        return
    Membership.objects.create(group=group, member=owner, joined_by=JoinedBy.STAFF)
    RoleAssignment.objects.create(group=group, member=owner, role=GroupRole.OWNER, given_by=actor.ref)
    Group.objects.filter(pk=group.pk).update(member_count=1)
    group.member_count = 1
    admitted = MemberAdmitted(
        group=group.pk, member=owner.pk, how=JoinedBy.STAFF.value, invited_by=None, link=None, norms_version=None
    )
    emit(admitted, actor=actor, subject=f"group:{group.pk}")
    role = RoleGiven(member=owner.pk, role=GroupRole.OWNER.value, group=group.pk)
    emit(role, actor=actor, subject=f"group:{group.pk}")


CHANGEABLE = frozenset(
    {*LENGTHS, *CHOICES, "theme", "capacity", "name_rule", "definition", "language", "time_zone", "ends_on"}
)
TOLD_IN_AUDIT = ("capacity", "visibility", "space", "name_rule", "definition", "lasting", "language", "time_zone")


@transaction.atomic
def change_group(actor: Actor, group: Group, *, why: str = "", **changes: Any) -> Group:
    """Change a group's card and settings (see CHANGEABLE). Raises NotAllowed, Refusal, Conflict on a full group."""
    demand(actor, MANAGE_GROUP.key, roles_in(actor, group))
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise TypeError(f"a group has no {sorted(unknown)} to change")
    fresh = Group.objects.select_for_update().get(pk=group.pk)
    before = {field: getattr(fresh, field) for field in changes}
    for field, value in changes.items():
        setattr(fresh, field, _changed(fresh, field, value))
    _check(fresh)
    changed = sorted(field for field in changes if getattr(fresh, field) != before[field])
    if not changed:
        return fresh
    room = Q() if fresh.capacity is None else Q(member_count__lte=fresh.capacity)
    if not Group.objects.filter(room, pk=group.pk).update(**{field: getattr(fresh, field) for field in changed}):
        raise Conflict()
    emit(GroupChanged(group=group.pk, fields=changed), actor=actor, subject=f"group:{group.pk}")
    audit.record(
        actor,
        "group_changed",
        f"group:{group.pk}",
        before={field: before[field] for field in changed if field in TOLD_IN_AUDIT},
        after={field: getattr(fresh, field) if field in TOLD_IN_AUDIT else "rewritten" for field in changed},
        why=why,
    )
    return fresh


def _changed(group: Group, field: str, value: Any) -> Any:
    if field in LENGTHS:
        return local(value, group.language, most=LENGTHS[field], field=field)
    if field in CHOICES:
        return chosen(value, CHOICES[field], field)
    if field == "language":
        return known_language(value)
    if field == "definition":
        return defined(value, group.definition)
    if field == "time_zone":
        return known_zone(value)
    return value.strip()[:80] if field in {"theme", "name_rule"} else value


@transaction.atomic
def close_group(
    actor: Actor, group: Group, *, why: str = "", completed: bool = False, into: Group | None = None
) -> GroupClosure:
    """Close a group: it can be read and changes no more; ``into`` is where its members went.

    Raises NotAllowed, GroupClosed when it is already.
    """
    demand(actor, CLOSE_GROUP.key, roles_in(actor, group))
    try:
        with transaction.atomic():
            row = GroupClosure.objects.create(group=group, why=why[:300], completed=completed, by=actor.ref, into=into)
    except IntegrityError:
        raise GroupClosed() from None
    emit(GroupClosedFact(group=group.pk, completed=completed), actor=actor, subject=f"group:{group.pk}")
    audit.record(actor, "group_closed", f"group:{group.pk}", after={"completed": completed}, why=why)
    return row


@transaction.atomic
def reopen_group(actor: Actor, group: Group, *, why: str = "") -> None:
    """Let a closed group go on; an open one stays as it is. Raises NotAllowed."""
    demand(actor, CLOSE_GROUP.key, roles_in(actor, group))
    if GroupClosure.objects.filter(group=group, reopened_at=None).update(reopened_at=now()):
        emit(GroupReopened(group=group.pk), actor=actor, subject=f"group:{group.pk}")
        audit.record(actor, "group_reopened", f"group:{group.pk}", why=why)
