"""Newcomers of a group for those who tend it, and one's own first steps."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F

from hearth.core.texts import best
from hearth.groups.models import Membership, Welcoming
from hearth.groups.queries.lists import keeper_ids
from hearth.groups.registry import FirstStep, FirstWords, first_steps, first_words
from hearth.groups.rules.onboarding import MOST_STEPS, NEW_FOR, STEPS_FOR
from hearth.groups.rules.welcome import filled
from hearth.groups.types import JoinedBy
from hearth.kit.clock import now

if TYPE_CHECKING:
    from hearth.groups.models import Group

BROUGHT = (JoinedBy.IMPORT, JoinedBy.MERGE, JoinedBy.MOVED)  # they were here before


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who came within the last seven days. ``steps`` are how many first steps they have done, of ``asked``."""

    member_id: int
    joined_at: datetime
    joined_by: str
    buddy_id: int | None
    greeted_at: datetime | None
    words: FirstWords | None
    steps: int
    asked: int

    @property
    def waits(self) -> bool:
        """Whether nobody has greeted or answered them."""
        return self.greeted_at is None and not (self.words and self.words.answered)


@dataclass(frozen=True, slots=True)
class OwnSteps:
    """One's first steps in a group: (step, done), and who the buddy is."""

    group: "Group"
    steps: tuple[tuple[FirstStep, bool], ...]
    buddy_id: int | None

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(done for _step, done in self.steps)


def steps_in(group: "Group") -> list[FirstStep]:
    """What is asked of newcomers of a group: three at most."""
    return sorted((step for step in first_steps if step.wanted(group)), key=lambda step: step.order)[:MOST_STEPS]


def newcomers_of(group: "Group", most: int = 500) -> list[Newcomer]:
    """Who came within a week, those first who wait for a word, the longest first: a fixed number of queries.

    Where more than ``most`` came, whoever was not greeted is among them before whoever was.
    """
    rows = Membership.objects.filter(group=group, left_at=None, joined_at__gt=now() - NEW_FOR)
    rows = rows.exclude(joined_by__in=BROUGHT).exclude(member__in=keeper_ids(group.pk)).select_related("welcoming")
    ungreeted_first = F("welcoming__greeted_at").asc(nulls_first=True)
    found = list(rows.order_by(ungreeted_first, "joined_at", "pk")[:most])
    ids = [row.member_id for row in found]
    words = _words(group, ids)
    done = [step.done(group, ids) for step in steps_in(group)] if ids else []
    newcomers = [_newcomer(row, words.get(row.member_id), done) for row in found]
    return sorted(newcomers, key=lambda one: (not one.waits, one.joined_at))


def _newcomer(row: Membership, words: FirstWords | None, done: list[set[int]]) -> Newcomer:
    welcoming: Welcoming | None = getattr(row, "welcoming", None)
    return Newcomer(
        row.member_id, row.joined_at, row.joined_by, welcoming.buddy_id if welcoming else None,
        welcoming.greeted_at if welcoming else None, words, sum(row.member_id in some for some in done), len(done),
    )  # fmt: skip


def _words(group: "Group", members: Collection[int]) -> dict[int, FirstWords]:
    found: dict[int, FirstWords] = {}
    if members:
        for tell in first_words:
            found |= tell(group, members)
    return found


def welcome_for(member_id: int | None, group: "Group") -> str:
    """The word of welcome for somebody who came in within a fortnight: of the link or code they came by, else of the
    group, with their names in it; "" for everybody else.
    """
    rows = Membership.objects.filter(group=group, member=member_id, left_at=None, joined_at__gt=now() - STEPS_FOR)
    related = ("member", "link", "entry_code", "welcoming__buddy")
    row = rows.exclude(joined_by__in=BROUGHT).select_related(*related).first()
    if row is None or member_id in keeper_ids(group.pk):
        return ""
    by = [one.welcome for one in (row.link, row.entry_code) if one is not None and one.welcome]
    welcoming: Welcoming | None = getattr(row, "welcoming", None)
    buddy = welcoming.buddy.display_name if welcoming and welcoming.buddy else ""
    words = {"name": row.member.display_name, "group": best(group.name), "keeper": buddy}
    return filled(by[0] if by else best(group.welcome), words)


def own_steps(member_id: int | None, group: "Group | None" = None) -> list[OwnSteps]:
    """First steps that one has still to do, in a group or in all that one came into within a fortnight."""
    if member_id is None:
        return []
    rows = Membership.objects.filter(member=member_id, left_at=None, joined_at__gt=now() - STEPS_FOR)
    rows = rows.exclude(joined_by__in=BROUGHT)
    rows = rows if group is None else rows.filter(group=group)
    found = []
    for row in rows.select_related("group", "welcoming").order_by("-joined_at")[:MOST_STEPS]:
        if member_id in keeper_ids(row.group_id):
            continue
        steps = tuple((step, member_id in step.done(row.group, [member_id])) for step in steps_in(row.group))
        welcoming: Welcoming | None = getattr(row, "welcoming", None)
        if any(not done for _step, done in steps):
            found.append(OwnSteps(row.group, steps, welcoming.buddy_id if welcoming else None))
    return found
