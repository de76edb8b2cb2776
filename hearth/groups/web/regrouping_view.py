"""Plans and their work as the pages show them."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _, ngettext

from hearth.core.texts import best
from hearth.groups.access import live_restrictions
from hearth.groups.models import Move, Regrouping, RegroupingPart
from hearth.groups.queries.lists import keeper_ids, newest_norms, roles_by_member
from hearth.groups.queries.regrouping import (
    came_back,
    going,
    members_by_group,
    moves_of,
    parts_of,
    staying_in,
    stored_ties,
    went,
    why_not,
    would_go,
)
from hearth.groups.queries.waiting import waiting_line
from hearth.groups.rules.tending import circle_elsewhere, strong_by_part
from hearth.groups.rules.ties import Tie, kept_of
from hearth.groups.services.regrouping import UNDO_DAYS, counts, is_running
from hearth.groups.types import RegroupingKind, RestrictionKind
from hearth.groups.web.console import ROLES
from hearth.kit.clock import now

WANTED = 80  # per cent of the strong ties
SHOWN = 200
Circles = dict[int, dict[int, int]]  # who tends the group → part → their strong ties into it


@dataclass(slots=True)
class Person:
    """A member of a part: role, strong ties inside it and in all, and where most of the others are."""

    member_id: int
    name: str
    role: str
    inside: int
    strong: int
    may_go: bool


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who tends a part while most of their strong ties are in another."""

    name: str
    inside: int
    strong: int
    circle: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """Somebody who may keep a part: how many of their strong ties would be in it, and whether they do now."""

    member_id: int
    name: str
    inside: int
    strong: int
    keeps: bool


@dataclass(slots=True)
class PartView:
    """A part with its people, those first who tend it, then those whom others pull elsewhere."""

    row: RegroupingPart
    people: list[Person]
    owners: list[tuple[int, str]]
    elsewhere: list[RegroupingPart]
    has_keeper: bool
    strangers: list["Stranger"]
    keepers: list["Keeping"]
    form: Any = None
    seats: int = 0


@dataclass(slots=True)
class _Counted:
    strong: dict[int, int] = field(default_factory=dict)
    inside: dict[int, int] = field(default_factory=dict)


def _counted(ties: list[Tie], where: dict[int, int]) -> _Counted:
    found = _Counted()
    for one in ties:
        if one.is_strong and one.a in where and one.b in where:
            same = int(where[one.a] == where[one.b])
            for member in (one.a, one.b):
                found.strong[member] = found.strong.get(member, 0) + 1
                found.inside[member] = found.inside.get(member, 0) + same
    return found


def split_view(row: Regrouping) -> dict[str, Any]:
    """The plan of a split: who goes where, what is kept, what follows."""
    moves, parts, ties = moves_of(row), parts_of(row), stored_ties(row)
    where = {move.member_id: move.part for move in moves}
    strong, kept = kept_of(where, ties)
    roles, counted = roles_by_member(row.group_id), _counted(ties, where)
    owner = next((pk for pk, held in roles.items() if "owner" in held), 0)
    tending = [pk for pk, held in roles.items() if pk in where and held & {"owner", "keeper"}]
    circles = {pk: strong_by_part(pk, where, ties) for pk in tending}
    named = {part.number: part.name for part in parts}
    names = {move.member_id: move.member.display_name for move in moves}

    def person(move: Move) -> Person:
        pk, held = move.member_id, roles.get(move.member_id, frozenset())
        role = next((key for key in ("owner", "keeper", "assistant") if key in held), "")
        told = counted.inside.get(pk, 0), counted.strong.get(pk, 0)
        return Person(pk, names[pk], str(dict(ROLES).get(role, "")), *told, may_go=pk != owner)

    views = []
    for part in parts:
        people = [person(move) for move in moves if move.part == part.number]
        people.sort(key=lambda one: (not one.role, one.inside - one.strong))
        tended = [pk for pk in tending if where[pk] == part.number]
        owners = [(one.member_id, one.name) for one in people]
        if owner in names and owner not in {pk for pk, _name in owners}:
            owners.insert(0, (owner, names[owner]))
        outside = part.number > 0 and where.get(part.owner_id or 0) != part.number
        others = [other for other in parts if other.number != part.number]
        strangers = _strangers(tended, circles, where, names, named)
        choice = _keeping(part, circles, where, names)
        seats = len(people) + outside
        views.append(PartView(part, people, owners, others, bool(tended), strangers, choice, seats=seats))
    return {
        "parts": views,
        "strong": strong,
        "kept": kept,
        "percent": round(100 * kept / strong) if strong else None,
        "is_low": bool(strong) and 100 * kept < WANTED * strong,
        "goes": sum(move.part > 0 for move in moves),
        "follows": _after_split(row),
    }


