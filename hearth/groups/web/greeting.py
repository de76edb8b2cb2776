"""Greeting newcomers: a press of those who tend the group."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearth.core.idempotency import once
from hearth.core.routing import link
from hearth.groups.access import group_where
from hearth.groups.registry import TEND
from hearth.groups.services.onboarding import greet, undo_greeting
from hearth.ui.pages import tell_undo


@require_POST
def greeting(request: HttpRequest, group_id: int, member_id: int) -> HttpResponse:
    """Say that a newcomer was greeted; can be undone."""
    answer = _do(request, group_id, member_id, greet)
    tell_undo(request, _("Greeted."), link("groups:greeting-undoing", group_id, member_id))
    return answer


@require_POST
def undoing(request: HttpRequest, group_id: int, member_id: int) -> HttpResponse:
    """Take that back."""
    answer = _do(request, group_id, member_id, undo_greeting)
    messages.success(request, _("Taken back."))
    return answer


def _do(request: HttpRequest, group_id: int, member_id: int, act: Callable[..., Any]) -> HttpResponse:
    group = group_where(request.actor, group_id, TEND.key)
    with once(request) as claim:
        if claim.fresh:
            act(request.actor, group, member_id)
    return redirect(link("groups:tending", group_id=group.pk))
