"""The fleet: every group in one list, exceptions first."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Case, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from hearth.blueprint.queries.lineage import copied_keys, is_copy_of
from hearth.console.enriched import EnrichedSource
from hearth.console.pages.fleet_bulk import BULK
from hearth.console.saved import VIEWS
from hearth.core.metrics import metrics
from hearth.core.permissions import Actor, may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.queries import keepers_of
from hearth.groups.queries.operating import (
    GROUP_TEXTS,
    fleet_list,
    keeper_choices,
    kept_by,
    languages_of_groups,
    place_choices,
    within_places,
)
from hearth.groups.queries.value_lines import with_lines
from hearth.groups.registry import OPEN_GROUP
from hearth.groups.types import LineState
from hearth.insight.queries.fleet import weeks_of, with_pulse
from hearth.ui.lists import Column, Filter, ListPage, QuerySetSource
from hearth.ui.types import TEMPERATURES, Text

SPACES: dict[str, Text] = {
    "professional": gettext_lazy("Professional"),
    "patient": gettext_lazy("Patient"),
    "general": gettext_lazy("General"),
}
UNMEASURED = "unmeasured"


def fleet_rows(actor: Actor) -> QuerySet[Any]:
    """One dict per group with its newest reading. ``worry`` puts what needs a person first: open, measured, cold groups
    with members, the higher risk first among equals; then the empty, the unmeasured, the closed.
    """
    rows = with_pulse(fleet_list(actor, get_language() or "en"))
    urgency = Cast(F("heat"), FloatField()) - Coalesce(F("risk"), Value(0.0)) * Value(0.9)
    return rows.annotate(
        worry=Case(
            When(is_closed=True, then=Value(90.0)),
            When(heat__isnull=True, then=Value(50.0)),
            When(member_count__lt=2, then=urgency + Value(20.0)),
            default=urgency,
            output_field=FloatField(),
        )
    )


def _enrich(rows: Sequence[dict[str, Any]]) -> None:
    shown = [row["pk"] for row in rows]
    keepers, weeks = keepers_of(shown), weeks_of(shown)
    for row in rows:
        row["weeks"] = weeks.get(row["pk"], [])
        row["keepers"] = keepers.get(row["pk"], [])


def _keepers(row: dict[str, Any]) -> str:
    """One name, those who tend it daily before the owner of record, and how many more there are."""
    held = sorted(row["keepers"], key=lambda keeper: keeper[2] == "owner")
    names = list(dict.fromkeys(name for _pk, name, _role in held))
    return names[0] + (f" +{len(names) - 1}" if len(names) > 1 else "") if names else ""


def _members(row: dict[str, Any]) -> str:
    return _("of %(n)s") % {"n": row["capacity"]} if row["capacity"] else ""


def _stage(values: tuple[str, ...]) -> Q:
    wanted = Q(stage__in=[value for value in values if value != UNMEASURED])
    return wanted | Q(stage__isnull=True) if UNMEASURED in values else wanted


def _help(name: str) -> str:
    return _(metrics[name].definition)


def fleet_page(request: HttpRequest) -> ListPage:
    """The list for one request: its choices are looked up once, whatever the filters."""
    actor = request.actor  # type: ignore[attr-defined]
    return ListPage(
        key="groups",
        title=gettext_lazy("Groups"),
        columns=_columns(),
        filters=_filters(),
        search=GROUP_TEXTS,
        search_label=gettext_lazy("Search groups"),
        default_sort="stage",
        bulk=BULK,
        row_key="pk",
        empty=gettext_lazy("No groups yet. Open the first one, or bring your community's history in."),
        empty_picture="door",
        empty_action=gettext_lazy("Open a group") if may(actor, OPEN_GROUP.key) else "",
        empty_url=link("console:group-opening") if may(actor, OPEN_GROUP.key) else "",
    )


def _filters() -> tuple[Filter, ...]:
    languages = dict(settings.LANGUAGES)
    return (
        Filter(
            "stage",
            gettext_lazy("Temperature"),
            choices=[
                *((stage, shown.word) for stage, shown in TEMPERATURES.items()),
                (UNMEASURED, gettext_lazy("Not measured yet")),
            ],
            apply=_stage,
        ),
        Filter("keeper", gettext_lazy("Keeper"), choices=[(str(pk), n) for pk, n in keeper_choices()], apply=kept_by),
        Filter(
            "place",
            gettext_lazy("Place"),
            choices=[(str(place.pk), name) for place, name in place_choices()],
            apply=within_places,
        ),
        Filter("space", gettext_lazy("Space"), choices=list(SPACES.items())),
        Filter(
            "language",
            gettext_lazy("Language"),
            choices=[(code, languages.get(code, code)) for code in languages_of_groups()],
        ),
        Filter(
            "original",
            gettext_lazy("Copies of"),
            choices=[(key, key) for key in copied_keys()],
            apply=is_copy_of,
        ),
        Filter("closed", gettext_lazy("Closed"), kind="bool", field="is_closed"),
        Filter(
            "open",
            gettext_lazy("With open questions"),
            kind="bool",
            apply=lambda values: Q(open_questions__gt=0) if values[0] else ~Q(open_questions__gt=0),
        ),
        Filter(
            "value",
            gettext_lazy("Value line"),
            choices=[(state, state.label) for state in LineState],
            apply=with_lines,
        ),
        Filter("members", gettext_lazy("Members"), kind="number", field="member_count"),
    )


RISK = gettext_lazy(
    "Chance that fewer than two members write in the fifth to eighth week from now, learned from real communities. It "
    "ranks which groups to look at first."
)


def _columns() -> tuple[Column, ...]:
    return (
        Column(
            "name",
            gettext_lazy("Group"),
            kind="link",
            value="title",
            sort="title",
            url=lambda row: link("console:group", row["pk"]),
            under=lambda row: _("Closed") if row["is_closed"] else best(row["place_name"]),
            lead=True,
        ),
        Column(
            "stage",
            gettext_lazy("Temperature"),
            kind="heat",
            sort="worry",
            value=lambda row: row["stage"] or "unmeasured",
            help=gettext_lazy("Sorted by what needs a person first: cold groups that still have members."),
            export=lambda row: str(TEMPERATURES[row["stage"]].word) if row["stage"] else "",
        ),
        Column("risk", gettext_lazy("Risk"), kind="percent", sort="risk", help=RISK),
        Column(
            "members", gettext_lazy("Members"), kind="number", sort="member_count", value="member_count", under=_members
        ),
        Column(
            "authors",
            gettext_lazy("Authors, 28 d"),
            kind="number",
            sort="authors_28d",
            value="authors_28d",
            help=_help("authors_28d"),
        ),
        Column(
            "messages",
            gettext_lazy("Messages, 28 d"),
            kind="template",
            template="console/fleet_weeks.html",
            sort="messages_28d",
            value="messages_28d",
            help=_help("messages_28d"),
        ),
        Column(
            "open",
            gettext_lazy("Open questions"),
            kind="number",
            sort="open_questions",
            value="open_questions",
            help=_help("questions_open"),
        ),
        *_more_columns(),
    )


def _more_columns() -> tuple[Column, ...]:
    return (
        Column(
            "keepers",
            gettext_lazy("Keepers"),
            value=_keepers,
            export=lambda row: ", ".join(n for _pk, n, _r in row["keepers"]),
        ),
        Column(
            "since",
            gettext_lazy("Since"),
            kind="time",
            sort="since",
            help=gettext_lazy("Since when the group has this temperature."),
            visible=False,
        ),
        Column("place", gettext_lazy("Place"), value=lambda row: best(row["place_name"]), visible=False),
        Column(
            "space",
            gettext_lazy("Space"),
            value=lambda row: SPACES.get(row["space"], row["space"]),
            sort="space",
            visible=False,
        ),
        Column("language", gettext_lazy("Language"), value="language", sort="language", visible=False),
        Column("capacity", gettext_lazy("Capacity"), kind="number", value="capacity", sort="capacity", visible=False),
        Column("opened", gettext_lazy("Opened"), kind="time", value="opened_at", sort="opened_at", visible=False),
        Column("source", gettext_lazy("Came from"), value="source", sort="source", visible=False),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def groups(request: HttpRequest) -> HttpResponse:
    """The list of all groups."""
    actor = request.actor  # type: ignore[attr-defined]
    source = EnrichedSource(QuerySetSource(fleet_rows(actor), "pk"), _enrich)
    context = {"nav_active": "groups", "may_open": may(actor, OPEN_GROUP.key)}
    return fleet_page(request).respond(request, source, template="console/fleet.html", context=context, saved=VIEWS)
