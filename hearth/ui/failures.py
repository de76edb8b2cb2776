"""Pages for requests that went wrong: they say what happened and what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from hearth.core.errors import TooMany
from hearth.core.middleware import refusal_response

LIMIT_WINDOW = 60  # seconds: the limits of sign-in count by the minute


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the address or the form could not be read."""
    return render(request, "ui/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: seen, but not allowed."""
    return render(request, "ui/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or not for this reader."""
    return render(request, "ui/errors/404.html", status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    """429 of the sign-in pages: tried too often."""
    return refusal_response(request, TooMany(LIMIT_WINDOW))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Rendered without the request, so that it works when little else does."""
    return HttpResponse(render_to_string("ui/errors/500.html"), status=500)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is too old or came from elsewhere."""
    return render(request, "ui/errors/csrf.html", status=403)
