"""People: how everybody takes part, who leads, who is left alone; beside the list what is said of all of them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from hearth.console.saved import VIEWS
from hearth.core.permissions import MANAGE_JOBS, Actor, may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.core.work import open_job
from hearth.groups.queries import group_names
from hearth.insight.queries.numbers import percent
from hearth.insight.queries.people import people_summary, portraits, portraits_in, portraits_named
from hearth.insight.registry import SEE_CHURN
from hearth.insight.rules.people.kept import Summary
from hearth.insight.rules.people.wording import KINDS, PHASES, SIGNS, TIERS, Word
from hearth.people.types import KIND_WORDS
from hearth.ui.charts import chart_data
from hearth.ui.lists import Column, Filter, ListPage
from hearth.ui.panels import panels_of
from hearth.ui.types import Text

FLAGS = (
    ("unanswered", "is_unanswered"),
    ("leader", "is_leader"),
    ("fan", "is_fan"),
    ("seed", "is_seed"),
    ("bridge", "is_bridge"),
)
WINDOW = 28  # days


def _words(words: dict[str, Word]) -> list[tuple[str, Text]]:
    return [(code, gettext_lazy(one.word)) for code, one in words.items()]


def _said(words: dict[str, Word], code: str) -> str:
    return _(words[code].word) if code in words else code


def signs_of(row: Any) -> list[str]:
    """The signs of a portrait in words."""
    return [_(SIGNS[sign].word) for sign, field in FLAGS if _holds(row, field)]


def _holds(row: Any, field: str) -> bool:
    return row.unanswered_id is not None if field == "is_unanswered" else getattr(row, field)


def _columns(actor: Actor) -> tuple[Column, ...]:
    return (
        Column(
            "name",
            gettext_lazy("Name"),
            kind="person",
            value=lambda row: (row.member.display_name, row.member_id),
            sort="member__display_name",
            url=lambda row: link("console:member", row.member_id),
            under=lambda row: row.member.department,
            lead=True,
            panel=True,
        ),
        Column(
            "tier",
            gettext_lazy("Stage"),
            kind="template",
            template="console/people_stage.html",
            value=lambda row: (_said(TIERS, row.tier), _said(KINDS, row.kind)),
            export=lambda row: _said(TIERS, row.tier),
            sort="tier",
            help=gettext_lazy(
                "How far somebody came along: looks on, comes now and then, takes part, carries. Below it, what "
                "they mostly do."
            ),
        ),
        Column(
            "signs",
            gettext_lazy("Known as"),
            kind="template",
            template="console/people_signs.html",
            value=lambda row: signs_of(row) or "",
            export=lambda row: ", ".join(signs_of(row)),
        ),
        Column("last", gettext_lazy("Last active"), kind="time", value="last_at", sort="last_at"),
        *_outlook(actor),
        *_giving(),
        *_more_columns(),
    )


def _giving() -> tuple[Column, ...]:
    return (
        Column(
            "weeks",
            gettext_lazy("Active weeks"),
            kind="number",
            sort="weeks",
            help=gettext_lazy("Weeks of the last 26 in which they wrote or reacted."),
        ),
        Column(
            "helping",
            gettext_lazy("Helping"),
            kind="number",
            value="help_score",
            sort="help_score",
            help=gettext_lazy(
                "Points for helping others in the last 182 days: 10 for an accepted answer, 3 for a first answer, 3 "
                "for welcoming a newcomer, 1 for each person who thanked. The same pair counts five times at most."
            ),
        ),
        Column(
            "ties",
            gettext_lazy("Ties"),
            kind="number",
            sort="ties",
            help=gettext_lazy("Different people with whom they exchanged replies in the last 91 days."),
        ),
    )


def _outlook(actor: Actor) -> tuple[Column, ...]:
    """Who may be leaving is for those who run the community."""
    if not may(actor, SEE_CHURN.key):
        return ()
    return (
        Column(
            "comes",
            gettext_lazy("Comes again"),
            kind="percent",
            sort="comes",
            help=gettext_lazy(
                "Chance that they write or react in the next 28 days. To see who may be leaving first, sort by when "
                "they were last active: that orders people about as well."
            ),
        ),
    )


def _more_columns() -> tuple[Column, ...]:
    return (
        Column(
            "kind",
            gettext_lazy("Type"),
            value=lambda row: _said(KINDS, row.kind),
            sort="kind",
            help=gettext_lazy("What somebody mostly does, in the last 91 days."),
            visible=False,
        ),
        Column(
            "phase",
            gettext_lazy("Lately"),
            value=lambda row: _said(PHASES, row.phase),
            sort="phase",
            help=gettext_lazy("The last 28 days beside the 28 days before."),
            visible=False,
        ),
        Column(
            "leader",
            gettext_lazy("Leader index"),
            kind="percent",
            value="leader_index",
            sort="leader_index",
            help=gettext_lazy(SIGNS["leader"].meaning),
            visible=False,
        ),
        Column(
            "rfm",
            gettext_lazy("RFM"),
            value=lambda row: row.rfm or "",
            sort="rfm",
            help=gettext_lazy(
                "Recency, frequency and value from 1 to 5: days since the last deed (182, 91, 28, 7), active weeks of "
                "the last 26 (2, 4, 10, 20), points for helping (1, 5, 20, 50)."
            ),
            visible=False,
        ),
        Column("first", gettext_lazy("First active"), kind="time", value="first_at", sort="first_at", visible=False),
        Column("seen", gettext_lazy("Last seen"), kind="time", value="seen_at", sort="seen_at", visible=False),
        Column(
            "unanswered",
            gettext_lazy("Unanswered since"),
            kind="time",
            value="unanswered_at",
            sort="unanswered_at",
            help=gettext_lazy(SIGNS["unanswered"].meaning),
            visible=False,
        ),
        Column(
            "role",
            gettext_lazy("Kind"),
            value=lambda row: KIND_WORDS.get(row.member.kind, row.member.kind),
            sort="member__kind",
            visible=False,
        ),
    )


def _unanswered(values: tuple[Any, ...]) -> Q:
    return Q(unanswered_id__isnull=not values[0])


def people_page(actor: Actor, wanted: Sequence[str]) -> ListPage:
    """The list for one reader; narrowed to groups where the address names some."""
    filters = [
        Filter("tier", gettext_lazy("Stage"), choices=_words(TIERS)),
        Filter("kind", gettext_lazy("Type"), choices=_words(KINDS)),
        Filter("phase", gettext_lazy("Lately"), choices=_words(PHASES)),
        Filter("unanswered", gettext_lazy(SIGNS["unanswered"].word), kind="bool", apply=_unanswered),
        *(
            Filter(sign, gettext_lazy(SIGNS[sign].word), kind="bool", field=field)
            for sign, field in FLAGS
            if sign != "unanswered"
        ),
        Filter("helping", gettext_lazy("Helping"), kind="number", field="help_score"),
        Filter("last", gettext_lazy("Last active"), kind="date", field="last_at__date"),
    ]
    ids = [pk for pk in wanted if pk.isascii() and pk.isdigit() and len(pk) < 19]
    if ids:
        choices = [(str(pk), best(name)) for pk, name in group_names([int(pk) for pk in ids]).items()]
        apply = lambda values: portraits_in(actor, values)  # noqa: E731  it fits on a line
        filters.insert(0, Filter("group", gettext_lazy("In the group"), choices=choices, apply=apply))
    return ListPage(
        key="people",
        title=gettext_lazy("People"),
        columns=_columns(actor),
        filters=tuple(filters),
        search=lambda query: portraits_named(actor, query),
        search_label=gettext_lazy("Search by name, hospital, department"),
        default_sort="-last",
        empty=gettext_lazy("Nobody was measured yet. People are measured every hour, and after each import."),
        empty_picture="people",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """The list of people with what is said of all; a fixed number of queries."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = portraits(actor)
    found = people_summary()
    context: dict[str, Any] = {
        "nav_active": "people",
        "may_refresh": may(actor, MANAGE_JOBS.key),
        "job": open_job(actor, "insight.refresh_people"),
        "summary": None,
    }
    if found is not None:
        context |= {"measured_at": found[0], "summary": found[1], **summed(found[1])}
        context["panels"] = panels_of("console.people", request, found[1])
        context["glance"] = panels_of("console.people.glance", request, found[1])["main"]
        context["accuracy"] = _accuracy(found[1]) if may(actor, SEE_CHURN.key) else ""
    declared = people_page(actor, request.GET.getlist("f.group"))
    return declared.respond(request, rows, template="console/people.html", context=context, saved=VIEWS)


