"""Home and the list of one's groups."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _, pgettext
from django.views.decorators.http import require_safe

from hearth.conversation.queries import own_rooms as rooms, reading
from hearth.conversation.queries.lists import Row, rows_of
from hearth.core.permissions import Actor
from hearth.groups.queries import groups_of, visible_groups
from hearth.insight.queries.tending import kept_groups
from hearth.kit.clock import now
from hearth.notify.queries import inbox
from hearth.people.queries import blocked_identity_ids, cards_of
from hearth.people.types import NameCard
from hearth.ui.pages import page
from hearth.ui.panels import panels_of

if TYPE_CHECKING:
    from hearth.groups.models import Group

MANY_QUESTIONS = 30  # looked at, to choose the few that suit the reader
FEW = 3
NEW_DAYS = 14


@dataclass(frozen=True, slots=True)
class MyGroup:
    """One of the reader's groups as a row: what waits there and who spoke last."""

    group: "Group"
    unread: int
    last: rooms.LastWord | None


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For you: where something waits, questions that suit you, who called you, what is new; then one is done."""
    actor = request.actor
    request.session["community"] = request.community.key
    blocked = blocked_identity_ids(actor.member_id)
    mine = _my_groups(actor, blocked)
    card = cards_of([actor.identity_id], "professional").get(actor.identity_id) if actor.identity_id else None
    ids, asked = _question_ids(actor, blocked)
    questions = _for_me(rows_of(actor, ids), card)
    context = {
        "waiting": [row for row in mine if row.unread][:6],
        "groups_count": len(mine),
        "questions": questions[:FEW],
        "more_questions": max(0, asked - FEW),
        "kept": kept_groups(actor),
        "calls": inbox(actor, unread=True, limit=5) if actor.member_id else [],
        "fresh_groups": _new_groups(actor) if actor.member_id else [],
        "panels": panels_of("portal.home", request, None)["main"],
        "greeting": _greeting(),
        "name": card.name if card else "",
        "nav_active": "home",
    }
    return page(request, "portal/home.html", context)


@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """The groups one is in: those where something waits first, then by who spoke last."""
    mine = _my_groups(request.actor, blocked_identity_ids(request.actor.member_id))
    return page(request, "portal/groups.html", {"mine": mine, "nav_active": "groups"})


def _my_groups(actor: Actor, blocked: set[int]) -> list[MyGroup]:
    """Four queries, however many groups."""
    found = groups_of(actor) if actor.member_id else []
    spaces = {group.pk: group.space for group in found}
    glances = reading.glances(actor, list(spaces))
    last = rooms.last_words({glance.room_id: spaces[group] for group, glance in glances.items()}, blocked)
    rows = [_my_group(group, glances.get(group.pk), last) for group in found]
    return sorted(rows, key=_order)


def _my_group(group: "Group", glance: reading.RoomGlance | None, last: dict[int, rooms.LastWord]) -> MyGroup:
    if glance is None:
        return MyGroup(group, 0, None)
    return MyGroup(group, glance.unread, last.get(glance.room_id))


def _order(row: MyGroup) -> tuple[Any, ...]:
    spoke = row.last.at.timestamp() if row.last else 0.0
    return (row.unread == 0, -spoke, row.group.key)


def _question_ids(actor: Actor, blocked: set[int]) -> tuple[list[int], int]:
    """Those that are looked at, and how many wait altogether."""
    not_by, own = blocked | {actor.identity_id or 0}, set(rooms.own_rooms(actor))
    found = rooms.open_questions(own, not_by=not_by, limit=MANY_QUESTIONS + 1)
    asked = len(found) if len(found) <= MANY_QUESTIONS else sum(rooms.count_questions(own, not_by=not_by).values())
    return found[:MANY_QUESTIONS], asked


def _for_me(rows: list[Row], card: NameCard | None) -> list[Row]:
    """Questions of one's own department first, then the overdue, then the longest waiting."""
    department = card.department if card else ""

    def order(row: Row) -> tuple[Any, ...]:
        ours = bool(department) and department in {row.view.author.department, row.group_name}
        return (not ours, row.question != "overdue", row.view.at)

    return sorted(rows, key=order)


def _new_groups(actor: Actor) -> "list[Group]":
    rows = visible_groups(actor).filter(Q(is_mine=False), opened_at__gt=now() - timedelta(days=NEW_DAYS))
    return list(rows.order_by("-opened_at")[:FEW])


def _greeting() -> str:
    hour = _local_hour()
    if hour < 5 or hour >= 22:
        return pgettext("at night", "Good evening")
    if hour < 11:
        return _("Good morning")
    return _("Good day") if hour < 18 else _("Good evening")


def _local_hour() -> int:
    return now().astimezone(get_current_timezone()).hour
