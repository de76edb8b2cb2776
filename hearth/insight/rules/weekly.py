"""When a weekly report falls due, in a community's own time."""

from datetime import date, datetime, time, timedelta

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def latest_due(local: datetime, weekday: int, hour: int) -> datetime:
    """The latest ``hour`` o'clock of a ``weekday`` (0 is Monday) at or before the aware ``local`` moment."""
    day = local.date() - timedelta(days=(local.weekday() - weekday) % 7)
    due = datetime.combine(day, time(hour), local.tzinfo)
    return due if due <= local else datetime.combine(day - timedelta(days=7), time(hour), local.tzinfo)


def week_of(day: date) -> date:
    """The Monday of a day's week: what a week is known by, so that none has two reports."""
    return day - timedelta(days=day.weekday())
