"""When mail may go out: quiet hours and digests, in the member's own time."""

from datetime import datetime, time

MONDAY = 0


def is_quiet(moment: time, quiet_from: time | None, quiet_until: time | None) -> bool:
    """Whether the local ``moment`` lies in the quiet hours; they may cross midnight. Equal ends mean none."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return False
    if quiet_from < quiet_until:
        return quiet_from <= moment < quiet_until
    return moment >= quiet_from or moment < quiet_until


def period_of(digest: str, local: datetime) -> str:
    """The name of the digest period that the local time falls into; '' for those who want none."""
    if digest == "daily":
        return f"daily:{local:%Y-%m-%d}"
    if digest == "weekly":
        year, week, _day = local.isocalendar()
        return f"weekly:{year}-W{week:02d}"
    return ""


def is_digest_due(
    digest: str, local: datetime, digest_at: int, quiet_from: time | None, quiet_until: time | None
) -> bool:
    """Whether a digest may go out now. Past its hour it stays due all day: an outage only delays it.

    Weekly digests go out on Mondays. Where the hour lies in the quiet time, its end takes its place, on the
    same day too where that time crosses midnight.
    """
    if digest not in {"daily", "weekly"} or (digest == "weekly" and local.weekday() != MONDAY):
        return False
    due, moment = time(digest_at), local.time()
    if quiet_until is not None and is_quiet(due, quiet_from, quiet_until):
        due = quiet_until
    return moment >= due and not is_quiet(moment, quiet_from, quiet_until)
