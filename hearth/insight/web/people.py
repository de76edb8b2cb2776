"""Measuring people again, on demand."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearth.core.routing import link
from hearth.insight.web.again import begin


@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Measure how members take part, as long work."""
    begin(request, "insight.refresh_people")
    messages.success(request, _("Measuring has begun. You can leave this page; it goes on."))
    return redirect(link("console:people"))