def _accuracy(summary: Summary) -> str:
    """What the chance to come again was worth here when it was last tried; "" where it was not."""
    if summary.auc is None or summary.auc_recency is None:
        return ""
    return _(
        "Tried on the last 28 days of this community with what was known before, on %(n)s members: of two of whom one "
        "came and one did not, the chance was higher for the one who came in %(model)s of cases. Ordering by the last "
        "activity was right in %(recency)s."
    ) % {"n": summary.tried_on, "model": percent(summary.auc), "recency": percent(summary.auc_recency)}


def summed(summary: Summary) -> dict[str, Any]:
    """A summary in words, for the page."""
    return {
        "shortcuts": _shortcuts(summary),
        "flows": _flow_chart(summary),
        "tiers": _counted(TIERS, summary.tiers, "tier"),
        "kinds": _counted(KINDS, summary.kinds, "kind"),
        "network": _network(summary),
        "words": [(_("Stage"), _meanings(TIERS)), (_("Type"), _meanings(KINDS)), (_("Lately"), _meanings(PHASES)),
                  (_("Known as"), _meanings(SIGNS))],
    }  # fmt: skip


def _meanings(words: dict[str, Word]) -> list[tuple[str, str]]:
    return [(_(one.word), _(one.meaning)) for one in words.values()]


