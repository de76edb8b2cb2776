"""Today: what needs a person, by kind, the most urgent first; and how the community stands in one short band."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearth.carriers.access import IMPORT
from hearth.carriers.queries.uploads import newest_uploads, standing_of
from hearth.core.permissions import may
from hearth.core.routing import link
from hearth.groups.queries import has_groups, has_open_groups
from hearth.insight.queries.fleet import count_by_stage, last_measured, sum_of_open_questions
from hearth.insight.queries.maturity import stage_now
from hearth.insight.queries.maturity_words import NAMES
from hearth.kit.clock import now
from hearth.people.queries.operating import newcomers_between
from hearth.ui.pages import page
from hearth.ui.panels import AgendaItem, AgendaSource, agenda, panels_of
from hearth.ui.types import TEMPERATURES, Temperature

WEEK = timedelta(days=7)
COLDEST_FIRST = sorted(TEMPERATURES, key=lambda stage: TEMPERATURES[stage].level)
SHOWN = 5  # of a kind of work, before the rest unfolds


@dataclass(frozen=True, slots=True)
class Task:
    """An item. ``late`` when its deadline has passed."""

    item: AgendaItem
    late: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work that waits: the first of it, what unfolds, and where all of it stands ("" where this is all)."""

    source: AgendaSource
    first: list[Task]
    rest: list[Task]
    total: int
    url: str


@dataclass(frozen=True, slots=True)
class Warmth:
    """How many groups have one temperature, and the list of them."""

    shown: Temperature
    count: int
    url: str
    share: int


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The page an operator opens first."""
    kinds = kinds_of(request)
    by_stage = count_by_stage()
    is_empty = not by_stage and not has_groups()
    actor = request.actor  # type: ignore[attr-defined]
    context = {
        "kinds": kinds,
        "waiting": sum(kind.total for kind in kinds),
        "warmth": _warmth(by_stage),
        "measured_at": last_measured() if by_stage else None,
        "open_questions": sum_of_open_questions() if by_stage else 0,
        "newcomers": _newcomers(now()),
        "maturity": _maturity() if by_stage else None,
        "uploads": _under_way(request),
        "may_import": may(actor, IMPORT.key),
        "is_empty": is_empty,
        "is_closed": not is_empty and not has_open_groups(),
        "is_new": not by_stage and not is_empty,
        "empty_panels": panels_of("console.empty", request, None)["main"] if is_empty else [],
        "nav_active": "today",
        "page_title": _("Today"),
    }
    return page(request, "console/today.html", context)


def kinds_of(request: HttpRequest) -> list[Kind]:
    """Every kind of work that waits, the most urgent first; within one, what is late, then what is due or began first.

    Of two kinds alike in urgency that stands first of which something waits longest.
    """
    moment = now()
    kinds: list[Kind] = []
    for source in agenda:
        found = source.load(request)
        if not found.items:
            continue
        tasks = [Task(item, item.due is not None and item.due <= moment) for item in found.items]
        tasks.sort(key=_order)
        total = max(found.total, len(tasks))
        url = found.more_url if total > len(tasks) else ""
        kinds.append(Kind(source, tasks[:SHOWN], tasks[SHOWN:], total, url))
    return sorted(kinds, key=lambda kind: (kind.source.urgency, _order(kind.first[0])))


def _order(task: Task) -> tuple[bool, datetime]:
    return not task.late, task.item.due or task.item.since


def _warmth(by_stage: dict[str, int]) -> list[Warmth]:
    groups = link("console:groups")
    total = sum(by_stage.values()) or 1
    return [
        Warmth(TEMPERATURES[stage], by_stage[stage], f"{groups}?f.stage={stage}", round(100 * by_stage[stage] / total))
        for stage in COLDEST_FIRST
        if by_stage.get(stage)
    ]


def _newcomers(moment: datetime) -> dict[str, Any]:
    """Those of today and the six days before, as the list of members filters them; and as long a week earlier."""
    first = timezone.localdate(moment) - WEEK + timedelta(days=1)
    start = timezone.make_aware(datetime.combine(first, time.min))
    this, before = newcomers_between(start, moment), newcomers_between(start - WEEK, moment - WEEK)
    told = {"value": this, "before": before, "url": f"{link('console:members')}?f.joined={first}.."}
    change = this - before
    if not change:
        return told | {"change": "", "better": ""}
    return told | {
        "change": f"▲ {change}" if change > 0 else f"▼ {-change}",
        "better": "yes" if change > 0 else "no",
    }


def _maturity() -> dict[str, Any]:
    stage, _since = stage_now()
    return {"number": int(stage), "name": NAMES[stage]}


def _under_way(request: HttpRequest) -> list[dict[str, Any]]:
    """Imports and diagnoses that run now, so that they can be found again."""
    uploads = [(upload, standing_of(upload)) for upload in newest_uploads(request.actor, limit=5)]  # type: ignore[attr-defined]
    return [
        {"upload": upload, "standing": standing}
        for upload, standing in uploads
        if standing.code in {"checking", "importing", "diagnosing"}
    ]
