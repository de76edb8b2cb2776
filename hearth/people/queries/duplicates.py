"""Members who may be one human, and what speaks for it; rather too few than too many: a household shares a number."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from hearth.core.permissions import Actor, demand
from hearth.people.models import Contact, Member, Merge
from hearth.people.queries.rosters import person_key
from hearth.people.registry import MERGE
from hearth.people.rules.matching import nothing_differs, words

MOST = 200
REASONS = ("email", "phone", "work", "name")  # the surest first


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members, the older one second, why they may be one (a code of REASONS), and what they share."""

    newer: Member
    older: Member
    why: str
    shared: str


class _Row(NamedTuple):
    pk: int
    shown: str
    real: str
    hospital: str
    department: str
    email: str
    phone: str
    left: bool

    @property
    def name(self) -> str:
        return self.real or self.shown


def duplicates(actor: Actor) -> list[Pair]:
    """At most 200 pairs, the surest first; those that were merged and parted again are left out. Raises NotAllowed.

    *email*: the same address. *phone*: the same number and the same name. *work*: the same name, hospital and
    department. *name*: the same full name, which nobody else here has, while one of the two has no hospital or
    department and nothing that is known of them differs.
    """
    demand(actor, MERGE.key)
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for why, holders in zip(REASONS, _holders(list(_rows())), strict=True):
        for (shared, _rest), members in holders.items():
            for newer in sorted(members)[1:]:
                found.setdefault((newer, min(members)), (why, shared))
    parted = Merge.objects.exclude(undone_at=None).values_list("from_member", "into_member")
    known = {frozenset(pair) for pair in parted}
    pairs = [pair for pair in found if frozenset(pair) not in known]
    pairs.sort(key=lambda pair: (REASONS.index(found[pair][0]), pair))
    pairs = pairs[:MOST]
    rows = Member.objects.in_bulk({pk for pair in pairs for pk in pair})
    return [Pair(rows[newer], rows[older], *found[newer, older]) for newer, older in pairs]


def _rows() -> Iterator[_Row]:
    """Everybody who is here: two queries."""
    contacts = {pk: (email, phone) for pk, email, phone in Contact.objects.values_list("member", "email", "phone")}
    here = Member.objects.filter(merged_into=None)
    rows = here.values_list(
        "pk", "display_name", "real_name", "hospital", "department", "person__user__email", "left_at"
    )
    for pk, shown, real, hospital, department, email, left in rows.iterator(chunk_size=2000):
        kept, phone = contacts.get(pk, ("", ""))
        yield _Row(pk, shown, real, hospital, department, (email or kept).lower(), phone, left is not None)


def _holders(rows: list[_Row]) -> tuple[dict[tuple[str, Any], set[int]], ...]:
    """For each reason: what is shared, as it is shown and as it is compared → who shares it."""
    emails: dict[tuple[str, Any], set[int]] = defaultdict(set)
    phones: dict[tuple[str, Any], set[int]] = defaultdict(set)
    works: dict[Any, list[_Row]] = defaultdict(list)
    names: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        if row.email:
            emails[row.email, ""].add(row.pk)
        for name in {row.shown, row.real} if row.phone else ():
            if plain := tuple(words(name)):
                phones[row.phone, plain].add(row.pk)
        key = person_key(row.name, row.hospital, row.department)
        if row.hospital or row.department:
            works[key].append(row)
        names[key[0]].append(row)
    alone = {
        (held[0].name, key): {row.pk for row in held}
        for key, held in names.items()
        if len(held) == 2 and _is_full_name(held[0].name) and _may_be_one(*held)
    }
    return emails, phones, {(held[0].name, key): {row.pk for row in held} for key, held in works.items()}, alone


def _is_full_name(name: str) -> bool:
    """More than a first name or a nickname of one word."""
    letters = "".join(name.split())
    return len(words(name)) > 1 or (len(letters) > 1 and not letters.isascii())


def _may_be_one(one: _Row, other: _Row) -> bool:
    """Whether nothing that is known of both differs. Whoever has left speaks as nobody any more."""
    first, second = ((*person_key("", row.hospital, row.department), row.email, row.phone) for row in (one, other))
    return not (one.left or other.left) and nothing_differs(first, second)
