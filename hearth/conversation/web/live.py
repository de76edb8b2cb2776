"""The ticket with which a page opens its live connection."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from hearth.core.live import issue_ticket
from hearth.core.middleware import gateway_origin
from hearth.core.models import User


@require_safe
def ticket(request: HttpRequest) -> HttpResponse:
    """A ticket for one minute, and where to take it."""
    session = request.session.session_key or ""
    made = issue_ticket(cast(User, request.user).pk, request.community.pk, session)
    told = {"ticket": made, "url": address(request)}
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


def address(request: HttpRequest) -> str:
    """The gateway's WebSocket address: its own port, or the one origin of a proxy."""
    origin = settings.HEARTH_GATEWAY_URL or gateway_origin(request)
    return f"{origin.rstrip('/')}/live"
