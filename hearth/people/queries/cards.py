"""Name cards: who an author is, as far as the space at hand shows it."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import BooleanField, OuterRef, Q, QuerySet, Subquery, Value

from hearth.core.prepared import Prepared
from hearth.core.sql import chunks
from hearth.core.tenancy import current_scope
from hearth.people.models import Identity, Verification
from hearth.people.queries.days import today_here
from hearth.people.registry import staff_marks
from hearth.people.rules.names import colour_of, initials, shown_in
from hearth.people.types import MemberKind, NameCard, VerificationState

_VALUES = (
    "pk", "community_id", "is_bot", "source", "member_id", "member__display_name", "member__real_name",
    "member__hospital", "member__department", "member__title", "member__kind", "verified_at", "verified_what",
    "verified_by", "staff",
)  # fmt: skip


def live_verifications(member_column: str, today: date | None = None) -> QuerySet[Verification]:
    """Verified, unexpired credentials of the member in ``member_column`` of the outer query, newest first."""
    # The member keeps it inside its community; with the community named as well SQLite reads all of its credentials.
    rows = Verification._base_manager.filter(member=OuterRef(member_column), state=VerificationState.VERIFIED)
    return rows.filter(Q(expires_on=None) | Q(expires_on__gte=today or today_here())).order_by("-decided_at")


def cards_of(identity_ids: Collection[int], space: str, *, for_staff: bool = False) -> dict[int, NameCard]:
    """The cards of authors in a ``space`` (professional, patient, general): one query.

    With ``for_staff`` the real name is filled in everywhere, for those who may see members.
    """
    found = _asked(_OF_IDENTITIES, identity_ids)
    return {row["pk"]: _card(row, space, for_staff=for_staff) for row in found}


def member_cards(member_ids: Collection[int], space: str, *, for_staff: bool = False) -> dict[int, NameCard]:
    """The cards of members by member id, under their native identity or else their first one: one query."""
    found = _asked(_OF_MEMBERS, member_ids)
    found.sort(key=lambda row: (row["source"] == Identity.NATIVE, -row["pk"]))  # later rows win
    return {row["member_id"]: _card(row, space, for_staff=for_staff) for row in found}


def _identities(where: Q, today: date) -> QuerySet[Identity, Any]:
    live = live_verifications("member_id", today)
    return (
        Identity._base_manager.filter(where)
        .annotate(
            verified_at=Subquery(live.values("decided_at")[:1]),
            verified_what=Subquery(live.values("kind")[:1]),
            verified_by=Subquery(live.values("means")[:1]),
            staff=staff_marks[0]("member_id") if staff_marks else Value(value=False, output_field=BooleanField()),
        )
        .values_list(*_VALUES)
    )


# Pages ask for one author, for those of a page or for those of a long list; ids are repeated to fill the places.
_SIZES = (1, 8, 40, 200)
_OF_IDENTITIES, _OF_MEMBERS = (
    {
        size: Prepared(
            lambda today, *ids, column=column: _identities(Q(**{f"{column}__in": ids}), today), date, *[int] * size
        )
        for size in _SIZES
    }
    for column in ("pk", "member_id")
)


def _asked(queries: dict[int, Prepared], ids: Collection[int]) -> list[dict[str, Any]]:
    wanted, today = sorted(set(ids)), today_here()
    scope = current_scope().community_id  # asked here and kept below: in SQL it would lure SQLite away from the ids
    found: list[dict[str, Any]] = []
    for some in chunks(wanted, _SIZES[-1]):
        size = next(size for size in _SIZES if size >= len(some))
        rows = queries[size].rows(today, *some, *[some[0]] * (size - len(some)))
        found.extend(dict(zip(_VALUES, row, strict=True)) for row in rows)
    return [row for row in found if scope is None or row["community_id"] == scope]


def _card(row: dict[str, Any], space: str, *, for_staff: bool) -> NameCard:
    shown = shown_in(
        space,
        display=row["member__display_name"],
        real=row["member__real_name"],
        hospital=row["member__hospital"],
        department=row["member__department"],
        title=row["member__title"],
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
        verified_by=tuple(row["verified_by"] or ()) if badge else (),
        is_bot=row["is_bot"],
        is_staff=bool(row["staff"]) or row["member__kind"] == MemberKind.STAFF,
        real_name=row["member__real_name"] if for_staff else "",
    )
