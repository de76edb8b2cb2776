"""The inbox, what one is told, and the link that stops mail."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, pgettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hearth.core.idempotency import once
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups.access import group_for
from hearth.groups.queries import own_groups
from hearth.notify import queries, services
from hearth.notify.access import member_by_unsubscribe, notice_for
from hearth.notify.models import Level
from hearth.notify.web.forms import PreferenceForm
from hearth.people.access import own_member
from hearth.ui.attempts import attempt
from hearth.ui.pages import page

PAGE = 40
GROUPS = 20


def _number(raw: str) -> int | None:
    """A whole number that every database takes, None for anything else that was typed."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What is new for the reader, the newest first."""
    before = _number(request.GET.get("before", ""))
    unread = request.GET.get("show") == "unread"
    rows = queries.inbox(request.actor, unread=unread, before=before, limit=PAGE + 1)
    waiting = queries.unread_count(request.actor.member_id)
    here = link("notify:inbox")
    context = {
        "nav_active": "inbox",
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "unread": waiting,
        "newest": rows[0].id if rows else 0,
        "show": "unread" if unread else "",
        "tabs": [
            {"key": "all", "label": _("All"), "url": here},
            {"key": "unread", "label": _("Unread"), "url": f"{here}?show=unread", "badge": waiting},
        ],
    }
    return page(request, "notify/inbox.html", context)


@require_POST
def opening(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Read a notice and go where it leads."""
    notice = notice_for(request.actor, notice_id)
    with once(request) as claim:
        if claim.fresh:
            services.mark_read(request.actor, [notice.pk])
    return redirect(notice.path)


@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Mark everything seen so far as read."""
    up_to = _number(request.POST.get("up_to", ""))
    with once(request) as claim:
        if claim.fresh:
            services.mark_all_read(request.actor, up_to=up_to)
    return redirect(link("notify:inbox"))


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """The general level, mail and quiet hours; and the level of each group."""
    member = own_member(request.actor)
    form = PreferenceForm.of(queries.preference_of(member.pk), request.POST or None)
    if request.method == "POST":

        def choose(data: dict[str, Any]) -> None:
            services.set_preference(
                request.actor,
                level=data["level"],
                digest=data["digest"],
                digest_at=data["digest_at"],
                quiet=(data["quiet_from"], data["quiet_until"]),
            )

        if attempt(request, form, choose) is not None:
            messages.success(request, _("Saved."))
            return redirect(link("notify:settings"))
    search = request.GET.get("q", "").strip()[:80]
    rows = Paginator(own_groups(request.actor, search=search), GROUPS).get_page(request.GET.get("page"))
    chosen = queries.levels_of(member.pk, [row.pk for row in rows])
    context = {
        "nav_active": "me",
        "form": form,
        "q": search,
        "page": rows,
        "groups": [{"id": row.pk, "name": best(row.name), "level": chosen.get(row.pk, "")} for row in rows],
        "levels": [("", pgettext("notice level", "As chosen above")), *Level.choices],
    }
    return page(request, "notify/settings.html", context)


@require_POST
def level(request: HttpRequest, group_id: int) -> HttpResponse:
    """Choose the level of one group."""
    group = group_for(request.actor, group_id)
    with once(request) as claim:
        if claim.fresh:
            services.set_level(request.actor, group, request.POST.get("level", ""))
    messages.success(request, _("Saved."))
    back = urlencode({name: request.POST[name][:80] for name in ("q", "page") if request.POST.get(name)})
    return redirect(f"{link('notify:settings')}?{back}#group-{group.pk}")


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed token can do nothing but stop mail
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop mail: by one press in the mail program (POST), or on the page that the link opens."""
    member = member_by_unsubscribe(token)
    if request.method == "POST":
        services.stop_mail(member)
    context = {"done": request.method == "POST", "community_name": best(request.community.name)}
    return page(request, "notify/unsubscribe.html", context)
