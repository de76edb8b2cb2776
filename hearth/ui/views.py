"""Edges of the design system: the reader's preferences, the living page of components and the web manifest."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, get_language, gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearth.core.middleware import LANGUAGE_COOKIE
from hearth.ui.pages import page, tell_undo
from hearth.ui.preferences import CHOICES, COOKIE_PREFIX, COOKIE_SECONDS
from hearth.ui.samples import SAMPLE_LIST, component_samples, palette_samples, sample_source


def _back(request: HttpRequest) -> str:
    for candidate in (request.POST.get("next"), request.headers.get("Referer")):
        if candidate and url_has_allowed_host_and_scheme(
            candidate, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return candidate
    return "/"


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the reader's theme, density, navigation width or language in cookies and go back."""
    response: HttpResponse
    if request.headers.get("X-Requested-With") == "behaviour":
        response = HttpResponse(status=204)
    else:
        response = HttpResponseRedirect(_back(request))
    for name, allowed in CHOICES.items():
        value = request.POST.get(name, "")
        if value in allowed:
            response.set_cookie(
                COOKIE_PREFIX + name, value, max_age=COOKIE_SECONDS, samesite="Lax", secure=request.is_secure()
            )
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=COOKIE_SECONDS, samesite="Lax", secure=request.is_secure()
        )
        if request.user.is_authenticated:
            request.user.language = language
            request.user.save(update_fields=["language"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def components(request: HttpRequest) -> HttpResponse:
    """Every design component in every state, in a plain, portal or console frame (`?shell=`)."""
    wanted = request.GET.get("shell", "console")
    context = component_samples(wanted if wanted in ("console", "portal", "plain", "room") else "console")
    template = f"ui/components/{context['shell_name']}.html"
    if context["shell_name"] == "console":
        return SAMPLE_LIST.respond(request, sample_source(), template=template, context=context)
    return page(request, template, context)


@require_POST
def undo_sample(request: HttpRequest) -> HttpResponse:
    """Show the undo toast on the living page."""
    tell_undo(request, gettext("The group is paused."), request.path)
    return HttpResponseRedirect(_back(request))


@require_safe
def palette_sample(request: HttpRequest) -> JsonResponse:
    """Answer the command palette of the living page."""
    return JsonResponse({"groups": palette_samples(request.GET.get("q", ""))})


def manifest_data(name: str, start_url: str, short_name: str = "") -> dict[str, Any]:
    """The web app manifest of a portal; shells serve it under their own URL with the community's name."""
    return {
        "name": name,
        "short_name": short_name or name[:12],
        "start_url": start_url,
        "scope": start_url,
        "display": "standalone",
        "lang": get_language() or settings.LANGUAGE_CODE,
        "background_color": "#fdfaf6",
        "theme_color": "#fdfaf6",
        "icons": [
            {"src": static("ui/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
            {"src": static("ui/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
            {"src": static("ui/maskable-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "maskable"},
            {"src": static("ui/maskable-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
            {"src": static("ui/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
        ],
    }


@require_safe
def web_manifest(request: HttpRequest) -> JsonResponse:
    """The manifest for an installation without a community in its address."""
    return JsonResponse(manifest_data(gettext("Hearth"), "/"), content_type="application/manifest+json")
