"""What the living page of components shows: invented people and groups, every component in every state."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from hearth.kit import clock
from hearth.ui.charts import chart_data
from hearth.ui.lists import CallableSource, Column, Filter, ListPage, ListState
from hearth.ui.lists.bulk import BulkAction, BulkLine, BulkOutcome, BulkPreview
from hearth.ui.types import TEMPERATURES, Link, NavItem, Persona, Shell, Temperature

STAGES: Final = tuple(TEMPERATURES)


@dataclass(frozen=True, slots=True)
class SampleGroup:
    """An invented group."""

    pk: int
    name: str
    stage: str
    members: int
    answered: float | None
    keeper: str
    last_spoke: datetime
    place: str


NAMES: Final = (
    ("Neurology", "神经内科", "Shanghai"),
    ("Neurosurgery", "神经外科", "Shanghai"),
    ("Cardiology", "心内科", "Hangzhou"),
    ("Living with migraine", "偏头痛病友", "Online"),
    ("Stroke relatives", "卒中家属", "Suzhou"),
    ("Paediatrics", "儿科", "Nanjing"),
    ("Endocrinology", "内分泌科", "Hangzhou"),
    ("Night shift", "夜班聊天室", "Online"),
)
KEEPERS: Final = ("李敏", "Bo Lindgren", "王建国", "Ada Moreau", "陈思远")


def sample_groups(now: datetime) -> list[SampleGroup]:
    """Sixty-four invented groups, the same every time."""
    groups = []
    for n in range(64):
        name, chinese, place = NAMES[n % len(NAMES)]
        groups.append(
            SampleGroup(
                pk=n + 1,
                name=f"{name} {n // len(NAMES) + 1} · {chinese}",
                stage=STAGES[(n * 5) % len(STAGES)],
                members=17 + (n * 37) % 480,
                answered=None if n % 9 == 4 else ((n * 13) % 100) / 100,
                keeper=KEEPERS[n % len(KEEPERS)],
                last_spoke=now - timedelta(minutes=3 + n * n * 17),
                place=place,
            )
        )
    return groups


def _whole(bound: object, default: int) -> int:
    return int(bound) if isinstance(bound, (int, float, Decimal)) else default


def sample_source() -> CallableSource:
    """The invented groups as a list source, filtered and sorted in memory."""

    def fetch(state: ListState) -> tuple[list[SampleGroup], int]:
        groups = sample_groups(clock.now())
        if state.q:
            groups = [group for group in groups if state.q.casefold() in group.name.casefold()]
        for key in ("stage", "place"):
            if key in state.filters:
                groups = [group for group in groups if getattr(group, key) in state.filters[key]]
        if "members" in state.filters:
            low, high = SAMPLE_LIST.filters[2].bounds(state.filters["members"][0])
            least, most = _whole(low, 0), _whole(high, 10**9)
            groups = [group for group in groups if least <= group.members <= most]
        if state.sort:
            groups.sort(key=lambda group: (getattr(group, state.sort) is None, getattr(group, state.sort) or 0))
            if state.descending:
                groups.reverse()
        return groups[state.offset : state.offset + state.size], len(groups)

    return CallableSource(fetch, row_key=lambda group: str(group.pk))


def _pause_preview(request: HttpRequest, rows: Any) -> BulkPreview:
    lines = [
        BulkLine(group.name, before=gettext("open"), after=gettext("paused"))
        if group.stage != "dead"
        else BulkLine(group.name, refused=gettext("It is cold already; a pause would change nothing."))
        for group in rows
    ]
    return BulkPreview(gettext("Nobody can post in a paused group. You can open it again at any time."), lines)


def _pause(request: HttpRequest, rows: Any) -> BulkOutcome:
    return BulkOutcome(gettext("The group is paused."), reverse("ui:undo-sample"))


SAMPLE_LIST: Final = ListPage(
    key="sample",
    title=_("Groups"),
    columns=(
        Column(
            "name",
            _("Group"),
            kind="link",
            sort="name",
            url=lambda group: f"?group={group.pk}",
            under="place",
            lead=True,
        ),
        Column("stage", _("Temperature"), kind="heat", sort="stage"),
        Column("members", _("Members"), kind="number", sort="members"),
        Column(
            "answered", _("Answered"), kind="percent", sort="answered", help=_("Questions with an answer within a day")
        ),
        Column("keeper", _("Keeper"), kind="person"),
        Column("last_spoke", _("Last message"), kind="time", sort="last_spoke"),
        Column("place", _("Place"), visible=False),
    ),
    filters=(
        Filter("stage", _("Temperature"), choices=[(key, shown.word) for key, shown in TEMPERATURES.items()]),
        Filter("place", _("Place"), choices=[(place, place) for place in ("Shanghai", "Hangzhou", "Suzhou", "Online")]),
        Filter("members", _("Members"), kind="number"),
    ),
    search=("name",),
    search_label=_("Search groups"),
    default_sort="-members",
    bulk=(
        BulkAction("pause", _("Pause"), _pause_preview, _pause, icon="pause"),
        BulkAction("close", _("Close"), _pause_preview, _pause, icon="archive", danger=True),
    ),
    empty=_("No groups yet. Open the first one, and give it a theme that people recognise."),
)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(
        label=_("Name of the group"), help_text=_("Short and recognisable: department, city, topic.")
    )
    purpose = forms.CharField(label=_("Purpose"), widget=forms.Textarea, required=False)
    email = forms.EmailField(label=_("E-mail of the keeper"))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("doctors", _("Professionals")), ("patients", _("Patients"))])
    entry = forms.ChoiceField(
        label=_("Entry"),
        widget=forms.RadioSelect,
        choices=[
            ("open", _("Open to every member")),
            ("question", _("After a question")),
            ("approval", _("After approval")),
        ],
    )
    days = forms.MultipleChoiceField(
        label=_("Ritual days"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("mon", _("Monday")), ("wed", _("Wednesday")), ("fri", _("Friday"))],
    )
    quiet = forms.BooleanField(
        label=_("Quiet at night"), required=False, help_text=_("No notices between 22:00 and 7:00.")
    )
    opens = forms.DateField(label=_("Opens on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    rules = forms.FileField(label=_("Rules as a file"), required=False)


def sample_shell(kind: str) -> Shell:
    """A frame with invented names."""
    here = reverse("ui:components")
    portal = (
        NavItem("home", f"{here}?shell=portal", _("Home"), "house"),
        NavItem("groups", f"{here}?shell=room", _("Groups"), "messages-square", badge=12),
        NavItem("discover", f"{here}?shell=portal#discover", _("Discover"), "compass"),
        NavItem("inbox", f"{here}?shell=portal#inbox", _("Inbox"), "inbox", badge=3, hot=True),
        NavItem("me", f"{here}?shell=portal#me", _("Me"), "circle-user"),
    )
    console = (
        NavItem("today", f"{here}#today", _("Today"), "sun", badge=7, hot=True),
        NavItem("groups", here, _("Groups"), "flame"),
        NavItem("members", f"{here}#members", _("Members"), "users"),
        NavItem("import", f"{here}#import", _("Import"), "upload"),
        NavItem("diagnosis", f"{here}#diagnosis", _("Diagnosis"), "stethoscope"),
        NavItem("jobs", f"{here}#jobs", _("Jobs"), "list-checks", badge=2),
        NavItem("audit", f"{here}#audit", _("Audit"), "scroll-text"),
        NavItem("settings", f"{here}#settings", _("Settings"), "settings"),
    )
    return Shell(
        nav=console if kind == "console" else portal,
        active="groups" if kind != "portal" else "home",
        community=Link("Lakeside Neuro", here),
        communities=(Link("Lakeside Neuro", here, current=True, hint="6 900"), Link("围炉示范社群", here, hint="300")),
        person_name="Ada Moreau",
        person_id="1",
        person_url=here,
        persona=Persona(_("Operator"), "shield-check"),
        palette_url=reverse("ui:palette-sample"),
        menu=(Link(_("The portal"), f"{here}?shell=portal"), Link(_("The console"), here)),
    )


def sample_charts(today: date) -> list[dict[str, Any]]:
    """One chart of each kind, with the table behind it."""
    days = [today - timedelta(days=27 - n) for n in range(28)]
    week = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
    line = chart_data(
        [_("Day"), _("Messages"), _("Previous period")],
        [(day.isoformat(), 40 + (n * 17) % 60 + n, 35 + (n * 11) % 40) for n, day in enumerate(days)],
        previous=2,
        marks=[{"at": days[15].isoformat(), "label": gettext("New rule")}],
    )
    bar = chart_data(
        [_("Temperature"), _("Groups")],
        [(shown.word, 3 + (n * 7) % 19) for n, shown in enumerate(TEMPERATURES.values())],
        levels=[shown.level for shown in TEMPERATURES.values()],
        horizontal=True,
    )
    grid = chart_data(
        [_("Hour"), _("Day"), _("Messages")],
        [(f"{hour:02d}", day, (hour * (d + 3) * 7) % 60) for d, day in enumerate(week) for hour in range(0, 24, 2)],
        heat=True,
    )
    days_of_year = [today - timedelta(days=n) for n in range(180)]
    calendar = chart_data(
        [_("Day"), _("Messages")], [(day.isoformat(), (day.toordinal() * 37) % 50) for day in days_of_year], heat=True
    )
    funnel = chart_data(
        [_("Step"), _("People")], [(_("Scanned"), 420), (_("Joined"), 300), (_("Verified"), 180), (_("Active"), 95)]
    )
    scatter = chart_data(
        [_("Group"), _("Members"), _("Answered")],
        [(f"{_('Group')} {n}", 20 + n * 23, (n * 31) % 100) for n in range(18)],
    )
    pie = chart_data([_("Kind"), _("Members")], [(_("Professionals"), 420), (_("Patients"), 260), (_("Relatives"), 80)])
    spoken = _("Messages of members, without seeded ones.")
    return [
        {"id": "c-line", "title": _("Messages a day"), "kind": "line", "data": line, "definition": spoken},
        {"id": "c-bar", "title": _("Groups by temperature"), "kind": "bar", "data": bar, "definition": ""},
        {"id": "c-heat", "title": _("When people talk"), "kind": "heatmap", "data": grid, "definition": spoken},
        {"id": "c-calendar", "title": _("Half a year"), "kind": "calendar", "data": calendar, "definition": spoken},
        {"id": "c-graph", "title": _("Who answers whom"), "kind": "graph", "data": _graph(), "definition": ""},
        {"id": "c-funnel", "title": _("From poster to member"), "kind": "funnel", "data": funnel, "definition": ""},
        {"id": "c-sankey", "title": _("Where people come from"), "kind": "sankey", "data": _sankey(), "definition": ""},
        {"id": "c-scatter", "title": _("Size and answers"), "kind": "scatter", "data": scatter, "definition": ""},
        {"id": "c-pie", "title": _("Who is here"), "kind": "pie", "data": pie, "definition": ""},
    ]


def _graph() -> dict[str, Any]:
    people = ["李敏", "Bo", "王建国", "Ada", "陈思远", "Chen", "Dara", "Mia"]
    links = [
        {"source": people[a], "target": people[b], "value": 1 + (a * b) % 5}
        for a, b in [(0, 1), (0, 2), (0, 3), (1, 4), (3, 5), (3, 6), (4, 5), (6, 7), (2, 7)]
    ]
    return chart_data(
        [_("From"), _("To"), _("Replies")],
        [(link["source"], link["target"], link["value"]) for link in links],
        nodes=[{"name": name, "value": 4 + n * 2, "group": n % 3} for n, name in enumerate(people)],
        links=links,
    )


def _sankey() -> dict[str, Any]:
    flows = [
        (_("Article"), _("Neurology"), 80),
        (_("Poster"), _("Neurology"), 45),
        (_("Poster"), _("Surgery"), 30),
        (_("Colleague"), _("Surgery"), 66),
    ]
    return chart_data(
        [_("From"), _("To"), _("People")],
        flows,
        nodes=[{"name": name} for name in dict.fromkeys([flow[0] for flow in flows] + [flow[1] for flow in flows])],
        links=[{"source": a, "target": b, "value": n} for a, b, n in flows],
    )


def palette_samples(q: str) -> list[dict[str, Any]]:
    """What the palette finds on the living page."""
    here = reverse("ui:components")
    groups = [
        {"label": group.name, "url": f"{here}?q={group.name}", "icon": "flame", "hint": group.place}
        for group in sample_groups(clock.now())
        if q.casefold() in group.name.casefold()
    ][:6]
    actions = [
        {"label": gettext("Open a group"), "url": f"{here}?shell=plain", "icon": "plus", "hint": ""},
        {"label": gettext("The portal"), "url": f"{here}?shell=portal", "icon": "house", "hint": ""},
    ]
    actions = [action for action in actions if q.casefold() in action["label"].casefold()]
    found = [{"label": gettext("Groups"), "items": groups}, {"label": gettext("Actions"), "items": actions}]
    return [group for group in found if group["items"]]


def component_samples(shell_name: str) -> dict[str, Any]:
    """The context of the living page in one of its frames."""
    now = clock.now()
    typed = {"wrong-email": "li.min@", "wrong-kind": "doctors", "wrong-purpose": gettext("Cases from the ward")}
    bound = SampleForm(typed, prefix="wrong")
    bound.is_valid()
    moments = [
        now - timedelta(seconds=20),
        now - timedelta(minutes=12),
        now - timedelta(hours=5),
        now - timedelta(days=3),
    ]
    return {
        "shell": sample_shell(shell_name),
        "shell_name": shell_name,
        "now": now,
        "moments": [*moments, now - timedelta(days=90), now + timedelta(hours=30)],
        "verified_on": (now - timedelta(days=60)).date(),
        "stages": [(stage, shown) for stage, shown in TEMPERATURES.items()],
        "heat_levels": range(7),
        "form": SampleForm(),
        "wrong_form": list(bound),
        "charts": sample_charts(now.date()),
        "empty_pictures": ["hearth", "cold", "door", "letters", "people", "search", "chart", "plan"],
        "tabs": [
            {"key": "overview", "label": _("Overview"), "url": "?tab=overview", "icon": "flame"},
            {"key": "talk", "label": _("Talk"), "url": "?tab=talk", "icon": "messages-square", "badge": 4},
            {"key": "people", "label": _("People"), "url": "?tab=people", "icon": "users"},
        ],
        "unknown": Temperature(_("Not measured yet"), "circle-help", -1),
    }