def _shortcuts(summary: Summary) -> list[tuple[str, str, int, str]]:
    """Ready-made ways to narrow the list: icon, word, count, address."""
    return [
        (
            "message-circle-question-mark",
            _(SIGNS["unanswered"].word),
            summary.waiting,
            "?f.unanswered=yes&sort=unanswered",
        ),
        ("star", _("Opinion leaders"), summary.leaders, "?f.leader=yes&sort=-leader"),
        ("flame", _("Hard-core fans"), summary.fans, "?f.fan=yes&sort=-weeks"),
        ("sprout", _("Seed users"), summary.seeds, "?f.seed=yes&sort=-last"),
        ("share-2", _("Bridges"), summary.bridges, "?f.bridge=yes&sort=-ties"),
        (
            "moon",
            _(PHASES["dormant"].word),
            summary.flows[-1].dormant if summary.flows else 0,
            "?f.phase=dormant&sort=-weeks",
        ),
    ]


def _flow_chart(summary: Summary) -> dict[str, Any] | None:
    if not any(one.new or one.returning or one.resurrected or one.dormant for one in summary.flows):
        return None
    rows = []
    for ago, one in zip(range(len(summary.flows) - 1, -1, -1), summary.flows, strict=True):
        name = _("last 28 days") if not ago else _("%(n)s days before") % {"n": ago * WINDOW}
        rows.append((name, one.returning, one.resurrected, one.new, -one.dormant))
    names = [_(PHASES[code].word) for code in ("returning", "resurrected", "new", "dormant")]
    return chart_data([_("Window"), *names], rows, stacked=True)


def _counted(words: dict[str, Word], counts: Any, filter_: str) -> list[dict[str, Any]]:
    most = max(counts.values(), default=0) or 1
    return [
        {
            "word": _(one.word),
            "meaning": _(one.meaning),
            "count": counts.get(code, 0),
            "share": counts.get(code, 0) / most,
            "url": f"?f.{filter_}={code}",
        }
        for code, one in words.items()
        if counts
    ]


def _network(summary: Summary) -> list[tuple[str, str, str]]:
    """The network in numbers: title, value, what it means. Only what can be told."""
    distance = None if summary.distance is None else f"{summary.distance:.1f}"
    listed = [
        (_("Ties"), str(summary.ties), _("Pairs of members who exchanged replies in the last 91 days.")),
        (
            _("Steps between two people"),
            distance,
            _("Mean length of the shortest way over ties, in the largest connected part (six degrees)."),
        ),
        (
            _("In the largest part"),
            _share(summary.largest_part),
            _("Share of those with a tie who are connected with one another over others."),
        ),
        (
            _("Contacts who know each other"),
            _share(summary.clustering),
            _("Share of pairs of contacts of the same person who have a tie themselves (clustering)."),
        ),
        (
            _("Near a leader"),
            _share(summary.leader_reach),
            _("Share of the active who are an opinion leader or have a tie with one."),
        ),
    ]
    return [(title, value, meaning) for title, value, meaning in listed if value is not None]


def _share(value: float | None) -> str | None:
    return None if value is None else percent(value)
