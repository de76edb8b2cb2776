"""The audit log: who did what to what, when and why; and whether the chain is whole."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from hearth.console.enriched import EnrichedSource
from hearth.console.saved import VIEWS
from hearth.console.wording import ACTIONS, action_title, reason
from hearth.core import audit
from hearth.core.lists import listed
from hearth.core.models import AuditEntry
from hearth.core.permissions import READ_AUDIT, demand
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.queries import group_names
from hearth.people.queries import names_of_members
from hearth.ui.lists import Column, Filter, ListPage, QuerySetSource


def _change(values: dict[str, Any]) -> str:
    return listed(f"{key}: {_plain(value)}" for key, value in values.items())


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, dict):
        return best(value) or _change(value)
    if isinstance(value, list):
        return listed(_plain(one) for one in value)
    return str(value)


def _why(row: Any) -> str:
    if row.why.startswith(audit.SEAL):
        return _("Kept with whom it concerns")
    return reason(row.why)


def _name(row: Any, ref: str) -> str:
    return row.names.get(ref, ref)


AUDIT = ListPage(
    key="audit",
    title=gettext_lazy("Audit"),
    columns=(
        Column("number", gettext_lazy("No."), kind="number", sort="number"),
        Column("at", gettext_lazy("When"), kind="time", sort="at"),
        Column(
            "actor",
            gettext_lazy("Who"),
            value=lambda row: _name(row, row.actor),
            export=lambda row: row.actor,
            sort="actor",
        ),
        Column(
            "action",
            gettext_lazy("What"),
            value=lambda row: action_title(row.action),
            export=lambda row: row.action,
            sort="action",
            lead=True,
        ),
        Column(
            "subject",
            gettext_lazy("To what"),
            kind="link",
            value=lambda row: _name(row, row.subject),
            url=lambda row: row.url,
            export=lambda row: row.subject,
            sort="subject",
        ),
        Column("before", gettext_lazy("Before"), value=lambda row: _change(row.before)),
        Column("after", gettext_lazy("After"), value=lambda row: _change(row.after)),
        Column("why", gettext_lazy("Why"), value=_why, export=lambda row: row.why),
    ),
    filters=(
        Filter("action", gettext_lazy("What"), choices=[(code, word) for code, word in ACTIONS.items()]),
        Filter("actor", gettext_lazy("Who (reference)"), kind="text"),
        Filter("subject", gettext_lazy("To what (reference)"), kind="text"),
        Filter("at", gettext_lazy("When"), kind="date", field="at__date"),
    ),
    default_sort="-number",
    empty=gettext_lazy("Nothing is on record yet."),
)


def enrich(rows: Sequence[Any]) -> None:
    """Names and places of what entries speak of: two queries a page."""
    refs = {ref for row in rows for ref in (row.actor, row.subject)}
    ids: dict[str, set[int]] = {}
    for ref in refs:
        kind, _colon, pk = ref.partition(":")
        if pk.isdigit():
            ids.setdefault(kind, set()).add(int(pk))
    members = names_of_members(ids.get("member", set()) | ids.get("bot", set()))
    groups = group_names(ids.get("group", set()))
    names = {f"member:{pk}": name for pk, (name, _bot) in members.items()}
    names |= {f"bot:{pk}": name for pk, (name, _bot) in members.items()}
    names |= {f"group:{pk}": best(name) for pk, name in groups.items()}
    names["house"] = _("The house")
    for row in rows:
        row.names = names
        kind, _colon, pk = row.subject.partition(":")
        row.url = ""
        if row.subject in names and kind == "group":
            row.url = link("console:group", int(pk))
        elif row.subject in names and kind == "member":
            row.url = link("console:member", int(pk))


@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HttpRequest) -> HttpResponse:
    """The log as a list; with ``?check=1`` the whole chain is verified first."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, READ_AUDIT.key)
    context: dict[str, Any] = {"nav_active": "audit"}
    if request.GET.get("check") == "1":
        context |= {"checked": True, "break_at": audit.first_break(actor.community_id)}
    source = EnrichedSource(QuerySetSource(_entries(actor.community_id)), enrich)
    return AUDIT.respond(request, source, template="console/audit.html", context=context, saved=VIEWS)


def _entries(community_id: int) -> Any:
    return AuditEntry.objects.filter(chain=community_id)