def _strangers(
    tended: list[int], circles: Circles, where: dict[int, int], names: dict[int, str], named: dict[int, str]
) -> list[Stranger]:
    found = []
    for pk in tended:
        mine = circles[pk]
        circle = circle_elsewhere(where[pk], mine)
        if circle is not None:
            found.append(Stranger(names[pk], mine.get(where[pk], 0), sum(mine.values()), named[circle]))
    return found


def _keeping(part: RegroupingPart, circles: Circles, where: dict[int, int], names: dict[int, str]) -> list[Keeping]:
    """Who may keep a part, those first who know most people in it; nobody where there is no choice."""
    found = [
        Keeping(pk, names[pk], told.get(part.number, 0), sum(told.values()), where[pk] == part.number)
        for pk, told in circles.items()
    ]
    return sorted(found, key=lambda one: (-one.inside, one.name)) if len(found) > 1 else []


def _after_split(row: Regrouping) -> list[str]:
    group = row.group
    bans = live_restrictions(RestrictionKind.BAN).filter(group=group).count()
    waiting = waiting_line(group.pk).count()
    told = [
        _("What was said stays in the group as it is now; those who go can read it no more, unless it is open."),
        _("The new groups have its card, norms, door and settings; those who go keep their roles."),
        _("Links and entry codes lead to the group as before."),
    ]
    if bans:
        told.append(_("%(count)s bans hold in the new groups as well.") % {"count": bans})
    if waiting:
        told.append(_("%(count)s wait in line; the places that become free are offered to them.") % {"count": waiting})
    return [*told, _("Everybody who goes is told where. For %(days)s days it can be taken back.") % {"days": UNDO_DAYS}]


@dataclass(frozen=True, slots=True)
class SisterView:
    """A group of a merge: how many would come, how many are in the home already, who tends it, its norms if others."""

    part: RegroupingPart
    members: int
    both: int
    keepers: int
    norms: str


def merge_view(row: Regrouping) -> dict[str, Any]:
    """The plan of a merge: who comes, whether they fit, what differs, what follows."""
    home, parts = row.group, [one for one in parts_of(row) if one.group is not None]
    members = members_by_group([one.group_id for one in parts if one.group_id])
    mine, told = newest_norms(home.pk), would_go(row)
    views = []
    for one in parts[1:]:
        inside, theirs = members[one.group_id or 0], newest_norms(one.group_id or 0)
        differ = theirs is not None and (mine is None or theirs.text != mine.text)
        views.append(
            SisterView(
                one,
                len(inside),
                len(inside & members[home.pk]),
                len(keeper_ids(one.group_id or 0)),
                best(theirs.text) if theirs and differ else "",
            )
        )
    free = None if home.capacity is None else home.capacity - home.member_count
    return {
        "sisters": views,
        "went": told,
        "free": free,
        "fits": free is None or told.come <= free,
        "norms": best(mine.text) if mine else "",
        "follows": _after_merge([one.group_id or 0 for one in parts[1:]]),
    }


def _after_merge(sources: list[int]) -> list[str]:
    waiting = sum(waiting_line(pk).count() for pk in sources)
    told = [
        _("The other groups are closed, not deleted: their members can still read what was said, and find the way."),
        _("Owners and keepers of the other groups become keepers; assistants stay assistants."),
        _("Entry codes of the other groups lead to this one; their join links end."),
        _("Where norms differ, those who come are asked to accept the ones that hold here."),
    ]
    if waiting:
        told.append(_waiting_after(waiting))
    return [*told, _("Everybody who comes is told. For %(days)s days it can be taken back.") % {"days": UNDO_DAYS}]


def _waiting_after(count: int) -> str:
    told = ngettext(
        "%(count)s person waits in line of a group that is closed and comes into the line here, by when they asked. "
        "Whoever does not meet this door is told, and keeps that day if they ask here.",
        "%(count)s people wait in line of a group that is closed and come into the line here, by when they asked. "
        "Whoever does not meet this door is told, and keeps that day if they ask here.",
        count,
    )
    return told % {"count": count}


