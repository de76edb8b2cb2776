"""The palette: pages, actions, groups and members by a few letters, as far as the reader's rights go."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_safe

from hearth.blueprint.registry import APPLY
from hearth.carriers.access import IMPORT
from hearth.core.permissions import CHANGE_SETTINGS, MANAGE_JOBS, READ_AUDIT, Actor, may
from hearth.core.routing import link
from hearth.groups.queries.operating import find_groups
from hearth.groups.registry import CHANGE_CHARTER, OPEN_GROUP
from hearth.insight.queries.fleet import stages_of
from hearth.insight.registry import SEE_PEOPLE
from hearth.people.queries.operating import find_members
from hearth.people.registry import SEE_MEMBERS, VERIFY
from hearth.people.types import KIND_WORDS
from hearth.ui.types import temperature

SHOWN = 6


@require_safe
def palette(request: HttpRequest) -> JsonResponse:
    """What is found for ``?q=``: at most four queries, however large the community."""
    actor = request.actor  # type: ignore[attr-defined]
    query = request.GET.get("q", "").strip()[:80]
    found = [
        {"label": _("Groups"), "items": _groups(actor, query) if query else []},
        {"label": _("Members"), "items": _members(actor, query) if query else []},
        {"label": _("Pages"), "items": _matching(_pages(actor), query)},
        {"label": _("Actions"), "items": _matching(_actions(actor), query)},
    ]
    return JsonResponse({"groups": [part for part in found if part["items"]]}, headers={"Cache-Control": "no-store"})


def _matching(entries: list[dict[str, Any]], query: str) -> list[dict[str, Any]]:
    words = query.casefold().split()
    return [entry for entry in entries if all(word in f"{entry['label']} {entry['hint']}".casefold() for word in words)]


def _entry(label: str, url: str, icon: str, hint: str = "") -> dict[str, Any]:
    return {"label": label, "url": url, "icon": icon, "hint": hint}


def _groups(actor: Actor, query: str) -> list[dict[str, Any]]:
    rows = find_groups(actor, query, get_language() or "en", SHOWN)
    stages = stages_of([row["pk"] for row in rows])
    return [
        _entry(
            row["title"], link("console:group", row["pk"]), "flame", str(temperature(stages.get(row["pk"], "")).word)
        )
        for row in rows
    ]


def _members(actor: Actor, query: str) -> list[dict[str, Any]]:
    return [
        _entry(
            row.display_name,
            link("console:member", row.pk),
            "user",
            " · ".join(part for part in (row.real_name, row.department or row.hospital) if part)
            or str(KIND_WORDS.get(row.kind, "")),
        )
        for row in find_members(actor, query, SHOWN)
    ]


def _pages(actor: Actor) -> list[dict[str, Any]]:
    listed = [
        ("", "console:today", _("Today"), "sun"),
        ("", "console:groups", _("Groups"), "flame"),
        (SEE_MEMBERS.key, "console:members", _("Members"), "users"),
        (VERIFY.key, "console:verification", _("Verification"), "badge-check"),
        ("", "console:diagnosis", _("Diagnosis"), "stethoscope"),
        (SEE_PEOPLE.key, "console:people", _("People"), "network"),
        ("", "console:metrics", _("Metrics"), "chart-line"),
        (IMPORT.key, "console:imports", _("Import"), "upload"),
        ("", "console:jobs", _("Jobs"), "list-checks"),
        (READ_AUDIT.key, "console:audit", _("Audit"), "scroll-text"),
        (CHANGE_SETTINGS.key, "console:settings", _("Settings"), "settings"),
        (CHANGE_CHARTER.key, "console:charter", _("Charter"), "scroll-text"),
        (CHANGE_SETTINGS.key, "console:staff", _("Team"), "shield-check"),
        (APPLY.key, "console:blueprint", _("Blueprint"), "file-text"),
        ("", "portal:home", _("The portal"), "house"),
    ]
    return [_entry(label, link(route), icon) for right, route, label, icon in listed if not right or may(actor, right)]


def _actions(actor: Actor) -> list[dict[str, Any]]:
    groups = link("console:groups")
    listed = [
        (OPEN_GROUP.key, link("console:group-opening"), _("Open a group"), "plus", ""),
        (IMPORT.key, link("console:imports"), _("Diagnose or import an export"), "upload", ""),
        (MANAGE_JOBS.key, link("console:diagnosis"), _("Measure every group now"), "refresh-cw", ""),
        ("", f"{groups}?f.stage=declining", _("Show groups that cool down"), "thermometer-snowflake", ""),
        (
            "",
            f"{groups}?f.open=yes&sort=-open",
            _("Show groups with open questions"),
            "message-circle-question-mark",
            "",
        ),
        (
            SEE_PEOPLE.key,
            link("console:people") + "?f.unanswered=yes&sort=unanswered",
            _("Show newcomers whom nobody answered"),
            "message-circle-question-mark",
            "",
        ),
        (
            READ_AUDIT.key,
            link("console:audit") + "?check=1",
            _("Check that the audit log is whole"),
            "shield-check",
            "",
        ),
    ]
    return [
        _entry(label, url, icon, hint) for right, url, label, icon, hint in listed if not right or may(actor, right)
    ]
