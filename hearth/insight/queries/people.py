"""Stored readings of people, for pages, lists and pictures: each a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.db.models import Q, QuerySet
from pydantic import TypeAdapter

from hearth.core.permissions import Actor, demand
from hearth.groups.queries.operating import in_groups
from hearth.insight.models import CommunityPortrait, GroupPortrait, MemberPortrait
from hearth.insight.registry import SEE_PEOPLE
from hearth.insight.rules.people.kept import Candidate, Summary
from hearth.kit.clock import now
from hearth.people.queries import member_list, names_of_members
from hearth.people.queries.finding import found_by
from hearth.people.queries.leaving import leaving_among

_SUMMARY: TypeAdapter[Summary] = TypeAdapter(Summary)
_CANDIDATE: TypeAdapter[Candidate] = TypeAdapter(Candidate)


def portraits(actor: Actor) -> QuerySet[MemberPortrait]:
    """Everybody who counts and is here, with ``member``; filter, order and slice it. Raises NotAllowed."""
    demand(actor, SEE_PEOPLE.key)
    return MemberPortrait.objects.filter(member__left_at=None, member__merged_into=None).select_related("member")


def portraits_named(actor: Actor, query: str) -> Q:
    """The condition on portraits of members found by words."""
    return Q(member__in=member_list(actor).filter(found_by(query)).values("pk"))


def portraits_in(actor: Actor, group_ids: tuple[str, ...]) -> Q:
    """The condition on portraits of members who are in one of these groups."""
    return Q(member__in=member_list(actor).filter(in_groups(group_ids)).values("pk"))


def portrait_of(member_id: int) -> MemberPortrait | None:
    """A member's newest portrait."""
    return MemberPortrait.objects.filter(member=member_id).first()


def left_alone(limit: int) -> tuple[list[MemberPortrait], int]:
    """Newcomers of the last two weeks whose first message nobody answered, the one who waits longest first, and how
    many: one query (two past the limit).
    """
    lately = now() - timedelta(days=14)
    rows = MemberPortrait.objects.filter(unanswered_id__isnull=False, unanswered_at__gte=lately, member__left_at=None)
    found = list(rows.select_related("member").order_by("unanswered_at", "pk")[: limit + 1])
    return found[:limit], len(found) if len(found) <= limit else rows.count()


def people_summary() -> tuple[datetime, Summary] | None:
    """The newest reading of the community's people; None before the first: one query."""
    row = CommunityPortrait.objects.defer("ties").first()
    return None if row is None else (row.measured_at, _SUMMARY.validate_python(row.reading, strict=False))


@dataclass(frozen=True, slots=True)
class NextKeeper:
    """Somebody who could tend a group next, by name."""

    member_id: int
    name: str
    why: Candidate


def next_keepers(group_id: int) -> tuple[list[NextKeeper], int] | None:
    """Possible keepers of a group, the best first, and how many were active in it; None before the first reading:
    three queries.
    """
    row = GroupPortrait.objects.filter(group=group_id).defer("ties").first()
    if row is None:
        return None
    found = _candidates(row)
    leaving = leaving_among([one.person for one in found])
    found = [one for one in found if one.person not in leaving]
    names = names_of_members([one.person for one in found])
    return [NextKeeper(one.person, names[one.person][0], one) for one in found if one.person in names], row.active


def candidates_of(group_id: int) -> list[Candidate]:
    """Possible keepers of a group without their names, the best first: one query."""
    row = GroupPortrait.objects.filter(group=group_id).defer("ties").first()
    return [] if row is None else _candidates(row)


def _candidates(row: GroupPortrait) -> list[Candidate]:
    return [_CANDIDATE.validate_python(one, strict=False) for one in row.candidates]


@dataclass(frozen=True, slots=True)
class Node:
    """A person in the picture: the part of the network they are in (0 the largest) and their replies in it."""

    member_id: int
    name: str
    part: int
    replies: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A reply network to draw: edges are (member, member, replies in either direction)."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int, int], ...]


def reply_network(group_id: int | None = None) -> Picture | None:
    """The community's reply network of the last 91 days, or a group's: the 150 (60) to whom replies lead, in
    communities.

    None before the first reading; empty where fewer than five were active. Two queries.
    """
    rows = CommunityPortrait.objects.all() if group_id is None else GroupPortrait.objects.filter(group=group_id)
    stored = rows.values_list("ties", flat=True).first()
    if stored is None:
        return None
    replies: dict[int, int] = {}
    for one, other, strength in stored:
        replies[one] = replies.get(one, 0) + strength
        replies[other] = replies.get(other, 0) + strength
    names = names_of_members(replies)
    edges = tuple((one, other, n) for one, other, n in stored if one in names and other in names)
    parts = import_module("hearth.insight.rules.people.communities").communities(edges)
    nodes = tuple(Node(pk, names[pk][0], part, replies[pk]) for pk, part in sorted(parts.items()))
    return Picture(nodes, edges)


def names_in(parts: Mapping[str, Any]) -> dict[int, str]:
    """The names of everybody that a portrait's parts speak of: one query."""
    ids = {int(row[0]) for key in ("tied_with", "helped") for row in parts.get(key, ())}
    return {pk: name for pk, (name, _bot) in names_of_members(ids).items()}
