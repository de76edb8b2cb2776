"""Name cards: who an author is, as far as the space at hand shows it."""

from collections.abc import Collection
from typing import Any

from django.db.models import BooleanField, F, OuterRef, Q, QuerySet, Subquery, Value

from hearth.core.tenancy import current_scope
from hearth.kit.clock import now
from hearth.people.models import Identity, Verification
from hearth.people.registry import staff_marks
from hearth.people.rules.names import colour_of, initials, shown_in
from hearth.people.types import MemberKind, NameCard, VerificationState

_VALUES = ("pk", "community_id", "is_bot", "member_id", "display", "real", "hospital", "department", "title", "kind")


def live_verifications(member_column: str) -> QuerySet[Verification]:
    """Verified, unexpired credentials of the member in ``member_column`` of the outer query, newest first."""
    # The member keeps it inside its community; with the community named as well SQLite reads all of its credentials.
    rows = Verification._base_manager.filter(member=OuterRef(member_column), state=VerificationState.VERIFIED)
    return rows.filter(Q(expires_on=None) | Q(expires_on__gte=now().date())).order_by("-decided_at")


def cards_of(identity_ids: Collection[int], space: str, *, for_staff: bool = False) -> dict[int, NameCard]:
    """The cards of authors in a ``space`` (professional, patient, general): one query.

    With ``for_staff`` the real name is filled in everywhere, for those who may see members.
    """
    return _cards(Identity._base_manager.filter(pk__in=set(identity_ids)), space, for_staff=for_staff)


def member_cards(member_ids: Collection[int], space: str, *, for_staff: bool = False) -> dict[int, NameCard]:
    """The cards of members by member id, under their native identity or else their first one: one query."""
    found = _cards(
        Identity._base_manager.filter(member_id__in=set(member_ids)), space, for_staff=for_staff, native_last=True
    )
    return {card.member_id: card for card in found.values()}


def _cards(
    identities: QuerySet[Identity], space: str, *, for_staff: bool, native_last: bool = False
) -> dict[int, NameCard]:
    scope = current_scope().community_id  # asked here and kept below: in SQL it would lure SQLite away from the ids
    live = live_verifications("member_id")
    rows = identities.annotate(
        display=F("member__display_name"),
        real=F("member__real_name"),
        hospital=F("member__hospital"),
        department=F("member__department"),
        title=F("member__title"),
        kind=F("member__kind"),
        verified_at=Subquery(live.values("decided_at")[:1]),
        verified_what=Subquery(live.values("kind")[:1]),
        staff=staff_marks[0]("member_id") if staff_marks else Value(value=False, output_field=BooleanField()),
    )
    if native_last:  # later rows win where the cards are keyed by member
        rows = rows.order_by("-pk")
        found = list(rows.values(*_VALUES, "verified_at", "verified_what", "staff", "source"))
        found.sort(key=lambda row: row["source"] == Identity.NATIVE)
    else:
        found = list(rows.values(*_VALUES, "verified_at", "verified_what", "staff"))
    mine = [row for row in found if scope is None or row["community_id"] == scope]
    return {row["pk"]: _card(row, space, for_staff=for_staff) for row in mine}


def _card(row: dict[str, Any], space: str, *, for_staff: bool) -> NameCard:
    shown = shown_in(
        space,
        display=row["display"],
        real=row["real"],
        hospital=row["hospital"],
        department=row["department"],
        title=row["title"],
    )
    badge = space == "professional" and row["verified_at"] is not None
    return NameCard(
        identity_id=row["pk"],
        member_id=row["member_id"],
        name=shown.name,
        initials=initials(shown.name),
        colour=colour_of(row["member_id"]),
        hospital=shown.hospital,
        department=shown.department,
        title=shown.title,
        verified=badge,
        verified_at=row["verified_at"] if badge else None,
        verified_what=row["verified_what"] if badge else "",
        is_bot=row["is_bot"],
        is_staff=bool(row["staff"]) or row["kind"] == MemberKind.STAFF,
        real_name=row["real"] if for_staff else "",
    )
