"""Telling members something, once, if they want to hear it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse

from hearth.core.facts import emit
from hearth.core.models import Community, Fact
from hearth.core.tenancy import current_community_id, current_scope
from hearth.notify.facts import MembersTold
from hearth.notify.models import GroupLevel, Level, Notice, Preference
from hearth.notify.registry import reasons
from hearth.notify.rules.levels import ALWAYS, is_told
from hearth.people.queries import present_among, who_blocked

if TYPE_CHECKING:
    from hearth.groups.models import Group

CHUNK = 500


def place_of(route: str, **parts: Any) -> str:
    """The address of a page of the community in scope, also where only its id is in scope (handlers of facts)."""
    key = current_scope().key or Community.objects.values_list("key", flat=True).get(pk=current_community_id())
    return reverse(route, kwargs={"community": key, **parts})


@transaction.atomic
def tell(
    member_ids: Iterable[int],
    reason: str,
    *,
    fact: Fact | None = None,
    group: "Group | int | None" = None,
    subject: str = "",
    path: str,
    params: dict[str, Any] | None = None,
    by: int | None = None,
) -> int:
    """Tell members something for a declared reason; returns how many were told.

    Not told: those whose level leaves the reason out, who blocked ``by`` (default: the ``member`` in ``params``), who
    left the community, and ``by`` themselves. One fact tells each member at most once per reason. Raises KeyError for
    an undeclared reason.
    """
    declared, params = reasons[reason], dict(params or {})
    group_id = group if group is None or isinstance(group, int) else group.pk
    by = by if by is not None else params.get("member")
    wanted = sorted(set(member_ids) - {by})
    told = 0
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        listening = present_among(chunk)
        if declared.level != ALWAYS:
            levels = levels_in(group_id, listening)
            listening = {pk for pk in listening if is_told(declared.level, levels[pk])}
        if by is not None and listening:
            listening -= who_blocked(by, listening)
        told += _write(sorted(listening), reason, fact, group_id, subject, path, params)
    return told


def _write(
    members: list[int],
    reason: str,
    fact: Fact | None,
    group_id: int | None,
    subject: str,
    path: str,
    params: dict[str, Any],
) -> int:
    if fact is not None:
        already = Notice.objects.filter(member__in=members, fact_id=fact.pk, reason=reason)
        members = sorted(set(members) - set(already.values_list("member_id", flat=True)))
    if not members:
        return 0
    Notice.objects.bulk_create(
        [
            Notice(
                member_id=pk,
                reason=reason,
                fact_id=fact.pk if fact else None,
                group_id=group_id,
                subject=subject or (fact.subject if fact else ""),
                path=path[:300],
                params=params,
            )
            for pk in members
        ],
        ignore_conflicts=True,
    )
    subject = f"group:{group_id}" if group_id else "inbox"
    emit(MembersTold(reason=reason, members=members), subject=subject, cause=fact.pk if fact else None)
    return len(members)


def levels_in(group_id: int | None, members: Iterable[int]) -> dict[int, str]:
    """The level of each member for a group: their own choice for it, else their general one: two queries."""
    found = dict.fromkeys(members, str(Level.MENTIONS))
    found.update(Preference.objects.filter(member__in=found).values_list("member_id", "level"))
    if group_id is not None:
        own = GroupLevel.objects.filter(group=group_id, member__in=list(found))
        found.update(own.values_list("member_id", "level"))
    return found
