"""The audit log: who did what to what, when and why; and whether the chain is whole."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from hearth.console.enriched import EnrichedSource
from hearth.console.saved import VIEWS
from hearth.console.wording import ACTIONS, KEYS, SUBJECTS, action_title, reason
from hearth.core import audit
from hearth.core.lists import listed
from hearth.core.models import AuditEntry
from hearth.core.permissions import READ_AUDIT, demand
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.queries import group_names
from hearth.people.queries import names_of_members
from hearth.people.queries.rosters import names_of_rosters
from hearth.ui.lists import Column, Filter, ListPage, QuerySetSource

LANGUAGES = {code for code, _name in settings.LANGUAGES}
PAGES = {"group": "console:group", "member": "console:member"}


def _change(values: dict[str, Any]) -> str:
    # PostgreSQL keeps the keys of JSON in an order of its own.
    return listed(f"{KEYS.get(key, key)}: {_plain(value)}" for key, value in sorted(values.items()))


def _plain(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        return best(value) if value.keys() <= LANGUAGES else _change(value)
    if isinstance(value, list):
        return listed(_plain(one) for one in value)
    text = str(value)
    return _("Kept with whom it concerns") if text.startswith(audit.SEAL) else text


def _as_kept(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) if values else ""


def _why(row: Any) -> str:
    return _plain(reason(row.why)) if row.why else ""


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
        Column(
            "before",
            gettext_lazy("Before"),
            value=lambda row: _change(row.before),
            export=lambda row: _as_kept(row.before),
        ),
        Column(
            "after", gettext_lazy("After"), value=lambda row: _change(row.after), export=lambda row: _as_kept(row.after)
        ),
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
    """Names and places of what entries speak of: three queries a page."""
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
    names |= {f"roster:{pk}": name for pk, name in names_of_rosters(ids.get("roster", set())).items()}
    names |= {f"{kind}:{pk}": str(word) for kind, word in SUBJECTS.items() for pk in ids.get(kind, ())}
    names["house"] = _("The house")
    for row in rows:
        row.names = names
        kind, _colon, pk = row.subject.partition(":")
        row.url = link(PAGES[kind], int(pk)) if kind in PAGES and row.subject in names else ""


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
