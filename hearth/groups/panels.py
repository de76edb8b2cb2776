"""What groups show on pages they do not know: who tends a group and who came lately; where a member is at home."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

from hearth.core.permissions import may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.queries import keepers_of, links_of, newest_norms, restrictions_of
from hearth.groups.queries.doors import count_waiting, step_of, waiting_applications, ways_kept_for
from hearth.groups.queries.lists import norms_owed
from hearth.groups.queries.onboarding import Newcomer, OwnSteps, newcomers_of, own_steps
from hearth.groups.queries.operating import history_of, newest_members, places_of_member
from hearth.groups.queries.purity import purity_of
from hearth.groups.queries.regrouping import past_regroupings
from hearth.groups.queries.value_lines import stopped_lines, zone_of_community
from hearth.groups.registry import ADMIT, GIVE_ROLE, INVITE, LIFT_PAUSE, MANAGE_GROUP, REGROUP, SET_VALUE_LINES, TEND
from hearth.groups.services.gates import words_of
from hearth.groups.web.name_cards import gaps_told, rows_to_mend
from hearth.groups.web.value_lines import LiftForm
from hearth.groups.web.value_view import group_lines, nothing_for
from hearth.people.queries import holds_badge, member_cards
from hearth.people.queries.lists import awaits_review
from hearth.people.registry import card_gaps
from hearth.people.types import NameCard
from hearth.ui.panels import AgendaItem, Urgency, Waiting, agenda_source, panel
from hearth.ui.types import Text

ROLE_WORDS: dict[str, Text] = {
    "owner": pgettext_lazy("role", "Owner of record"),
    "keeper": pgettext_lazy("role", "Keeper"),
    "assistant": pgettext_lazy("role", "Assistant"),
}
JOINED: dict[str, Text] = {
    "link": _("by link"),
    "qr": _("by QR code"),
    "invitation": _("by invitation"),
    "open_door": _("through the open door"),
    "staff": _("let in by the team"),
    "import": _("with an archive"),
    "api": _("through a program"),
    "code": _("by entry code"),
    "demo": _("with the demo"),
    "merge": _("by a merge of two members"),
    "moved": _("from another group"),
}
LEFT: dict[str, Text] = {
    "own_wish": _("by their own wish"),
    "removed": _("taken out"),
    "banned": _("banned"),
    "group_closed": _("the group closed"),
    "erased": _("erased"),
    "merged": _("merged into another member"),
    "moved": _("went on to another group"),
}
KINDS: dict[str, tuple[Text, str]] = {
    "joined": (_("joined"), "user-plus"),
    "left": (_("left"), "user-x"),
    "role_given": (_("became"), "key-round"),
    "role_ended": (_("is no longer"), "key-round"),
}


SHOWN = 20


@agenda_source("groups.applications", _("Requests to come in"), icon="user-check", urgency=Urgency.DECISION)
def requests_waiting(request: HttpRequest) -> Waiting:
    """Who waits before a door for a decision."""
    if not may(request.actor, ADMIT.key):  # type: ignore[attr-defined]
        return Waiting()
    rows = waiting_applications(None)
    items = [
        AgendaItem(
            title=gettext("%(who)s asks to come in") % {"who": row.member.display_name},
            detail=best(row.group.name),
            url=link("groups:applications", group_id=row.group_id),
            action=gettext("Decide"),
            since=row.waits_since or row.asked_at,
            who=(row.member.display_name, row.member_id),
        )
        for row in rows[:SHOWN]
    ]
    total = count_waiting(None) if len(items) == SHOWN else len(items)
    return Waiting(items, total, items[0].url if items else "")


@agenda_source(
    "groups.value_lines", _("Services that have stopped"), icon="circle-alert", urgency=Urgency.GROUP, tone="caution"
)
def services_stopped(request: HttpRequest) -> Waiting:
    """Value lines that turned red, the longest first."""
    if not may(request.actor, SET_VALUE_LINES.key):  # type: ignore[attr-defined]
        return Waiting()
    found = stopped_lines()
    rows = list(found[:SHOWN])
    zone = zone_of_community() if rows else None
    items = [
        AgendaItem(
            title=gettext("%(group)s: “%(what)s” has stopped")
            % {"group": best(row.group.name) or row.group.key, "what": best(row.answer.name)},
            detail=gettext("Nobody new is invited there until it goes again."),
            url=link("console:group", row.group_id) + "#value-line",
            action=gettext("Look and act"),
            since=datetime.combine(row.since, time(), zone),
        )
        for row in rows
    ]
    total = found.count() if len(items) == SHOWN else len(items)
    return Waiting(items, total, link("console:groups") + "?f.value=stopped")


@panel("groups.value_line", "console.group", "groups/console/value_line_panel.html", order=7)
def value_line(request: HttpRequest, group: Any) -> dict[str, Any]:
    """Why members come to the group, what answers it, how that is seen, and how it stands."""
    lines = group_lines(group)
    return {
        "lines": lines,
        "nothing_for": nothing_for(lines.rows),
        "may_set": may(request.actor, SET_VALUE_LINES.key),  # type: ignore[attr-defined]
        "may_do": may(request.actor, TEND.key),  # type: ignore[attr-defined]
        "lift_form": LiftForm() if lines.rests and may(request.actor, LIFT_PAUSE.key) else None,  # type: ignore[attr-defined]
    }


@panel("groups.value_line_to_do", "groups.tending", "groups/value_line_to_do.html", order=3)
def value_line_to_do(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """The same for those who tend the group: what is due, and one tap to say that it is done."""
    lines = group_lines(group)
    return {"lines": lines} if lines.rows else None


@panel("groups.what_you_find", "groups.card", "groups/what_you_find.html", order=20)
def what_you_find(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """What is promised here, as members and those who look at the card read it."""
    rows = [(row.name, best(row.line.answer.gets.get("member", {}))) for row in group_lines(group).rows]
    return {"rows": rows} if rows else None


@panel("groups.keepers", "console.group", "groups/console/keepers.html", place="side", order=10)
def keepers(request: HttpRequest, group: Any) -> dict[str, Any]:
    """Owner, keepers, assistants."""
    held = keepers_of([group.pk]).get(group.pk, [])
    return {
        "keepers": [(pk, name, ROLE_WORDS.get(role, role)) for pk, name, role in held],
        "may_give": may(request.actor, GIVE_ROLE.key),  # type: ignore[attr-defined]
    }


@panel("groups.newest", "console.group", "groups/console/newest.html", place="side", order=20)
def newest(request: HttpRequest, group: Any) -> dict[str, Any]:
    """Who came last."""
    return {"rows": [(row, JOINED.get(row.joined_by, row.joined_by)) for row in newest_members(group)]}


@panel("groups.door", "console.group", "groups/console/door.html", place="side", order=30)
def door(request: HttpRequest, group: Any) -> dict[str, Any]:
    """The norms in force, what the door asks, who waits, and the links that still work."""
    step = step_of(group)
    return {
        "asks": [words_of(one) for one in step.conditions()] if step else [],
        "waiting": count_waiting(group.pk),
        "norms": newest_norms(group.pk),
        "links": links_of(group),
        "may_manage": may(request.actor, MANAGE_GROUP.key),  # type: ignore[attr-defined]
        "may_invite": may(request.actor, INVITE.key),  # type: ignore[attr-defined]
    }


@panel("groups.purity", "console.group", "groups/console/purity_panel.html", place="side", order=35)
def purity(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """How many match what the group says it is for; nothing where it says nothing."""
    found = purity_of(group) if may(request.actor, MANAGE_GROUP.key) else None  # type: ignore[attr-defined]
    return {"purity": found} if found else None


@panel("groups.regroupings", "console.group", "groups/console/regroupings.html", place="side", order=40)
def regroupings(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """Splits and merges in which the group took part, where they can be looked at and taken back."""
    if not may(request.actor, REGROUP.key):  # type: ignore[attr-defined]
        return None
    rows = past_regroupings(group.pk)
    return {"rows": rows} if rows else None


@panel("groups.history", "console.group", "groups/console/history.html", order=60)
def history(request: HttpRequest, group: Any) -> dict[str, Any]:
    """Who came and went, and who got or lost a role."""
    entries = []
    for one in history_of(group, 10):
        what, icon = KINDS[one.kind]
        words = ROLE_WORDS if one.kind.startswith("role") else JOINED if one.kind == "joined" else LEFT
        entries.append({"change": one, "what": what, "icon": icon, "how": words.get(one.how, one.how)})
    return {"entries": entries}


@panel("groups.of_member", "console.member", "groups/console/of_member.html", order=20)
def of_member(request: HttpRequest, member: Any) -> dict[str, Any]:
    """Where a member is at home, with their roles, and what restricts them."""
    return {
        "places": [(place, [ROLE_WORDS.get(role, role) for role in place.roles]) for place in places_of_member(member)],
        "restrictions": list(restrictions_of(member.pk).filter(lifted_at=None)[:5]),
    }


@dataclass(frozen=True, slots=True)
class NewcomerRow:
    """A newcomer as those who tend the group see them."""

    one: Newcomer
    card: NameCard
    how: Text
    buddy: str
    is_mine: bool


@panel("groups.newcomers", "groups.tending", "groups/newcomers.html", order=5)
def newcomers(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """Whom to greet: who came within a week, those first whom nobody has greeted or answered."""
    found = newcomers_of(group)
    if not found:
        return None
    me = request.actor.member_id  # type: ignore[attr-defined]
    wanted = {one.member_id for one in found} | {one.buddy_id for one in found if one.buddy_id}
    cards = member_cards(wanted, group.space)
    rows = [
        NewcomerRow(
            one, cards[one.member_id], JOINED.get(one.joined_by, one.joined_by),
            cards[one.buddy_id].name if one.buddy_id in cards else "", one.buddy_id == me,
        )
        for one in found if one.member_id in cards
    ]  # fmt: skip
    return {"waits": [row for row in rows if row.one.waits], "heard": [row for row in rows if not row.one.waits]}


card_gaps.append(gaps_told)


@panel("groups.name_cards", "groups.tending", "groups/name_cards.html", order=8)
def name_cards(_request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """Whose card lacks what the group asks for, for those who tend it."""
    return rows_to_mend(group)


@panel("groups.name_cards_here", "console.group", "groups/name_cards.html", order=9)
def name_cards_in_console(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """The same for those who set the rule."""
    return rows_to_mend(group) if may(request.actor, MANAGE_GROUP.key) else None  # type: ignore[attr-defined]


@panel("groups.first_steps", "groups.card", "groups/first_steps.html", order=5)
def own_first_steps(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """One's own first steps in a group, until they are done or a fortnight is over."""
    found = own_steps(request.actor.member_id, group)  # type: ignore[attr-defined]
    return {"shown": steps_shown(found)} if found else None


