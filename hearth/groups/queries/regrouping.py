"""Plans to part or join groups, and what became of them."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from hearth.core.errors import Refusal
from hearth.core.permissions import GroupRole
from hearth.groups.access import is_shut, live_bans
from hearth.groups.models import (
    Group,
    LineMove,
    Membership,
    Move,
    Regrouping,
    RegroupingPart,
    RoleAssignment,
    Waiting,
)
from hearth.groups.registry import fading, first_words, ties
from hearth.groups.rules.ties import Tie
from hearth.groups.types import RegroupingKind
from hearth.kit.clock import now
from hearth.people.queries import blocks_among

SEASON = timedelta(days=91)


def ties_of(group_id: int, members: list[int]) -> list[Tie]:
    """The ties of the last 91 days among these members; a pair of which one blocked the other has none."""
    inside, apart = set(members), {frozenset(pair) for pair in blocks_among(members)}
    found: dict[tuple[int, int], list[int]] = {}
    for source in ties:
        for one in source(group_id, now() - SEASON):
            if one.a in inside and one.b in inside and frozenset((one.a, one.b)) not in apart:
                counted = found.setdefault((min(one.a, one.b), max(one.a, one.b)), [0, 0])
                mine, theirs = (one.from_a, one.from_b) if one.a < one.b else (one.from_b, one.from_a)
                counted[0] += mine
                counted[1] += theirs
    return [Tie(a, b, mine, theirs) for (a, b), (mine, theirs) in sorted(found.items())]


def stored_ties(row: Regrouping) -> list[Tie]:
    """The ties that a plan was made from."""
    return [Tie(*one) for one in row.ties]


def going(row: Regrouping) -> QuerySet[Move]:
    """The moves of those who go somewhere: of a split those who do not stay."""
    rows = Move.objects.filter(regrouping=row)
    return rows.filter(part__gt=0) if row.kind == RegroupingKind.SPLIT else rows


def target_of(row: Regrouping, move: Move) -> Group:
    """Where a member goes."""
    if row.kind != RegroupingKind.SPLIT:
        return row.group
    part = RegroupingPart.objects.select_related("group").get(regrouping=row, number=move.part)
    return part.group  # type: ignore[return-value]  # opened before anybody goes there


def parts_of(row: Regrouping) -> list[RegroupingPart]:
    """The groups of a plan in order."""
    return list(row.parts.select_related("group", "owner").order_by("number"))


def moves_of(row: Regrouping) -> list[Move]:
    """Everybody of a plan, by part and name."""
    rows = row.moves.select_related("member", "source")
    return list(rows.order_by("part", "member__display_name", "pk"))


def wrote_in(group: Group, members: Collection[int]) -> set[int]:
    """Those of these members who said something in a group lately: one query."""
    return {member for told in first_words for member in told(group, members)}


def staying_in(row: Regrouping, part: RegroupingPart) -> set[int]:
    """Who is in a group that a split opened and is not back where they were, but for who answers for it: two queries.

    They came in by themselves, or could not be brought back.
    """
    inside = Membership.objects.filter(group=part.group_id, left_at=None)
    owners = RoleAssignment.objects.filter(group=part.group_id, role=GroupRole.OWNER, until=None)
    back = going(row).filter(part=part.number, undone_at__isnull=False, stayed={})
    present = inside.exclude(member__in=owners.values("member"))
    return set(present.values_list("member", flat=True)) - set(back.values_list("member", flat=True))


def plan_for(group: Group, kind: str) -> Regrouping | None:
    """The plan of a kind that nobody has set to work yet."""
    return Regrouping.objects.filter(group=group, kind=kind, begun_at=None).first()


def past_regroupings(group_id: int) -> list[Regrouping]:
    """Splits and merges that a group took part in, the newest first, without moves of one person."""
    mine = RegroupingPart.objects.filter(regrouping=OuterRef("pk"), group=group_id)
    rows = Regrouping.objects.filter(Q(group=group_id) | Exists(mine), begun_at__isnull=False)
    return list(rows.exclude(kind=RegroupingKind.MOVE).order_by("-pk")[:5])


def why_not(refused: Mapping[str, Any]) -> str:
    """Why somebody did not go or come back, in the reader's language; '' when they did."""
    return str(Refusal(refused["sentence"], **refused["params"])) if refused else ""


def closing(row: Regrouping) -> QuerySet[RegroupingPart]:
    """The groups of a merge that are closed by it: not those of which somebody finds no room in the home."""
    full = row.moves.filter(refused__code="group_full").values("source")
    return row.parts.filter(number__gt=0, group__isnull=False).exclude(group__in=full)


def lines_to_carry(row: Regrouping) -> QuerySet[Waiting]:
    """Who stands in line of a group that a merge closes, those first who asked first."""
    rows = Waiting.objects.filter(group__in=closing(row).values("group"), ended_at=None)
    return rows.order_by("since", "pk")


def lines_to_put_back(row: Regrouping) -> QuerySet[LineMove]:
    """Who stood in line of a group that a merge closed and is not back there since it is undone."""
    return row.line_moves.filter(undone_at=None).order_by("pk")


def steps_of(row: Regrouping) -> int:
    """How many moves, of members and of those in line, a regrouping or its undoing takes: at most three queries."""
    coming = lines_to_carry(row).count() if row.kind == RegroupingKind.MERGE and row.ended_at is None else 0
    return going(row).count() + row.line_moves.count() + coming


@dataclass(frozen=True, slots=True)
class Went:
    """How many people (each once, however many groups they are in) came over, were there already, and stay."""

    come: int
    already: int
    stay: int


def would_go(row: Regrouping) -> Went:
    """What the plan of a merge says beforehand; those whom a ban keeps out of the home stay: four queries."""
    sources = [one.group_id for one in parts_of(row) if one.number and one.group_id]
    members = members_by_group([row.group_id, *sources])
    theirs, home = set[int]().union(*(members[pk] for pk in sources)), members[row.group_id]
    banned = live_bans()
    out = {member for member in theirs - home if banned & {(member, row.group_id), (member, None)}}
    return Went(len(theirs - home - out), len(theirs & home), len(out))


def went(row: Regrouping) -> Went:
    """The same of what was done, so far: one query."""
    told = list(going(row).filter(done_at__isnull=False).values_list("member", "came", "refused"))
    come = {member for member, came, refused in told if not refused and came}
    there = {member for member, _came, refused in told if not refused} - come
    return Went(len(come), len(there), len({member for member, _came, refused in told if refused} - come - there))


def came_back(row: Regrouping) -> int:
    """How many of those who came over are not there any more since it was taken back: one query."""
    rows = going(row).filter(undone_at__isnull=False, stayed={}, came__isnull=False)
    return rows.values("member").distinct().count()


def members_by_group(group_ids: list[int]) -> dict[int, set[int]]:
    """Group → ids of its present members: one query."""
    found: dict[int, set[int]] = {pk: set() for pk in group_ids}
    rows = Membership.objects.filter(group__in=group_ids, left_at=None)
    for group, member in rows.values_list("group_id", "member_id"):
        found[group].add(member)
    return found


def stages_of_fading() -> dict[int, str]:
    """Group → word for its stage, of those that cool down or fall silent."""
    return {group: stage for source in fading for group, stage in source().items()}


def open_groups(ids: list[int]) -> dict[int, Group]:
    """Those of these groups that are open, by id: one query."""
    return {group.pk: group for group in Group.objects.filter(~is_shut(), pk__in=ids)}


def sizes(moves: list[Move]) -> Counter[int]:
    """Part → how many are in it."""
    return Counter(move.part for move in moves)
