"""A member asks to be verified, step by step, and vouches for colleagues. Everything works without scripts."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hearth.core.idempotency import once
from hearth.core.routing import link
from hearth.people import services
from hearth.people.access import own_member, own_open_case
from hearth.people.errors import WrongCode
from hearth.people.queries import verifications_of
from hearth.people.queries.desk import means_of, missing_kinds, shown_evidence, vouches_asked_of
from hearth.people.registry import credential_kinds, evidence_kinds
from hearth.people.types import OPEN_STATES, WITH_MEMBER
from hearth.people.web import words
from hearth.people.web.portal import show
from hearth.ui.attempts import attempt
from hearth.ui.panels import panels_of

PAGE = "people/verification.html"


class ClaimForm(forms.Form):
    """What is to be confirmed."""

    kind = forms.ChoiceField(label=gettext_lazy("You are"))
    hospital = forms.CharField(label=gettext_lazy("Hospital or institution"), max_length=120)
    department = forms.CharField(label=gettext_lazy("Department"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.key, kind.title) for kind in credential_kinds]  # type: ignore[attr-defined]


class LicenceForm(forms.Form):
    """The number of a licence."""

    licence = forms.CharField(
        label=gettext_lazy("Number of your licence"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept encrypted; only reviewers see it."),
    )


class DocumentForm(forms.Form):
    """A photo or PDF."""

    document = forms.FileField(
        label=gettext_lazy("Photo or PDF"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        help_text=gettext_lazy("Kept encrypted, without place and device; at most 12 MB."),
    )


class MailForm(forms.Form):
    """An address at work."""

    address = forms.EmailField(label=gettext_lazy("Address at work"), max_length=254)


class CodeForm(forms.Form):
    """The code that came by mail."""

    code = forms.CharField(
        label=gettext_lazy("Code from the mail"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class ColleagueForm(forms.Form):
    """A colleague to ask."""

    colleague = forms.CharField(
        label=gettext_lazy("Name of the colleague"),
        max_length=120,
        help_text=gettext_lazy("As it stands on their badge. They are told your real name, hospital and department."),
    )


def _page(request: HttpRequest, **bound: forms.Form) -> HttpResponse:
    """The whole page; ``bound`` holds the form that was refused."""
    member = own_member(request.actor)  # type: ignore[attr-defined]
    rows = verifications_of(member.pk)
    case = next((row for row in rows if row.state in OPEN_STATES), None)
    claimed = {"kind": case.kind if case else "doctor", "hospital": member.hospital, "department": member.department}
    if case:
        claimed |= {"hospital": case.hospital, "department": case.department}
    with_me = case is not None and case.state in WITH_MEMBER
    evidence = shown_evidence(case) if case else []
    context = {
        "member": member,
        "case": case,
        "with_me": with_me,
        "state": words.STATES[case.state] if case else "",
        "kind_title": credential_kinds[case.kind].title if case and case.kind in credential_kinds else "",
        "badge": next((row for row in rows if row.state == "verified"), None),
        "evidence": [(one, evidence_kinds[one.kind], words.EVIDENCE_STATES[one.state]) for one in evidence],
        "missing": [[evidence_kinds[key].title for key in sorted(kinds)] for kinds in missing_kinds(case)]
        if case
        else [],
        "means": means_of(case) if case else [],
        "claim_form": ClaimForm(initial=claimed),
        "licence_form": LicenceForm(),
        "document_form": DocumentForm(),
        "mail_form": MailForm(),
        "code_form": CodeForm(initial={"code": request.GET.get("code", "")[:12]}),
        "code_sent": any(one.kind == "mail" and one.state == "pending" for one in evidence),
        "takes_mail": bool(services.institution_domains()),
        "colleague_form": ColleagueForm(),
        "panels": panels_of("people.verification", request, member)["main"],
        **bound,
    }
    return show(request, PAGE, context)


@require_http_methods(["GET", "POST"])
def verification(request: HttpRequest) -> HttpResponse:
    """Where one's request stands; saying what is to be confirmed begins one."""
    own_member(request.actor)  # type: ignore[attr-defined]
    if request.method != "POST":
        return _page(request)
    form = ClaimForm(request.POST)
    begun = attempt(request, form, lambda data: {"case": services.start_verification(request.actor, **data).pk})  # type: ignore[attr-defined]
    return _page(request, claim_form=form) if begun is None else redirect(link("people:verification"))


