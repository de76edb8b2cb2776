"""The share of a group's members who match its definition, and who stands better elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from hearth.groups.access import is_shut
from hearth.groups.models import Group, Membership, RoleAssignment
from hearth.groups.rules.purity import better, matches, traits_of
from hearth.people.queries import AtDoor, at_the_door
from hearth.people.queries.cards import live_verifications
from hearth.people.queries.leaving import asked_to_go


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A member who is known to be something else, and the group where they would match, if there is one with room."""

    seen: AtDoor
    better: Group | None


@dataclass(slots=True)
class Purity:
    """Who matches, who does not, of whom too little is known. Those who tend the group, and who asked to be
    erased, are not counted.
    """

    matching: int = 0
    unknown: int = 0
    misplaced: list[Misplaced] = field(default_factory=list)
    others: int = 0  # groups with room that say whom they are for
    silent: list[Group] = field(default_factory=list)  # such as do not
    members: int = 0  # of the group, counted here or not

    @property
    def share(self) -> float | None:
        """Matching of those of whom enough is known; None where that is nobody."""
        known = self.matching + len(self.misplaced)
        return self.matching / known if known else None

    @property
    def left_out(self) -> int:
        """Members who are not counted: they tend the group or asked to be erased."""
        return max(0, self.members - self.matching - self.unknown - len(self.misplaced))


def told_in_groups(groups: QuerySet[Group]) -> Iterator[tuple[int, int, datetime, dict[str, str]]]:
    """(group, member, since when, what is known of them by attribute of ``rules.purity``) of everybody who counts:
    members who do not tend their group and did not ask to be erased. One query, read piece by piece.
    """
    tends = RoleAssignment.objects.filter(group=OuterRef("group"), member=OuterRef("member"), until=None)
    rows = Membership.objects.filter(
        ~Exists(tends), ~Exists(asked_to_go("member__person")), group__in=groups, left_at=None
    ).annotate(badge=Exists(live_verifications("member")))
    fields = ("department", "hospital", "city", "kind")
    told = rows.order_by("group", "member").values_list(
        "group_id", "member_id", "joined_at", "badge", *(f"member__{name}" for name in fields)
    )
    for group, member, joined, badge, *known in told.iterator(chunk_size=5000):
        about = dict(zip(fields, map(str, known), strict=True))
        yield group, member, joined, about | {"badge": "yes" if badge else "no"}


def purity_of(group: Group) -> Purity | None:
    """How pure a group is; None without a definition. Four queries."""
    if not group.definition:
        return None
    roomy = _others(group)
    others = {one.pk: one for one in roomy if one.definition}
    silent = [one for one in roomy if not one.definition]
    found = Purity(others=len(others), silent=silent, members=group.member_count)
    definition, definitions = traits_of(group.definition), {pk: traits_of(one.definition) for pk, one in others.items()}
    misplaced: dict[int, Group | None] = {}
    for _group, member, _since, told in told_in_groups(Group.objects.filter(pk=group.pk)):
        fits = matches(definition, told)
        if fits is None:
            found.unknown += 1
        elif fits:
            found.matching += 1
        else:
            place = better(definitions, told)
            misplaced[member] = None if place is None else others[place]
    found.misplaced = [Misplaced(seen, misplaced[seen.pk]) for seen in at_the_door(misplaced)]
    return found


def already_there(found: Purity) -> set[int]:
    """Those of the misplaced who are in the group where they match besides: one query."""
    better = {one.seen.pk: one.better.pk for one in found.misplaced if one.better is not None}
    rows = Membership.objects.filter(group__in=set(better.values()), member__in=better, left_at=None)
    return {member for group, member in rows.values_list("group", "member") if better[member] == group}


def _others(group: Group) -> list[Group]:
    """Other open groups with room in which names are shown alike: one query."""
    room = Q(capacity=None) | Q(capacity__gt=F("member_count"))
    return list(Group.objects.filter(~is_shut(), room, space=group.space).exclude(pk=group.pk).order_by("pk"))