@panel("groups.all_first_steps", "portal.home", "groups/first_steps.html", order=5)
def first_steps_at_home(request: HttpRequest, _subject: Any) -> dict[str, Any] | None:
    """The same for every group that one came into of late."""
    found = own_steps(request.actor.member_id)  # type: ignore[attr-defined]
    return {"shown": steps_shown(found), "at_home": True} if found else None


@panel("groups.norms_owed", "portal.home", "groups/norms_owed.html", order=3)
def norms_owed_at_home(request: HttpRequest, _subject: Any) -> dict[str, Any] | None:
    """Whose new norms one has not accepted yet, until one has."""
    owed = norms_owed(request.actor.member_id or 0)  # type: ignore[attr-defined]
    return {"owed": [(pk, best(name)) for pk, name in owed]} if owed else None


@panel("groups.ways_kept_at_desk", "people.verification", "groups/ways_kept.html", order=5)
def ways_kept_at_desk(request: HttpRequest, _subject: Any) -> dict[str, Any] | None:
    """Into which groups somebody comes once they have the badge that they ask for."""
    return ways_shown(request)


@panel("groups.ways_kept_at_home", "portal.home", "groups/ways_kept.html", order=4)
def ways_kept_at_home(request: HttpRequest, _subject: Any) -> dict[str, Any] | None:
    """The same on the first page, with the way to the desk, or in."""
    found = ways_shown(request)
    return {**found, "at_home": True} if found else None


def ways_shown(request: HttpRequest) -> dict[str, Any] | None:
    """The ways kept for the reader, by the names of their groups, and how their request for a badge stands."""
    member_id = request.actor.member_id  # type: ignore[attr-defined]
    ways = ways_kept_for(member_id)
    if not ways:
        return None
    shown = [(best(one.group.name), link(f"groups:{one.route}", code=one.way.code)) for one in ways]
    return {
        "ways": shown,
        "holds_badge": holds_badge(member_id),
        "waits": awaits_review(member_id),
    }


def steps_shown(found: list[OwnSteps]) -> list[dict[str, Any]]:
    """First steps with the addresses where they are done, and the buddy's card as the group's space shows it."""
    shown = []
    for one in found:
        buddy = member_cards([one.buddy_id], one.group.space).get(one.buddy_id) if one.buddy_id else None
        steps = [(gettext(step.title), step.url(one.group.pk), done) for step, done in one.steps]
        shown.append(
            {"group": one.group, "name": best(one.group.name), "steps": steps, "done": one.done, "buddy": buddy}
        )
    return shown
