"""Members whose name cards do not hold a group's rule: they changed after their owners came in, or the rule did.

Only those who sign in are told of: nobody else can mend a card. Staff are known by what they are.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hearth.groups.access import is_shut
from hearth.groups.models import Group, Membership
from hearth.people.rules.names import card_lacks, rule_fits
from hearth.people.types import MemberKind

if TYPE_CHECKING:
    from hearth.people.models import Member


def lacks_of(member: "Member", rule: str, space: str, changes: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """What a member's card lacks under a rule, with changed fields put in."""
    names = ("display_name", "real_name", "hospital", "department", "title")
    told = {name: getattr(member, name) for name in names} | dict(changes or {})
    places = {name: told[name] for name in ("hospital", "department", "title")}
    return card_lacks(rule, space, display=told["display_name"], real=told["real_name"], places=places)


def gaps_of(member: "Member", changes: Mapping[str, str] | None = None) -> list[tuple[Group, tuple[str, ...]]]:
    """A member's groups whose rules their card does not hold, with what it lacks: two queries."""
    if member.kind == MemberKind.STAFF:
        return []
    mine = Membership.objects.filter(member=member, left_at=None).values("group_id")
    rows = Group.objects.filter(pk__in=mine).exclude(name_rule="").exclude(is_shut()).order_by("pk")
    found = [(group, lacks_of(member, group.name_rule, group.space, changes)) for group in rows]
    return [(group, lacks) for group, lacks in found if lacks]


def cards_to_mend(group: Group, rule: str | None = None, space: str = "") -> list[tuple["Member", tuple[str, ...]]]:
    """Members of a group whose cards do not hold its rule, or one that it might get, with what they lack: one query."""
    rule, space = (group.name_rule if rule is None else rule), space or group.space
    if not rule_fits(rule, space):
        return []
    rows = Membership.objects.filter(group=group, left_at=None, member__person__user__isnull=False)
    rows = rows.exclude(member__kind=MemberKind.STAFF).select_related("member").order_by("member__display_name", "pk")
    found = [(row.member, lacks_of(row.member, rule, space)) for row in rows]
    return [(member, lacks) for member, lacks in found if lacks]


def members_to_mend(group_id: int) -> list[int]:
    """The ids of those members, for a group as it is now: two queries."""
    group = Group.objects.filter(pk=group_id).first()
    return [member.pk for member, _lacks in cards_to_mend(group)] if group else []
