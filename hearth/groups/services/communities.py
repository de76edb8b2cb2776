"""Communities: founded, described, staffed."""

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from hearth.core import audit
from hearth.core.errors import NotFound, Refusal
from hearth.core.facts import emit
from hearth.core.models import Community
from hearth.core.permissions import Actor, StaffRole, demand
from hearth.core.tenancy import community_scope
from hearth.groups.errors import KeyTaken, LastAdmin
from hearth.groups.facts import CharterChanged, CommunityChanged, CommunityFounded, RoleEnded, RoleGiven
from hearth.groups.models import Charter, RoleAssignment
from hearth.groups.registry import CHANGE_CHARTER, GIVE_STAFF_ROLE
from hearth.groups.rules.keys import is_key
from hearth.groups.services.texts import LocalInput, chosen, known_language, known_zone, local
from hearth.groups.types import CommunityType
from hearth.kit.clock import now
from hearth.people.queries import users_of

if TYPE_CHECKING:
    from hearth.people.models import Member

CHARTER_TEXTS = ("purpose", "private_purpose", "audience", "values", "goals")


@transaction.atomic
def found_community(
    key: str,
    name: LocalInput,
    language: str = "en",
    time_zone: str = "UTC",
    *,
    type: str = CommunityType.AUXILIARY,  # noqa: A002  the charter's own word
    serves_link: str = "",
    **charter: LocalInput,
) -> Community:
    """Found a community with its charter (purpose, private_purpose, audience, values, goals).

    Whoever calls this is trusted: the installer, the demo, a platform administrator. Raises KeyTaken, Refusal.
    """
    if not is_key(key, 40):
        raise Refusal("Use small letters, digits and hyphens for the short name.", field="key")
    language = known_language(language)
    names = local(name, language, most=80, field="name")
    if not names:
        raise Refusal("Give the community a name.", field="name")
    try:
        with transaction.atomic():
            community = Community.objects.create(
                key=key, name=names, language=language, time_zone=known_zone(time_zone)
            )
    except IntegrityError:
        raise KeyTaken(field="key") from None
    with community_scope(community):
        Charter.objects.create(
            type=chosen(type, CommunityType.values, "type"),
            serves_link=serves_link[:30],
            **{field: local(charter.pop(field, ""), language, most=2000, field=field) for field in CHARTER_TEXTS},
        )
        if charter:
            raise TypeError(f"a charter has no {sorted(charter)}")
        emit(CommunityFounded(community=community.pk, type=type), subject=f"community:{community.pk}")
        audit.record(None, "community_founded", f"community:{community.pk}", after={"key": key, "type": type})
    return community


@transaction.atomic
def change_community(actor: Actor, *, why: str = "", **changes: Any) -> Community:
    """Rewrite name, language or time zone. Raises NotAllowed, Refusal."""
    demand(actor, CHANGE_CHARTER.key)
    community = Community.objects.select_for_update().get(pk=actor.community_id)
    changed = []
    for field, value in changes.items():
        new = _checked(field, value, community.language)
        if getattr(community, field) != new:
            setattr(community, field, new)
            changed.append(field)
    if changed:
        community.save(update_fields=changed)
        subject = f"community:{community.pk}"
        emit(CommunityChanged(fields=sorted(changed)), actor=actor, subject=subject)
        audit.record(actor, "community_changed", subject, after={"fields": sorted(changed)}, why=why)
    return community


def _checked(field: str, value: Any, language: str) -> Any:
    if field == "language":
        return known_language(value)
    if field == "time_zone":
        return known_zone(value)
    if field != "name":
        raise TypeError(f"a community has no {field} to change")
    names = local(value, language, most=80, field="name")
    if not names:
        raise Refusal("Give the community a name.", field="name")
    return names


@transaction.atomic
def change_charter(actor: Actor, *, why: str = "", **changes: Any) -> Charter:
    """Rewrite parts of the charter. Raises NotAllowed, Refusal."""
    demand(actor, CHANGE_CHARTER.key)
    charter = Charter.objects.select_for_update().select_related("community").get()
    changed = []
    for field, value in changes.items():
        if field in CHARTER_TEXTS:
            new: Any = local(value, charter.community.language, most=2000, field=field)
        elif field == "type":
            new = chosen(value, CommunityType.values, "type")
        elif field == "serves_link":
            new = str(value)[:30]
        else:
            raise TypeError(f"a charter has no {field}")
        if getattr(charter, field) != new:
            setattr(charter, field, new)
            changed.append(field)
    if changed:
        charter.save(update_fields=changed)
        emit(CharterChanged(fields=sorted(changed)), actor=actor, subject=f"community:{charter.community_id}")
        subject = f"community:{charter.community_id}"
        audit.record(actor, "charter_changed", subject, after={"fields": sorted(changed)}, why=why)
    return charter


@transaction.atomic
def make_staff(actor: Actor, member: "Member", role: str, *, why: str = "") -> RoleAssignment:
    """Give a staff role over the community; holding it already changes nothing. Raises NotAllowed, Refusal, also for
    somebody who cannot sign in: nobody would answer for what the role asks.
    """
    demand(actor, GIVE_STAFF_ROLE.key)
    if role not in set(StaffRole) or member.left_at or member.merged_into_id:
        raise Refusal("Choose one of the values offered.", field="role")
    held = RoleAssignment.objects.filter(member=member, group=None, role=role, until=None).first()
    if held is not None:
        return held
    if not users_of([member.pk]):
        raise Refusal(
            "This person has no account here yet. Invite them, and give the role once they are in.", field="member"
        )
    row = RoleAssignment.objects.create(member=member, group=None, role=role, given_by=actor.ref, why=why[:200])
    emit(RoleGiven(member=member.pk, role=str(role), group=None), actor=actor, subject=f"member:{member.pk}")
    audit.record(actor, "role_given", f"member:{member.pk}", after={"role": str(role)}, why=why)
    return row


@transaction.atomic
def end_staff(actor: Actor, member: "Member", role: str, *, why: str = "") -> None:
    """End a staff role. Raises NotAllowed, NotFound, LastAdmin."""
    demand(actor, GIVE_STAFF_ROLE.key)
    held = RoleAssignment.objects.filter(group=None, until=None, role=role)
    holders = set(held.select_for_update().order_by("pk").values_list("member_id", flat=True))
    if member.pk not in holders:
        raise NotFound()
    if role == StaffRole.ADMIN and not users_of(holders - {member.pk}):
        raise LastAdmin()
    held.filter(member=member).update(until=now(), ended_by=actor.ref, ended_why=why[:200])
    emit(RoleEnded(member=member.pk, role=str(role), group=None), actor=actor, subject=f"member:{member.pk}")
    audit.record(actor, "role_ended", f"member:{member.pk}", before={"role": str(role)}, why=why)