@dataclass(frozen=True, slots=True)
class PartDone:
    """A group of a regrouping, and what became of it."""

    part: RegroupingPart
    became: list[str]


def _became(row: Regrouping, part: RegroupingPart) -> list[str]:
    """Whether a group that was opened or closed on the way is open now, and why it was spared."""
    if part.number == 0 or part.group is None:
        return []
    if row.kind == RegroupingKind.MERGE:
        return _sister_became(row, part)
    if row.undone_at is None:
        return [_("opened by this split")]
    if part.undone_at is None:
        left = len(staying_in(row, part))
        return [_stays_open(left)] if left else []
    reading = part.group.member_count
    return [_("closed, its name is free again")] if not reading else [_("closed"), _still_read(reading)]


def _stays_open(left: int) -> str:
    told = ngettext(
        "stays open: %(count)s person is in it who came by themselves or could not be brought back",
        "stays open: %(count)s people are in it who came by themselves or could not be brought back",
        left,
    )
    return told % {"count": left}


def _still_read(count: int) -> str:
    told = ngettext(
        "%(count)s person wrote there and can still read it",
        "%(count)s people wrote there and can still read it",
        count,
    )
    return told % {"count": count}


def _sister_became(row: Regrouping, part: RegroupingPart) -> list[str]:
    if part.undone_at is not None:
        return [_("open again")]
    if part.done_at is not None:
        return [_("closed")]
    return [_("stays open: not everybody found room")] if row.ended_at is not None else []


def work_view(row: Regrouping) -> dict[str, Any]:
    """A regrouping at work, ended or taken back: how far it is, and for whom it was not done and why."""
    rows = going(row).select_related("member", "source")
    refused = list(rows.exclude(refused={}).order_by("pk")[:SHOWN])
    stayed = list(rows.exclude(stayed={}).order_by("pk")[:SHOWN])
    undoing = row.undo_begun_at is not None
    finished = row.undone_at is not None if undoing else row.ended_at is not None
    running = is_running(row) and not finished
    in_time = row.ended_at is None or now() - row.ended_at < timedelta(days=UNDO_DAYS)
    return {
        "state": _state(row, running=running, refused=bool(refused)),
        "is_running": running,
        "has_stopped": not running and not finished,
        "parts": [PartDone(one, _became(row, one)) for one in parts_of(row)],
        "counts": counts(row),
        "all": rows.count(),
        "went": went(row),
        "returned": came_back(row),
        "refused": [(move, why_not(move.refused)) for move in refused],
        "stayed": [(move, why_not(move.stayed)) for move in stayed],
        "may_go_on": row.kind != RegroupingKind.MOVE
        and not running
        and (not finished or (bool(refused) and not undoing)),
        "may_undo": not running and not undoing and in_time,
        "undo_days": UNDO_DAYS,
        **_lines(row),
    }


def _lines(row: Regrouping) -> dict[str, Any]:
    """What became of those who stood in line of groups that a merge closed."""
    moves = row.line_moves.select_related("stood__member")
    kept_out, not_back = moves.exclude(refused={}).order_by("pk"), moves.exclude(stayed={}).order_by("pk")
    return {
        "lined_up": moves.filter(place__isnull=False).count(),
        "back_in_line": moves.filter(undone_at__isnull=False, stayed={}).count(),
        "kept_out_count": kept_out.count(),
        "kept_out": [(move.stood.member, _why_kept_out(move.refused)) for move in kept_out[:SHOWN]],
        "not_back": [(move.stood.member, why_not(move.stayed)) for move in not_back[:SHOWN]],
    }


def _why_kept_out(refused: dict[str, Any]) -> str:
    """The reason as the team reads it; the door speaks to whoever stands before it."""
    by_door = {
        "door_asks": _("The door of this group asks something that they have not told yet."),
        "door_waits": _("Somebody who tends this group decides on them first."),
    }
    return by_door.get(refused["code"]) or why_not(refused)


def _state(row: Regrouping, *, running: bool, refused: bool) -> tuple[str, str]:
    if row.undone_at is not None:
        return _("Taken back"), "slate"
    if running:
        return _("Running"), "ember"
    if row.ended_at is None or row.undo_begun_at is not None:
        return _("Stopped"), "slate"
    return (_("Not all of it"), "caution") if refused else (_("Done"), "good")