def _step(
    request: HttpRequest, name: str, form: forms.Form, act: Callable[[int, dict[str, Any]], Any], told: str
) -> HttpResponse:
    """One step on the open request: refused, the page says why beside the field; done, it is shown again."""
    case = own_open_case(request.actor)  # type: ignore[attr-defined]

    def step(data: dict[str, Any]) -> dict[str, Any]:
        made = act(case.pk, data)
        return {"done": made is not None}

    done = attempt(request, form, step)
    if done is not None and not done["done"]:
        form.add_error("code", str(WrongCode()))  # the try is on record, so it was no refusal
        done = None
    if done is None:
        return _page(request, **{name: form})
    messages.success(request, told)
    return redirect(link("people:verification"))


@require_POST
def licence(request: HttpRequest) -> HttpResponse:
    """Give the number of one's licence."""
    actor = request.actor  # type: ignore[attr-defined]

    def act(case: int, data: dict[str, Any]) -> Any:
        return services.give_licence(actor, case, data["licence"])

    return _step(request, "licence_form", LicenceForm(request.POST), act, _("Kept, sealed."))


@require_POST
def document(request: HttpRequest) -> HttpResponse:
    """Give a photo or PDF."""
    actor = request.actor  # type: ignore[attr-defined]

    def act(case: int, data: dict[str, Any]) -> Any:
        return services.give_document(actor, case, data["document"])

    return _step(request, "document_form", DocumentForm(request.POST, request.FILES), act, _("Kept, sealed."))


@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """Have a code sent to one's address at work."""
    actor = request.actor  # type: ignore[attr-defined]

    def act(case: int, data: dict[str, Any]) -> Any:
        return services.ask_mail_code(actor, case, data["address"])

    told = _("A code is on its way. It works for 30 minutes.")
    return _step(request, "mail_form", MailForm(request.POST), act, told)


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Bring the code back."""
    actor = request.actor  # type: ignore[attr-defined]

    def act(case: int, data: dict[str, Any]) -> Any:
        return services.prove_mail(actor, case, data["code"])

    return _step(request, "code_form", CodeForm(request.POST), act, _("Your address at work is confirmed."))


@require_POST
def colleague(request: HttpRequest) -> HttpResponse:
    """Ask a colleague to vouch."""
    actor = request.actor  # type: ignore[attr-defined]

    def act(case: int, data: dict[str, Any]) -> Any:
        return services.ask_vouch(actor, case, data["colleague"])

    return _step(request, "colleague_form", ColleagueForm(request.POST), act, _("Your colleague is asked."))


@require_POST
def sending(request: HttpRequest) -> HttpResponse:
    """Hand it to the reviewers."""
    actor = request.actor  # type: ignore[attr-defined]
    told = _("Thank you. A reviewer will look at it and you will get a notice.")
    form = forms.Form(request.POST)
    return _step(request, "send_form", form, lambda case, _data: services.send_verification(actor, case), told)


@require_POST
def removal(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Take something away again; it is destroyed."""
    with once(request) as claim:
        if claim.fresh:
            services.take_back_evidence(request.actor, evidence_id)  # type: ignore[attr-defined]
    messages.success(request, _("Taken away and destroyed."))
    return redirect(link("people:verification"))


@require_GET
def vouching(request: HttpRequest) -> HttpResponse:
    """Colleagues who ask for one's word, and those to whom one gave it."""
    member = own_member(request.actor)  # type: ignore[attr-defined]
    rows = vouches_asked_of(member.pk)
    return show(request, "people/vouching.html", {"rows": rows, "states": words.EVIDENCE_STATES})


@require_POST
def vouch_answer(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Say that one knows the colleague, or that one would rather not."""
    vouches = request.POST.get("answer") == "yes"
    with once(request) as claim:
        if claim.fresh:
            services.answer_vouch(request.actor, evidence_id, vouches=vouches)  # type: ignore[attr-defined]
    messages.success(request, _("Thank you. Your word counts.") if vouches else _("Noted. Only the reviewers see it."))
    return redirect(link("people:vouch"))


@require_POST
def vouch_withdrawal(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Take one's word back."""
    with once(request) as claim:
        if claim.fresh:
            services.take_back_vouch(request.actor, evidence_id)  # type: ignore[attr-defined]
    messages.success(request, _("Taken back. The reviewers are told."))
    return redirect(link("people:vouch"))
