"""What day it is where a community lives: badges end by its clock, not by the server's."""

from datetime import date
from functools import lru_cache

from hearth.core.models import Community
from hearth.core.tenancy import current_scope
from hearth.kit.clock import now
from hearth.people.rules.zones import day_in

_MINUTE = 60


def zone_here() -> str:
    """The time zone of the community in scope; UTC where all are meant.

    Asked with every request and message, so a zone that the scope does not bring along is remembered for a minute.
    """
    scope = current_scope()
    if scope.community_id is None:
        return "UTC"
    return scope.time_zone or _zone_of(scope.community_id, int(now().timestamp()) // _MINUTE)


def today_here() -> date:
    """The day in the community in scope."""
    return day_in(zone_here())


@lru_cache(maxsize=512)
def _zone_of(community_id: int, _minute: int) -> str:
    return Community.objects.values_list("time_zone", flat=True).get(pk=community_id)
