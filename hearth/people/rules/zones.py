"""Time zones that people may choose, and what day it is in one."""

from datetime import date
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hearth.kit.clock import now


@cache
def time_zones() -> frozenset[str]:
    """The IANA names with a region, and UTC; without the obsolete short ones."""
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")) | {"UTC"}


def day_in(zone: str) -> date:
    """The day that is now in a time zone (IANA name)."""
    return now().astimezone(ZoneInfo(zone)).date()
