"""Where a join link leads: into the group, or first to the desk that gives badges. Also for users who are new here."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hearth.core.errors import NotFound, Refusal
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups import services
from hearth.groups.errors import LinkSpent
from hearth.groups.models import JoinLink, KeptUse, Norms
from hearth.groups.queries.doors import kept_use
from hearth.groups.queries.value_lines import promotion_rests
from hearth.groups.services.badge_first import check_way
from hearth.groups.web.door_view import door_view, given_in
from hearth.groups.web.forms import LinkEntryForm, with_norms
from hearth.groups.web.portal import already_inside, kept_out, rests_page, said_by, tell_knock
from hearth.groups.web.waiting import line_view
from hearth.people.queries.lists import awaits_review
from hearth.ui.attempts import attempt
from hearth.ui.pages import page


@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, code: str) -> HttpResponse:
    """The card and the norms, then the press."""
    link_row, norms = _link_of(request, code)
    group = link_row.group
    if request.method != "POST" and (led := already_inside(request, group)) is not None:
        return led
    form = _form(request, norms)
    if request.method == "POST":

        def enter(data: dict[str, Any]) -> dict[str, Any]:
            knock = services.knock_by_link(
                _somebody(request),
                code,
                given=given_in(request),
                norms_version=data["norms_version"] if data["accept_norms"] else None,
                display_name=data.get("display_name", ""),
                by_qr="qr" in request.GET,
                why=data["why"],
            )
            return said_by(knock)

        done = attempt(request, form, enter)
        if done is not None:
            tell_knock(request, group, done)
            inside = done["membership"] is not None
            return redirect(link("groups:card", group_id=group.pk) if inside else request.get_full_path())
    return _page(request, link_row, norms, form)


@require_POST
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a badge first: the way in is kept meanwhile, and the desk takes over."""
    link_row, norms = _link_of(request, code)
    form = _form(request, norms)

    def ask(data: dict[str, Any]) -> dict[str, Any]:
        name = data.get("display_name", "")
        by_qr = "qr" in request.GET
        return {"kept": services.ask_badge_first(_somebody(request), code, display_name=name, by_qr=by_qr).pk}

    if attempt(request, form, ask) is None:
        return _page(request, link_row, norms, form)
    return to_the_desk(request, best(link_row.group.name))


def to_the_desk(request: HttpRequest, group: str) -> HttpResponse:
    """On to where one asks for a badge, with the word that the way into the group is kept."""
    told = _(
        "You are in the community. Show here that you are a professional: with your badge %(group)s is open to you."
    )
    messages.success(request, told % {"group": group})
    return redirect(link("people:verification"))


def _link_of(request: HttpRequest, code: str) -> tuple[JoinLink, Norms | None]:
    with leading_somewhere():
        return services.look_at_link(code, _member_id(request))


@contextmanager
def leading_somewhere() -> Iterator[None]:
    """One answer for a link or code that never was and for one that has ended."""
    try:
        yield
    except NotFound:
        raise LinkSpent() from None


def request_waits(kept: KeptUse | None) -> bool:
    """Whether whoever's way is kept has nothing to do but wait for a reviewer."""
    return kept is not None and awaits_review(kept.member_id)


def _member_id(request: HttpRequest) -> int | None:
    return request.actor.member_id if request.actor else None  # type: ignore[attr-defined]


def _somebody(request: HttpRequest) -> Any:
    """The actor of a member, the user of whoever is new here."""
    return request.user if _member_id(request) is None else request.actor  # type: ignore[attr-defined]


def _form(request: HttpRequest, norms: Norms | None) -> LinkEntryForm:
    form = LinkEntryForm(request.POST or None, initial={"norms_version": norms.version if norms else None})
    if _member_id(request) is not None:
        del form.fields["display_name"]
    return form


def _page(request: HttpRequest, link_row: JoinLink, norms: Norms | None, form: LinkEntryForm) -> HttpResponse:
    group = link_row.group
    if (instead := kept_out(request, group)) is not None:
        return instead
    if request.method != "POST" and not link_row.email and promotion_rests(group.pk):
        return rests_page(request, group)
    door = door_view(request, group, link_row)
    context = {
        "group": group,
        "group_name": best(group.name),
        "function": best(group.function),
        "card": best(group.card),
        "norms": best(norms.text) if norms else "",
        "community_name": best(request.community.name),  # type: ignore[attr-defined]
        "form": with_norms(form, norms),
        "door": door,
        "badge": _badge(request, link_row) if door["shut"] else None,
        "line": line_view(request, group),
    }
    return page(request, "groups/entry.html", context)


def _badge(request: HttpRequest, link_row: JoinLink) -> dict[str, Any]:
    """What whoever has no badge reads before the press: that their way is kept, why not, or where to ask for one."""
    kept: KeptUse | None = kept_use(link_row.group_id, _member_id(request))
    told: dict[str, Any] = {"kept": kept, "why_not": "", "url": link("groups:entry-badge", code=link_row.code)}
    told["waits"] = request_waits(kept)
    if "qr" in request.GET:
        told["url"] += "?qr"
    if kept is None:
        try:
            check_way(link_row, request.user.pk, by_qr="qr" in request.GET)
        except Refusal as refusal:
            told["why_not"] = str(refusal)
    return told
