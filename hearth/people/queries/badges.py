"""What badges confirmed, and which of them another profile would belie."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from hearth.people.models import Member, Verification
from hearth.people.queries.days import today_here
from hearth.people.rules.matching import says_the_same
from hearth.people.types import VerificationState

WHAT_A_BADGE_CONFIRMS = frozenset({"real_name", "hospital", "department"})


def badges_in_force(**of: Any) -> QuerySet[Verification]:
    """Badges that count today where the community lives, though the sweep that ends late ones has not come by yet."""
    rows = Verification.objects.filter(state=VerificationState.VERIFIED, **of)
    return rows.filter(Q(expires_on=None) | Q(expires_on__gte=today_here()))


def badges_belied(member: Member, changes: Mapping[str, str]) -> list[Verification]:
    """Badges in force that changed fields of the profile would end: they say something else than was confirmed.

    A badge that was asked for without a department confirmed none, and no department belies it. One query at most.
    """
    told = {name: changes[name] for name in WHAT_A_BADGE_CONFIRMS & set(changes)}
    changed = {name: text for name, text in told.items() if text != getattr(member, name)}
    if not changed:
        return []
    rows = badges_in_force(member=member).order_by("pk")
    return [row for row in rows if any(_belies(member, row, name, text) for name, text in changed.items())]


def _belies(member: Member, row: Verification, name: str, text: str) -> bool:
    if name == "real_name":  # stands in no claim: what the profile says while a badge is in force was confirmed
        return not says_the_same(text, member.real_name)
    confirmed = getattr(row, name)
    return bool(confirmed) and not says_the_same(text, confirmed)
