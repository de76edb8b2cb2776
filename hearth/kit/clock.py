"""The one place that asks what time it is. Times are aware and in UTC; stored milliseconds count from 1970."""

from datetime import UTC, date, datetime, timedelta

EPOCH = date(1970, 1, 1)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970-01-01 UTC. Raises ValueError for a naive time, which would mean an unknown zone."""
    if moment.tzinfo is None:
        raise ValueError("a naive time has no meaning here; attach its time zone")
    return int(moment.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    """The aware UTC time of ``ms`` milliseconds since 1970."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def day_of_number(number: int) -> date:
    """The day so many days after 1970-01-01."""
    return EPOCH + timedelta(days=number)
