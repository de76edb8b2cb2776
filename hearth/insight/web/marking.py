"""What happened meanwhile, as numbered marks on a picture over time and as a list beneath it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import ngettext

from hearth.carriers.queries.uploads import imported_since
from hearth.groups.queries.moments import Moment, moments_since
from hearth.insight.queries.alarms import alarms_since

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """The number at a point of the picture, the days it speaks of, and what happened then."""

    number: int
    at: date
    first: date
    last: date
    text: str


def marks_of(days: Sequence[date], group_id: int | None) -> list[Mark]:
    """Marks on the readings of these days (ascending): each stands at the first reading that knows of it. The newest
    dozen; six queries at most.
    """
    if len(days) < 2:
        return []
    zone = ZoneInfo(timezone.get_current_timezone_name())
    found: dict[date, dict[str, list[Moment]]] = defaultdict(lambda: defaultdict(list))
    since = datetime.combine(days[0], datetime.min.time(), zone)
    for moment in _moments(since, zone, group_id):
        at = next((day for day in days if day > moment.day), None)
        if at is not None:
            found[at][moment.kind].append(moment)
    chosen = sorted(found.items())[-SHOWN:]
    return [_mark(number, at, kinds) for number, (at, kinds) in enumerate(chosen, start=1)]


def _moments(since: datetime, zone: ZoneInfo, group_id: int | None) -> list[Moment]:
    found = moments_since(since, zone, group_id)
    if group_id is None:
        found += [Moment(at.astimezone(zone).date(), "imported", 1) for at, _source in imported_since(since)]
    return found + [Moment(at.astimezone(zone).date(), "alarm", 1) for at in alarms_since(since, group_id)]


def _mark(number: int, at: date, kinds: dict[str, list[Moment]]) -> Mark:
    days = sorted(moment.day for moments in kinds.values() for moment in moments)
    told = [_said(kind, sum(one.times for one in moments)) for kind, moments in sorted(kinds.items())]
    return Mark(number, at, days[0], days[-1], " · ".join(told))


def _said(kind: str, n: int) -> str:
    if kind == "imported":
        return ngettext("An archive was brought in", "%(n)s archives were brought in", n) % {"n": n}
    if kind == "alarm":
        return ngettext("An alarm was raised", "%(n)s alarms were raised", n) % {"n": n}
    if kind == "opened":
        return ngettext("A group was opened", "%(n)s groups were opened", n) % {"n": n}
    if kind == "closed":
        return ngettext("A group was closed", "%(n)s groups were closed", n) % {"n": n}
    if kind == "reopened":
        return ngettext("A group was opened again", "%(n)s groups were opened again", n) % {"n": n}
    return ngettext("New norms were published", "New norms were published %(n)s times", n) % {"n": n}
