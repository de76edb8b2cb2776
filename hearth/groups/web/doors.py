"""Pages about a group's door: what it asks and who would pass, who waits for a decision, inviting one person."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_noop, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from hearth.core.errors import Conflict, NotFound, Refusal
from hearth.core.idempotency import once
from hearth.core.lists import listed, worded
from hearth.core.permissions import may
from hearth.core.routing import link
from hearth.groups import services
from hearth.groups.access import application_for, group_where, invitable_group
from hearth.groups.models import Application, Group
from hearth.groups.queries.doors import (
    applications_in,
    decided_lately,
    policy_of,
    preview,
    steps_of,
    waiting_applications,
)
from hearth.groups.registry import ADMIT, MANAGE_GROUP, gate_kinds
from hearth.groups.rules.gate_edits import with_condition, with_join, without_condition, without_step
from hearth.groups.rules.gates import Condition, Several, Step, step_in_force
from hearth.groups.services.gates import words_of
from hearth.groups.web.door_forms import DecisionForm, InviteForm, WhyForm, condition_form, kinds_offered
from hearth.groups.web.door_view import given_words
from hearth.groups.web.portal_context import group_context
from hearth.people.queries import member_cards
from hearth.people.registry import SEE_MEMBERS
from hearth.ui.attempts import attempt
from hearth.ui.pages import page, tell_undo


@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, group_id: int) -> HttpResponse:
    """What the door asks at which size, who would pass, and small changes to it."""
    group = group_where(request.actor, group_id, MANAGE_GROUP.key)  # type: ignore[attr-defined]
    policy = policy_of(group.pk)
    form = WhyForm(request.POST or None)
    if request.method == "POST":
        if attempt(request, form, lambda data: _change(request, group, data["why"])) is not None:
            messages.success(request, _("The door is changed."))
            return redirect(link("groups:door", group_id=group.pk))
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return redirect(link("groups:door", group_id=group.pk))
    steps = steps_of(group.pk)
    in_force = step_in_force(steps, group.member_count)
    context = {
        "policy": policy,
        "steps": [_shown(step, in_force) for step in steps],
        "in_force": in_force,
        "previews": [_preview(group, in_force)] if in_force and in_force.asks.items else [],
        "kinds": [(kind.key, _(kind.title), waits) for kind, waits in kinds_offered()],
        "tab": "door",
    }
    return page(request, "groups/door.html", {**group_context(request, group), **context})


def _change(request: HttpRequest, group: Group, why: str) -> dict[str, Any]:
    policy = policy_of(group.pk)
    steps, act = policy.steps if policy else [], request.POST.get("act", "")
    start, key = _number(request.POST.get("start", "")), request.POST.get("key", "")
    if act == "remove":
        changed = without_condition(steps, start, key)
    elif act == "join":
        changed = with_join(steps, start, request.POST.get("join", ""))
    elif act == "drop":
        changed = without_step(steps, start)
    else:
        raise Refusal("Choose one of the values offered.")
    return {"version": services.change_gates(request.actor, group, changed, why=why).pk}  # type: ignore[attr-defined]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Refusal("Give a whole number.")
    return int(text)


@require_http_methods(["GET", "HEAD", "POST"])
def condition(request: HttpRequest, group_id: int, kind: str) -> HttpResponse:
    """Ask one more thing at the door."""
    group = group_where(request.actor, group_id, MANAGE_GROUP.key)  # type: ignore[attr-defined]
    chosen = gate_kinds.get(kind)
    if chosen is None or not chosen.is_there():
        raise NotFound()
    form = condition_form(chosen, request.POST or None)
    form.fields |= WhyForm().fields
    if request.method == "POST":
        beside = request.POST.get("beside", "")

        def add(data: dict[str, Any]) -> dict[str, Any]:
            policy = policy_of(group.pk)
            asked = {"kind": chosen.key} | {one.name: data[one.name] for one in chosen.fields}
            steps = with_condition(policy.steps if policy else [], data["start"], asked, beside)
            return {"version": services.change_gates(request.actor, group, steps, why=data["why"]).pk}  # type: ignore[attr-defined]

        if attempt(request, form, add) is not None:
            messages.success(request, _("The door is changed."))
            return redirect(link("groups:door", group_id=group.pk))
    context = {
        "form": form,
        "kind_title": _(chosen.title),
        "beside": [(one.key, step.start, words_of(one)) for step in steps_of(group.pk) for one in step.conditions()],
        "tab": "door",
    }
    return page(request, "groups/door_condition.html", {**group_context(request, group), **context})


def _shown(step: Step, in_force: Step | None) -> dict[str, Any]:
    def rows(node: Condition | Several) -> list[tuple[str, str]]:
        many = [node] if isinstance(node, Condition) else [one for one in node.items if isinstance(one, Condition)]
        return [(one.key, words_of(one)) for one in many]

    items = [{"join": getattr(item, "join", ""), "rows": rows(item)} for item in step.asks.items]
    return {
        "start": step.start,
        "join": step.asks.join,
        "several": len(step.asks.items) > 1,
        "items": items,
        "in_force": step == in_force,
    }


def _preview(group: Group, step: Step) -> dict[str, Any]:
    found = preview(group, step)
    return {
        "start": step.start,
        "looked_at": found.looked_at,
        "passed": found.counts.get("passed", 0),
        "asks": found.counts.get("asks", 0),
        "waits": found.counts.get("waits", 0),
        "refused": found.counts.get("refused", 0),
        "reasons": [(_(sentence) % worded(params), n) for sentence, params, n in found.reasons],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def applications(request: HttpRequest, group_id: int) -> HttpResponse:
    """Who waits for a decision, the longest first; one or many are decided at once."""
    group = group_where(request.actor, group_id, ADMIT.key)  # type: ignore[attr-defined]
    rows = list(waiting_applications(group.pk)[:MOST_SHOWN])
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        done = attempt(request, form, lambda data: _decide_on(request, group, rows, data))
        if done is not None:
            _tell(request, group, done)
            if done["late"]:
                messages.warning(request, _(LATE) % {"names": listed(done["late"])})
            return redirect(link("groups:applications", group_id=group.pk))
    asked = [one for step in steps_of(group.pk) for one in step.conditions()]
    real_names = may(request.actor, SEE_MEMBERS.key)  # type: ignore[attr-defined]
    cards = member_cards([row.member_id for row in rows], group.space, for_staff=real_names)
    shown = [{"row": row, "card": cards.get(row.member_id), "given": given_words(row, asked)} for row in rows]
    context = {
        "rows": shown,
        "form": form,
        "picked": {str(pk) for pk in request.POST.getlist("pick")} or {str(row.pk) for row in rows[:1]},
        "decided": decided_lately(group.pk),
        "tab": "applications",
    }
    return page(request, "groups/applications.html", {**group_context(request, group), **context})


MOST_SHOWN = 100
LATE = gettext_noop("These were decided or taken back meanwhile: %(names)s.")


def _decide_on(request: HttpRequest, group: Group, rows: list[Application], data: dict[str, Any]) -> dict[str, Any]:
    """Decide on those picked that wait still; the others are named. Raises Refusal when there are only others."""
    picked = applications_in(group.pk, _ids(request.POST.getlist("pick")))
    late = [row.member.display_name for row in picked if row.decided_at or row.closed_at]
    if late and len(late) == len(picked):
        raise Refusal(LATE, names=late)
    return {**_decide(request, rows, data), "late": late}


def _ids(told: Sequence[str]) -> list[int]:
    return [int(one) for one in told[:MOST_SHOWN] if one.isascii() and one.isdigit() and len(one) < 19]


def _decide(request: HttpRequest, rows: list[Application], data: dict[str, Any]) -> dict[str, Any]:
    """Each by itself: one that cannot be decided leaves the others be. Raises Refusal when none was picked."""
    verdict = request.POST.get("verdict", "")
    picked = set(request.POST.getlist("pick"))
    if not picked or verdict not in {"approve", "decline"}:
        raise Refusal("Pick at least one request.")
    done, said, entered, last = [], [], 0, Refusal("Pick at least one request.")
    for row in rows:
        if str(row.pk) in picked:
            try:
                told = services.decide_application(
                    request.actor,
                    row,
                    approve=verdict == "approve",
                    why=data["why"],  # type: ignore[attr-defined]
                )
                done.append(row.pk)
                entered += told.membership is not None
            except Refusal as refusal:
                said.append(f"{row.member.display_name}: {refusal}")
                last = refusal
    if not done:
        raise last
    return {"done": done, "said": said, "approved": verdict == "approve", "entered": entered}


def _tell(request: HttpRequest, group: Group, done: dict[str, Any]) -> None:
    n, entered = len(done["done"]), done["entered"]
    came = ngettext("%(n)s person is in.", "%(n)s people are in.", entered) % {"n": entered}
    in_line = ngettext(
        "%(n)s person stands in line until a place is free.",
        "%(n)s people stand in line until places are free.",
        n - entered,
    ) % {"n": n - entered}
    if done["approved"]:
        sentence = came if entered else in_line
    else:
        sentence = ngettext("%(n)s request is declined.", "%(n)s requests are declined.", n) % {"n": n}
    if 0 < entered < n:
        messages.info(request, in_line)
    picked = "-".join(map(str, done["done"]))
    tell_undo(request, sentence, link("groups:decision-undo", group_id=group.pk, picked=picked))
    for line in done["said"]:
        messages.warning(request, line)


@require_POST
def decision_undo(request: HttpRequest, group_id: int, picked: str) -> HttpResponse:
    """Take decisions back: those who were let in wait again, and so do those who were declined.

    Each by itself: one that cannot be taken back any more leaves the others be, and is named.
    """
    group = group_where(request.actor, group_id, ADMIT.key)  # type: ignore[attr-defined]
    with once(request) as claim:
        if claim.fresh:
            claim.result = _take_back(request, applications_in(group.pk, _ids(picked.split("-"))))
    n, kept = claim.result["n"], claim.result["kept"]
    if n:
        messages.success(request, ngettext("%(n)s request waits again.", "%(n)s requests wait again.", n) % {"n": n})
    if kept:
        told = _("Too much has happened since to take these decisions back: %(names)s.")
        messages.warning(request, told % {"names": listed(kept)})
    return redirect(link("groups:applications", group_id=group.pk))


def _take_back(request: HttpRequest, rows: list[Application]) -> dict[str, Any]:
    if not rows:
        raise NotFound()
    kept = []
    for row in rows:
        try:
            services.take_back_decision(request.actor, row)  # type: ignore[attr-defined]
        except Conflict:
            kept.append(row.member.display_name)
    return {"n": len(rows) - len(kept), "kept": kept}


@require_POST
def request_withdrawal(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take one's own request back."""
    row = application_for(request.actor, application_id)  # type: ignore[attr-defined]
    with once(request) as claim:
        if claim.fresh:
            services.withdraw_application(request.actor, row)  # type: ignore[attr-defined]
    messages.success(request, _("You have taken your request back."))
    return redirect(link("groups:discover"))


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, group_id: int) -> HttpResponse:
    """Invite one person by their address; the link is shown to be passed on."""
    group = invitable_group(request.actor, group_id)  # type: ignore[attr-defined]
    form, made = InviteForm(request.POST or None), ""
    if request.method == "POST":
        done = attempt(
            request,
            form,
            lambda data: {"code": services.invite(request.actor, group, data["email"]).code},  # type: ignore[attr-defined]
        )
        if done is not None:
            made = request.build_absolute_uri(link("groups:entry", code=done["code"]))
            form = InviteForm()
    context = {"form": form, "made": made, "tab": "invitation"}
    return page(request, "groups/invitation.html", {**group_context(request, group), **context})
