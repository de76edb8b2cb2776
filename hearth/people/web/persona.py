"""Stepping into the people of the demo; shut in every other installation."""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from hearth.core.errors import NotFound
from hearth.people.queries import user_by_email
from hearth.people.registry import demo_personas
from hearth.people.services import note_sign_in


@require_POST
def step(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as a persona. Raises NotFound unless this is a demo and the persona is one of its own."""
    persona = demo_personas.get(key)
    user = user_by_email(persona.email) if settings.HEARTH_DEMO and persona else None
    if persona is None or user is None:
        raise NotFound()
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    record_authentication(request, user, method="persona")
    note_sign_in(user, request.session.session_key, request.headers.get("User-Agent", ""))
    return redirect(persona.path)
