"""The inbox, worded for its reader."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext

from hearth.core.lists import worded
from hearth.core.permissions import ROLE_WORDS, Actor, demand
from hearth.core.texts import best
from hearth.notify.models import Delivery, GroupLevel, Notice, Outcome, Preference
from hearth.notify.registry import SEE_DELIVERIES, reasons
from hearth.notify.types import ShownNotice
from hearth.people.queries import member_cards

PAGE = 40


def inbox(actor: Actor, *, unread: bool = False, before: int | None = None, limit: int = PAGE) -> list[ShownNotice]:
    """The actor's notices, the newest first; ``before`` is the id to go on from. At most four queries."""
    rows = Notice.objects.filter(member=actor.member_id or 0).select_related("group").order_by("-pk")
    if unread:
        rows = rows.filter(read_at=None)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return shown(rows[:limit])


def unread_count(member_id: int | None) -> int:
    """How many notices a member has not read."""
    return Notice.objects.filter(member=member_id, read_at=None).count() if member_id else 0


def shown(notices: Iterable[Notice]) -> list[ShownNotice]:
    """Notices worded in the active language; one query for names per kind of space."""
    rows = list(notices)
    names = _names(rows)
    return [_worded(row, names) for row in rows]


def _names(rows: list[Notice]) -> dict[tuple[str, int], str]:
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if "member" in row.params:
            wanted.setdefault(_space(row), set()).add(row.params["member"])
    return {
        (space, member_id): card.name
        for space, member_ids in wanted.items()
        for member_id, card in member_cards(member_ids, space).items()
    }


def _space(row: Notice) -> str:
    return row.group.space if row.group else "general"


def _worded(row: Notice, names: dict[tuple[str, int], str]) -> ShownNotice:
    declared = reasons.get(row.reason)
    group = best(row.group.name) if row.group else ""
    params = worded(row.params)
    params["group"] = group
    params["who"] = names.get((_space(row), row.params.get("member", 0)), gettext("Somebody"))
    for title in declared.titles if declared else ():
        params[title] = ROLE_WORDS.get(params.get(title, ""), "")
    return ShownNotice(
        id=row.pk,
        reason=row.reason,
        icon=declared.icon if declared else "bell",
        text=gettext(declared.sentence) % params if declared else gettext("Something happened in %(group)s.") % params,
        path=row.path,
        group_id=row.group_id,
        group_name=group,
        created_at=row.created_at,
        is_read=row.read_at is not None,
    )


def preference_of(member_id: int) -> Preference:
    """What a member chose, or an unsaved row with the defaults."""
    return Preference.objects.filter(member=member_id).first() or Preference(member_id=member_id)


def levels_of(member_id: int, group_ids: Collection[int]) -> dict[int, str]:
    """The levels a member chose for some of these groups, by group id: one query."""
    rows = GroupLevel.objects.filter(member=member_id, group__in=list(group_ids))
    return dict(rows.values_list("group_id", "level"))


def failed_deliveries(actor: Actor) -> QuerySet[Delivery]:
    """Mails that failed or whose fate is unknown, the newest first. Raises NotAllowed."""
    demand(actor, SEE_DELIVERIES.key)
    lost = Delivery.objects.filter(outcome__in=[Outcome.FAILED, Outcome.UNKNOWN])
    return lost.select_related("member").order_by("-pk")
