"""Pages for requests that went wrong: they say what happened and what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from hearth.core.errors import NotAllowed, NotFound, Refusal, TooMany
from hearth.core.middleware import problem, refusal_response
from hearth.core.routing import API

LIMIT_WINDOW = 60  # seconds: the limits of sign-in count by the minute


class Unreadable(Refusal):
    """A request whose address, headers or form cannot be read."""

    code = "unreadable"
    status = 400
    sentence = "The request could not be read."


class Broken(Refusal):
    """Our fault."""

    code = "broken"
    status = 500
    sentence = "Something broke on our side. It has been noted; try again in a while."


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the address or the form could not be read."""
    if request.path_info.startswith(API):
        return problem(Unreadable())
    return render(request, "ui/errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: seen, but not allowed."""
    if request.path_info.startswith(API):
        return problem(NotAllowed())
    return render(request, "ui/errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or not for this reader."""
    if request.path_info.startswith(API):
        return problem(NotFound())
    return render(request, "ui/errors/404.html", status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    """429 of the sign-in pages: tried too often."""
    return refusal_response(request, TooMany(LIMIT_WINDOW))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Rendered without the request, so that it works when little else does."""
    if request.path_info.startswith(API):
        return problem(Broken())
    return HttpResponse(render_to_string("ui/errors/500.html"), status=500)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is too old or came from elsewhere."""
    return render(request, "ui/errors/csrf.html", status=403)
