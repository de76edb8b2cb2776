"""Members who may be one human: same address, same number, or same name and work."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from hearth.core.permissions import Actor, demand
from hearth.people.models import Contact, Member, Merge
from hearth.people.queries.rosters import person_key
from hearth.people.registry import MERGE

MOST = 200
REASONS = ("email", "phone", "work")  # the surest first


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members, the older one second, and why they may be one: a code of REASONS."""

    newer: Member
    older: Member
    why: str


def duplicates(actor: Actor) -> list[Pair]:
    """At most 200 pairs, the surest first; those that were merged and parted again are left out. Raises NotAllowed."""
    demand(actor, MERGE.key)
    found: dict[tuple[int, int], str] = {}
    for why, holders in zip(REASONS, _holders(), strict=True):
        for members in holders.values():
            for newer in sorted(members)[1:]:
                found.setdefault((newer, min(members)), why)
    parted = Merge.objects.exclude(undone_at=None).values_list("from_member", "into_member")
    known = {frozenset(pair) for pair in parted}
    pairs = [pair for pair in found if frozenset(pair) not in known]
    pairs.sort(key=lambda pair: (REASONS.index(found[pair]), pair))
    pairs = pairs[:MOST]
    rows = Member.objects.in_bulk({pk for pair in pairs for pk in pair})
    return [Pair(rows[newer], rows[older], found[newer, older]) for newer, older in pairs]


def _holders() -> tuple[dict[Any, set[int]], ...]:
    """Who has which address, number, name and work: two queries."""
    emails: dict[Any, set[int]] = defaultdict(set)
    phones: dict[Any, set[int]] = defaultdict(set)
    works: dict[Any, set[int]] = defaultdict(set)
    here = Member.objects.filter(merged_into=None)
    rows = here.values_list("pk", "display_name", "real_name", "hospital", "department", "person__user__email")
    for pk, shown, real, hospital, department, email in rows.iterator(chunk_size=2000):
        if email:
            emails[email.lower()].add(pk)
        if hospital or department:
            works[person_key(real or shown, hospital, department)].add(pk)
    for pk, email, phone in Contact.objects.filter(member__merged_into=None).values_list("member", "email", "phone"):
        if email:
            emails[email].add(pk)
        if phone:
            phones[phone].add(pk)
    return emails, phones, works
