"""The verification desk: a queue, one case at a time, decisions that can be undone for a minute."""

import base64
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.core.idempotency import once
from hearth.core.permissions import demand, may
from hearth.core.routing import link
from hearth.kit.clock import now
from hearth.people import services
from hearth.people.access import verification_for
from hearth.people.models import Verification
from hearth.people.queries import names_of_members, open_verifications, verifications_of
from hearth.people.queries.days import today_here
from hearth.people.queries.desk import (
    answers_of,
    findings_of,
    language_of,
    opinions_of,
    pending_opinions,
    risk_for,
    shown_evidence,
)
from hearth.people.queries.registers import count_licences
from hearth.people.registry import KEEP_REGISTER, LOOKS, REFUSALS, REQUESTS, VERIFY, credential_kinds, evidence_kinds
from hearth.people.services.deciding import UNDO_SECONDS
from hearth.people.services.evidence import CALL_CHECKS
from hearth.people.types import VerificationState
from hearth.people.web import words
from hearth.ui.attempts import attempt, errors_of
from hearth.ui.pages import page, tell_undo

YEAR = timedelta(days=365)


class DecisionForm(forms.Form):
    """Confirm until a day, refuse, or ask for more; with words of one's own or prepared ones."""

    expires_on = forms.DateField(
        label=gettext_lazy("Valid until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("The last day of the badge; the member is reminded before."),
    )
    note = forms.CharField(
        label=gettext_lazy("In your own words"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CallForm(forms.Form):
    """What was seen in a video call."""

    seen = forms.MultipleChoiceField(
        label=gettext_lazy("What you saw"),
        choices=[(code, words.CALL_SEEN[code]) for code in CALL_CHECKS],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=1000, widget=forms.Textarea)


class RegisterForm(forms.Form):
    """A table with an official list."""

    table = forms.FileField(
        label=gettext_lazy("Table (CSV)"),
        help_text=gettext_lazy(
            "First line: name, licence, institution, department, valid until. It replaces the list."
        ),
    )


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Credentials that wait, the oldest first, and one's own decisions that have not gone out yet."""
    actor = request.actor  # type: ignore[attr-defined]
    rows = open_verifications(actor)
    context = {
        "nav_active": "verification",
        "page_title": _("Verification"),
        "rows": [(row, words.RISKS[row.level], words.RISK_TONES[row.level], _holder(row.taken_by)) for row in rows],
        "me": actor.ref,
        "first": _next_id(request, rows, None),
        "going_out": pending_opinions(actor),
        "verdicts": words.VERDICTS,
        "may_keep_register": may(actor, KEEP_REGISTER.key),
    }
    return page(request, "people/console/queue.html", context)


def _next_id(request: HttpRequest, rows: list[Any], but: int | None) -> int | None:
    """The next case that nobody else holds and on which one has not decided."""
    me = request.actor.ref  # type: ignore[attr-defined]
    free = (row.id for row in rows if row.id != but and row.taken_by in {"", me} and not row.is_decided)
    return next(free, None)


def _holder(ref: str) -> str:
    kind, _colon, pk = ref.partition(":")
    if kind != "member" or not pk:
        return _("somebody") if ref else ""
    return names_of_members([int(pk)]).get(int(pk), ("", False))[0]


def _case(
    request: HttpRequest, row: Verification, form: DecisionForm | None = None, opened: dict[int, Any] | None = None,
    call: CallForm | None = None, ) -> HttpResponse:  # fmt: skip
    actor = request.actor  # type: ignore[attr-defined]
    evidence = shown_evidence(row)
    given = [one for one in evidence if one.state == "given"]
    findings, risk = findings_of(row, given), risk_for(row)
    answers, kind = answers_of(row, given, findings), credential_kinds.get(row.kind)
    held = row.taken_by if row.taken_until and row.taken_until > now() and row.taken_by != actor.ref else ""
    opinions = opinions_of(row)
    pending = next((one for one in opinions if one.settled_at is None), None)
    context = {
        "nav_active": "verification",
        "page_title": row.member.real_name or row.member.display_name,
        "row": row,
        "member": row.member,
        "kind_title": kind.title if kind else row.kind,
        "evidence": [(one, evidence_kinds[one.kind], (opened or {}).get(one.pk)) for one in evidence],
        "evidence_states": words.EVIDENCE_STATES,
        "findings": [(one, words.OUTCOMES[one.outcome]) for one in findings],
        "checks": [(code, sentence, answers.get(code)) for code, sentence in (kind.checks if kind else ())],
        "risk": risk,
        "risk_words": words.RISKS[risk.level],
        "risk_tone": words.RISK_TONES[risk.level],
        "reasons": [(words.REASONS[code], points) for code, points in risk.reasons],
        "opinions": [(_holder(one.by), one) for one in opinions],
        "verdicts": words.VERDICTS,
        "pending": pending,
        "pending_by": _holder(pending.by) if pending else "",
        "mine": any(one.by == actor.ref for one in opinions),
        "form": form or DecisionForm(initial={"expires_on": _usual_end(findings)}),
        "call_form": call or CallForm(),
        "refusals": REFUSALS,
        "requests": REQUESTS,
        "earlier": [one for one in verifications_of(row.member_id) if one.pk != row.pk],
        "next": _next_id(request, open_verifications(actor), row.pk),
        "is_own": row.member_id == actor.member_id,
        "holder": _holder(held),
        "state_words": words.STATES,
        "decided": row.state not in {VerificationState.WAITING, VerificationState.ASKING},
        "looks": LOOKS,
        "page_shortcuts": [
            (("v",), _("Confirm")), (("r",), _("Refuse, then the number of a reason")),
            (("m",), _("Ask for more, then a number")), (("o",), _("Open the next evidence")),
            (("n",), _("Next case")), (("u",), _("Undo")),
        ],
    }  # fmt: skip
    parts = {f"evidence-{pk}": "opened" for pk in opened or {}}
    if parts:
        one, kind_of, content = next(entry for entry in context["evidence"] if entry[2] is not None)
        context |= {"one": one, "of": kind_of, "content": content}
    return page(request, "people/console/verification.html", context, parts or None)


def _usual_end(findings: list[Any]) -> date:
    """A year from now, or the end of the licence where the list knows it and it comes sooner."""
    ends = [one.entry.valid_until for one in findings if one.entry is not None and one.entry.valid_until]
    today = today_here()
    return min([today + YEAR, *(end for end in ends if end > today)])


def _for_reviewer(request: HttpRequest, verification_id: int) -> Verification:
    demand(request.actor, VERIFY.key)  # type: ignore[attr-defined]
    return verification_for(request.actor, verification_id)  # type: ignore[attr-defined]


@require_safe
def verification(request: HttpRequest, verification_id: int) -> HttpResponse:
    """One case: what is claimed, the evidence, the checks, the history."""
    return _case(request, _for_reviewer(request, verification_id))


@require_POST
def hold(request: HttpRequest, verification_id: int) -> HttpResponse:
    """Take a case that one has opened; the page is told to look again when another reviewer has it."""
    row = _for_reviewer(request, verification_id)
    with once(request) as claim:
        if claim.fresh:
            claim.result = {"held": services.take_case(request.actor, row.pk)}  # type: ignore[attr-defined]
    answer = HttpResponse(status=204)
    if not claim.result.get("held") and row.state == VerificationState.WAITING:
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
def decision(request: HttpRequest, verification_id: int) -> HttpResponse:
    """Confirm, refuse or ask for more, then on to the next case."""
    row = _for_reviewer(request, verification_id)
    form = DecisionForm(request.POST)
    verdict = request.POST.get("verdict", "")
    prepared = (REFUSALS if verdict == "refused" else REQUESTS).get(request.POST.get("reason", ""), "")
    with override(language_of(row)):
        prepared = str(prepared)  # the member reads it

    def decide(data: dict[str, Any]) -> dict[str, Any]:
        made = services.Decision(
            verdict,
            note=prepared or data["note"],
            expires_on=data["expires_on"],
            checked=request.POST.getlist("checked")[:20],
        )
        return {"opinion": services.give_opinion(request.actor, row.pk, made).pk}  # type: ignore[attr-defined]

    if attempt(request, form, decide) is None:
        return _case(request, row, form)
    told = {
        "verified": _("Confirmed. It goes out in a minute."),
        "refused": _("Refused. It goes out in a minute."),
        "more": _("Asked for more. It goes out in a minute."),
    }
    tell_undo(request, told[verdict], link("console:verification-undoing", row.pk), seconds=UNDO_SECONDS)
    coming = _next_id(request, open_verifications(request.actor), row.pk)  # type: ignore[attr-defined]
    return redirect(link("console:verification-row", coming) if coming else link("console:verification"))


@require_POST
def undoing(request: HttpRequest, verification_id: int) -> HttpResponse:
    """Take one's own decision back before it goes out."""
    row = _for_reviewer(request, verification_id)
    form = forms.Form(request.POST)

    def undo(_data: dict[str, Any]) -> dict[str, Any]:
        return {"undone": services.undo_opinion(request.actor, row.pk).pk}  # type: ignore[attr-defined]

    if attempt(request, form, undo) is None:
        messages.error(request, errors_of(form))
    else:
        messages.success(request, _("Undone. Nothing went out."))
    return redirect(link("console:verification-row", row.pk))


class WhyForm(forms.Form):
    """Why somebody looks at the evidence of a decided case."""

    why = forms.CharField(required=False, max_length=300)


@require_POST
def evidence(request: HttpRequest, verification_id: int, evidence_id: int) -> HttpResponse:
    """Open one piece of evidence: on the page, or a PDF as a file. Every look is on record, so a key opens it once."""
    row = _for_reviewer(request, verification_id)
    form = WhyForm(request.POST)
    seen: dict[str, Any] = {}

    def look(data: dict[str, Any]) -> dict[str, Any]:
        actor = request.actor  # type: ignore[attr-defined]
        seen["row"], seen["data"] = services.open_evidence(actor, evidence_id, verification_id=row.pk, why=data["why"])
        return {"looked": True}  # what was seen is never stored with the key

    if attempt(request, form, look) is None:
        errors = " ".join(str(error) for told in form.errors.values() for error in told)
        messages.error(request, errors)
        return _case(request, row)
    if not seen:
        return redirect(link("console:verification-row", row.pk))
    answer = _file(evidence_id, seen["data"]) if seen["row"].media_type == "application/pdf" else None
    if answer is None:
        answer = _case(request, row, opened={evidence_id: _content(seen["row"], seen["data"])})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _content(row: Any, data: bytes) -> dict[str, str]:
    if row.media_type:
        return {"picture": f"data:{row.media_type};base64,{base64.b64encode(data).decode()}"}
    return {"text": data.decode()}


def _file(evidence_id: int, data: bytes) -> HttpResponse:
    headers = {
        "Content-Disposition": f'inline; filename="evidence-{evidence_id}.pdf"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return HttpResponse(data, content_type="application/pdf", headers=headers)


@require_POST
def call(request: HttpRequest, verification_id: int) -> HttpResponse:
    """Write down a video call."""
    row = _for_reviewer(request, verification_id)
    form = CallForm(request.POST)

    def record(data: dict[str, Any]) -> dict[str, Any]:
        actor = request.actor  # type: ignore[attr-defined]
        return {"call": services.record_call(actor, row.pk, seen=data["seen"], note=data["note"]).pk}

    if attempt(request, form, record) is None:
        return _case(request, row, call=form)
    messages.success(request, _("The call is on record."))
    return redirect(link("console:verification-row", row.pk))


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The list of licences: how long it is, and a table to take its place."""
    actor = request.actor  # type: ignore[attr-defined]
    demand(actor, KEEP_REGISTER.key)
    form = RegisterForm(request.POST or None, request.FILES or None)
    if request.method == "POST":

        def take_in(data: dict[str, Any]) -> dict[str, Any]:
            return {"lines": services.import_register(actor, data["table"].read())}

        taken = attempt(request, form, take_in)
        if taken is not None:
            messages.success(request, _("The list now has %(count)d licences.") % {"count": taken["lines"]})
            return redirect(link("console:verification-register"))
    context = {
        "nav_active": "verification",
        "page_title": _("List of licences"),
        "form": form,
        "count": count_licences(),
    }
    return page(request, "people/console/register.html", context)
