"""Pages about places that are few: the line as its keepers see it, a choice of the best, leaving the line."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hearth.core.idempotency import once
from hearth.core.lists import listed
from hearth.core.permissions import may
from hearth.core.routing import link
from hearth.groups import services
from hearth.groups.access import group_where, waiting_for
from hearth.groups.models import Choice, Group
from hearth.groups.queries.doors import open_application
from hearth.groups.queries.waiting import (
    choice_to_come,
    last_choices,
    must_wait,
    orders_offered,
    standing_in,
    waiting_line,
)
from hearth.groups.registry import ADMIT, MANAGE_GROUP
from hearth.groups.web.door_forms import WhyForm
from hearth.groups.web.portal_context import group_context
from hearth.kit.clock import now
from hearth.people.queries import member_cards
from hearth.ui.attempts import attempt
from hearth.ui.pages import page

SHOWN = 200
ORDERS = {
    "first_come": gettext_lazy("whoever asked first"),
    "longest_here": gettext_lazy("whoever has been in the community longest"),
    "level": gettext_lazy("the highest level"),
    "active": gettext_lazy("the most active days in four weeks"),
}


class ChoiceForm(WhyForm):
    """A choice of the best: how many, when, and in which order."""

    seats = forms.IntegerField(label=gettext_lazy("How many places"), min_value=1, max_value=100_000)
    opens_at = forms.DateTimeField(
        label=gettext_lazy("When they are given"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    tiers = forms.CharField(
        label=gettext_lazy("Who comes first"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One tier to a line, the best first: one tag, or several with commas between them."),
    )
    then = forms.ChoiceField(label=gettext_lazy("Within a tier"))
    field_order = ("seats", "opens_at", "tiers", "then", "why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(key, ORDERS[key]) for key, there in orders_offered().items() if there]
        self.fields["then"].choices = offered  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def waiting(request: HttpRequest, group_id: int) -> HttpResponse:
    """Who stands in line and why, and the choice that is to come; setting one."""
    actor = request.actor  # type: ignore[attr-defined]
    group = group_where(actor, group_id, ADMIT.key)
    form = ChoiceForm(request.POST or None, initial={"seats": group.capacity or 30})
    if request.method == "POST":
        group_where(actor, group_id, MANAGE_GROUP.key)

        def choose(data: dict[str, Any]) -> dict[str, Any]:
            tiers = [line.replace("，", ",").split(",") for line in data.pop("tiers").splitlines()]
            return {"choice": services.set_choice(actor, group, tiers=tiers, **data).pk}

        if attempt(request, form, choose) is not None:
            messages.success(request, _("The choice is set. Until then whoever asks stands in line."))
            return redirect(link("groups:waiting", group_id=group.pk))
    context = group_context(request, group)
    rows = list(waiting_line(group.pk)[:SHOWN])
    cards = member_cards([row.member_id for row in rows], group.space)
    context |= {
        "rows": [{"row": row, "card": cards.get(row.member_id), "why": why_there(row)} for row in rows],
        "choice": choice_to_come(group.pk),
        "choice_words": _ordered(choice_to_come(group.pk)),
        "drawn": [(one, _ordered(one)) for one in last_choices(group.pk)],
        "may_choose": may(actor, MANAGE_GROUP.key, context["roles"]),
        "form": form,
        "now": now(),
        "tab": "waiting",
    }
    return page(request, "groups/waiting.html", context)


def _ordered(choice: Choice | None) -> str:
    """The order of a choice in words, "" without one."""
    if choice is None:
        return ""
    then = ORDERS.get(choice.then, choice.then)
    tiers = listed(choice.tiers)
    return _("First %(tiers)s; among them %(then)s.") % {"tiers": tiers, "then": then} if tiers else str(then)


def why_there(row: Any) -> str:
    """Why somebody stands where they stand, in one sentence."""
    if row.choice is None:
        return _("Whoever asked first comes first.")
    if not row.choice.tiers:
        return _("The places went by: %(order)s.") % {"order": ORDERS.get(row.choice.then, row.choice.then)}
    if row.tier:
        told = {"n": row.tier, "of": len(row.choice.tiers), "tags": listed(row.choice.tiers[row.tier - 1])}
        return _("The best came first: tier %(n)s of %(of)s (%(tags)s).") % told
    return _("The places went to those whom the team has marked; you are not among them yet.")


def line_view(request: HttpRequest, group: Group) -> dict[str, Any]:
    """What a group's card says to somebody who waits, or would have to."""
    member_id = request.actor.member_id if request.actor else None  # type: ignore[attr-defined]
    found = standing_in(group.pk, member_id) if member_id else None
    choice = choice_to_come(group.pk)
    offer = found.waiting.offer_until if found else None
    full = group.capacity is not None and group.member_count >= group.capacity
    approved = open_application(group.pk, member_id) if found and member_id else None
    return {
        "standing": found,
        "why": why_there(found.waiting) if found else "",
        "offer_until": offer if offer and offer > now() and not full else None,
        "choice": choice,
        "choice_words": _ordered(choice),
        "full": full,
        "waits": full or must_wait(group, member_id or 0),
        "approved": bool(approved and approved.approved_by),
    }


@require_POST
def choice_cancellation(request: HttpRequest, group_id: int) -> HttpResponse:
    """Call a choice off."""
    group = group_where(request.actor, group_id, MANAGE_GROUP.key)  # type: ignore[attr-defined]
    with once(request) as claim:
        if claim.fresh:
            services.cancel_choice(request.actor, group, why=request.POST.get("why", ""))  # type: ignore[attr-defined]
    messages.success(request, _("The choice is called off. Places go to whoever asked first."))
    return redirect(link("groups:waiting", group_id=group.pk))


@require_POST
def line_leaving(request: HttpRequest, waiting_id: int) -> HttpResponse:
    """Wait no more, or take somebody out of a line that one tends."""
    actor = request.actor  # type: ignore[attr-defined]
    row = waiting_for(actor, waiting_id)
    with once(request) as claim:
        if claim.fresh:
            services.leave_line(actor, row)
    if row.member_id != actor.member_id:
        messages.success(request, _("%(who)s no longer stands in line.") % {"who": row.member.display_name})
        return redirect(link("groups:waiting", group_id=row.group_id))
    messages.success(request, _("You no longer stand in line."))
    return redirect(link("groups:discover"))
