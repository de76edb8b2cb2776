"""Who is behind what was said, for those who measure it: whole tables, never for pages."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from hearth.people.models import Identity, Verification
from hearth.people.queries.days import zone_here
from hearth.people.types import VerificationState

CONFIRMED = (VerificationState.VERIFIED, VerificationState.EXPIRED)


def identity_rows() -> list[tuple[int, int, bool]]:
    """(identity, the member it speaks for now, is a bot) of every identity in the community."""
    return list(Identity.objects.order_by("pk").values_list("pk", "member_id", "is_bot"))


def verified_spans() -> dict[int, tuple[datetime, datetime | None]]:
    """Member → since when and until when a credential of theirs is confirmed. Revoked ones never counted."""
    found: dict[int, tuple[datetime, datetime | None]] = {}
    zone = ZoneInfo(zone_here())
    rows = Verification.objects.filter(state__in=CONFIRMED, decided_at__isnull=False).order_by("decided_at")
    for member, since, last_day in rows.values_list("member_id", "decided_at", "expires_on"):
        until = None if last_day is None else datetime.combine(last_day, time.max, zone)
        known = found.get(member)
        if known is None:
            found[member] = (since, until)
        else:
            found[member] = (known[0], None if until is None or known[1] is None else max(until, known[1]))
    return found
