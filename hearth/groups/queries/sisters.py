"""Groups that might come together: both cool down or fall silent, and they are for the same people."""

from dataclasses import dataclass
from itertools import combinations

from django.db.models import Count

from hearth.groups.access import is_shut
from hearth.groups.models import Group, Membership
from hearth.groups.queries.regrouping import members_by_group, open_groups, stages_of_fading

MOST_LOOKED_AT, MOST_TOLD = 300, 50
OVERLAP = 0.5  # of the smaller group's members who are in the other as well


@dataclass(frozen=True, slots=True)
class Sisters:
    """Two groups: the larger as home, how many are in both, whether the rest of the other fits, and their stages."""

    home: Group
    other: Group
    shared: int
    same_theme: bool
    fits: bool
    stages: tuple[str, str]


def suggested_sisters() -> list[Sisters]:
    """Pairs of open groups that fade, with one theme or half the members of the smaller in both: three queries."""
    stages = stages_of_fading()
    groups = sorted(open_groups(sorted(stages)[:MOST_LOOKED_AT]).values(), key=lambda one: (-one.member_count, one.pk))
    members = members_by_group([group.pk for group in groups])
    found = []
    for home, other in combinations(groups, 2):
        shared = len(members[home.pk] & members[other.pk])
        same = bool(home.theme) and home.theme.casefold() == other.theme.casefold()
        close = shared >= 2 and shared >= OVERLAP * len(members[other.pk])
        if home.space == other.space and (same or close):
            told = (stages[home.pk], stages[other.pk])
            found.append(Sisters(home, other, shared, same, _fits(home, len(members[other.pk]) - shared), told))
    return sorted(found, key=lambda one: (-one.shared, one.home.pk, one.other.pk))[:MOST_TOLD]


def _fits(home: Group, coming: int) -> bool:
    return home.capacity is None or home.member_count + coming <= home.capacity


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group whose members may come into another: how many are in both already, and its stage if it fades."""

    group: Group
    shared: int
    stage: str


def candidates_for(home: Group, limit: int = 30) -> list[Candidate]:
    """Open groups in which names are shown alike; those of the same people or theme first: four queries."""
    mine = Membership.objects.filter(group=home, left_at=None).values("member")
    counted = Membership.objects.filter(member__in=mine, left_at=None).exclude(group=home).order_by()
    shared = dict(counted.values("group").annotate(n=Count("pk")).values_list("group", "n"))
    rows = Group.objects.filter(~is_shut(), space=home.space).exclude(pk=home.pk)
    stages, theme = stages_of_fading(), home.theme.casefold()

    def near(group: Group) -> tuple[bool, bool, int, int]:
        same = bool(theme) and group.theme.casefold() == theme
        return not same, group.pk not in stages, -shared.get(group.pk, 0), group.pk

    return [
        Candidate(group, shared.get(group.pk, 0), stages.get(group.pk, "")) for group in sorted(rows, key=near)[:limit]
    ]
