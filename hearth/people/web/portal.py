"""Pages about oneself: names, credential, privacy, tokens, sign-ins, language."""

from datetime import UTC, datetime, time
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hearth.core.errors import NotFound
from hearth.core.idempotency import once
from hearth.core.models import User
from hearth.core.routing import link
from hearth.people import queries, services
from hearth.people.access import member_for, own_member
from hearth.people.models import Verification
from hearth.people.queries import member_cards
from hearth.people.queries.badges import badges_belied
from hearth.people.queries.name_cards import fresh_gaps, gaps_of_card
from hearth.people.registry import CardGap
from hearth.people.types import OPEN_STATES
from hearth.people.web.forms import ProfileForm, SpeechForm, TokenForm
from hearth.ui.attempts import attempt
from hearth.ui.pages import page, tell_undo

FIELDS = ("display_name", "real_name", "hospital", "department", "title", "city", "about")


def show(request: HttpRequest, template: str, context: dict[str, Any], *, status: int | None = None) -> HttpResponse:
    """A page about oneself; its tabs know which one it is."""
    tab = template.removeprefix("people/").removesuffix(".html")
    tab = "profile" if tab in {"verification", "vouching"} else tab
    return page(request, template, {"nav_active": "me", "tab": tab, **context}, status=status)


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Names and name card, with what the three kinds of groups will show."""
    member = own_member(request.actor)
    form = ProfileForm(request.POST or None, initial={field: getattr(member, field) for field in FIELDS})
    gaps = gaps_of_card(member)
    fresh: list[CardGap] = []
    ending: list[Verification] = []
    if request.method == "POST" and form.is_valid():
        fresh = fresh_gaps(member, gaps, form.cleaned_data)
        ending = badges_belied(member, form.cleaned_data)
    untold = {str(row.pk) for row in ending} - set(request.POST.getlist("ending"))
    asks = bool(untold or (fresh and "knowing" not in request.POST))
    if request.method == "POST" and not asks:
        done = attempt(request, form, lambda data: {"ok": services.update_profile(request.actor, **data).pk})
        if done is not None:
            messages.success(request, _("Saved."))
            return redirect(link("people:profile"))
    cards = [
        (label, member_cards([member.pk], space).get(member.pk))
        for space, label in (
            ("professional", _("In professional groups")),
            ("patient", _("In patient groups")),
            ("general", _("In all other groups")),
        )
    ]
    verifications = queries.verifications_of(member.pk)
    context = {
        "form": form,
        "cards": cards,
        "verifications": verifications,
        "gaps": gaps,
        "fresh_gaps": fresh,
        "ending": ending,
        "open_case": any(row.state in OPEN_STATES for row in verifications),
    }
    return show(request, "people/profile.html", context, status=422 if asks else None)


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Whom one does not want to hear from, and what one agreed to."""
    member = own_member(request.actor)
    context = {
        "blocked": queries.blocked_members(member.pk),
        "consents": queries.consents_of(member.pk),
        "identities": queries.identities_of(member.pk),
    }
    return show(request, "people/privacy.html", context)


@require_POST
def block(request: HttpRequest, member_id: int) -> HttpResponse:
    """Hear nothing more from a member."""
    with once(request) as claim:
        if claim.fresh:
            services.block_member(request.actor, services.member_to_block(member_id))
    tell_undo(request, _("Blocked. They are not told."), link("people:unblock", member_id=member_id))
    return redirect(link("people:privacy"))


@require_POST
def unblock(request: HttpRequest, member_id: int) -> HttpResponse:
    """Hear from a member again."""
    with once(request) as claim:
        if claim.fresh:
            services.unblock_member(request.actor, services.member_to_block(member_id))
    messages.success(request, _("You hear from them again."))
    return redirect(link("people:privacy"))


@require_POST
def consent(request: HttpRequest, purpose: str) -> HttpResponse:
    """Agree to a purpose."""
    with once(request) as claim:
        if claim.fresh:
            services.give_consent(request.actor, purpose)
    return redirect(link("people:privacy"))


@require_POST
def withdrawal(request: HttpRequest, purpose: str) -> HttpResponse:
    """Take a consent back."""
    with once(request) as claim:
        if claim.fresh:
            services.withdraw_consent(request.actor, purpose)
    messages.success(request, _("Taken back. It is no longer used."))
    return redirect(link("people:privacy"))


@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """Tokens for the API; the text of a new one is shown once."""
    member = own_member(request.actor)
    scopes = services.scopes_for(request.actor)
    form, fresh = TokenForm(scopes, request.POST or None), ""
    if request.method == "POST":
        texts: list[str] = []

        def issue(data: dict[str, Any]) -> dict[str, Any]:
            day = data["expires_on"]
            until = datetime.combine(day, time.max, UTC) if day else None
            row, text = services.issue_token(request.actor, member, data["name"], data["scopes"], expires_at=until)
            texts.append(text)
            return {"token": row.pk}

        if attempt(request, form, issue) is not None:
            form, fresh = TokenForm(scopes), texts[0] if texts else ""
    context = {"form": form, "fresh": fresh, "rows": queries.tokens_of(member.pk), "calls": _calls(request, fresh)}
    return show(request, "people/tokens.html", context)


def _calls(request: HttpRequest, token: str) -> list[tuple[str, str]]:
    """How each scope that opens the API is called: its title, and a line for a terminal."""
    return [
        (_(scope.title), f'curl -H "Authorization: Bearer {token or "hth_…"}" {address}')
        for scope in services.scopes_for(request.actor)
        if scope.route and (address := request.build_absolute_uri(link(scope.route)))
    ]


@require_POST
def token_revocation(request: HttpRequest, token_id: int) -> HttpResponse:
    """Stop a token."""
    with once(request) as claim:
        if claim.fresh:
            services.revoke_token(request.actor, services.token_for(request.actor, token_id))
    messages.success(request, _("The token no longer works."))
    return redirect(link("people:tokens"))


@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    rows = queries.sign_ins_of(_me(request).pk)
    return show(request, "people/sessions.html", {"rows": rows, "here": request.session.session_key})


@require_POST
def sessions_ending(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    with once(request) as claim:
        if claim.fresh:
            services.end_other_sessions(request.user, request.session.session_key)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect(link("people:sessions"))


@require_POST
def session_ending(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """Sign out of one device."""
    with once(request) as claim:
        if claim.fresh:
            services.end_session(request.user, sign_in_id)
    return redirect(link("people:sessions"))


@require_http_methods(["GET", "POST"])
def speech(request: HttpRequest) -> HttpResponse:
    """Language and time zone."""
    user = _me(request)
    form = SpeechForm(request.POST or None, initial={"language": user.language, "time_zone": user.time_zone})
    if request.method == "POST":
        done = attempt(request, form, lambda data: services.choose_speech(user, **data))
        if done is not None:
            return redirect(link("people:speech"))
    return show(request, "people/speech.html", {"form": form})


@require_GET
def member(request: HttpRequest, member_id: int) -> HttpResponse:
    """A member's card as staff see it; members see their own profile instead."""
    if member_id == request.actor.member_id:
        return redirect(link("people:profile"))
    found = member_for(request.actor, member_id)
    card = member_cards([found.pk], "professional", for_staff=True).get(found.pk)
    if card is None:
        raise NotFound()
    return show(request, "people/member.html", {"member": found, "card": card})


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)  # the doorkeeper lets nobody else this far
