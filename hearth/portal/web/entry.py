"""The way in, and the app on a phone: landing page, manifest, service worker, the page without a network."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from hearth.core.texts import best
from hearth.groups.queries import communities_of
from hearth.ui.pages import page
from hearth.ui.views import manifest_data


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Visitors are told what this is; members go to the community they were in last, or choose one."""
    if not request.user.is_authenticated:
        return page(request, "portal/landing.html", {"sign_in_url": reverse("account_login")})
    found = communities_of(request.user)
    last = request.session.get("community")
    chosen = next((each for each in found if each.key == last), found[0] if len(found) == 1 else None)
    if chosen is not None and "choose" not in request.GET:
        return redirect("portal:home", community=chosen.key)
    return page(request, "portal/choose.html", {"communities": found})


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest with the community's name; it holds nothing private."""
    start = reverse("portal:home", args=(request.community.key,))
    told = manifest_data(best(request.community.name), start)
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, at the root so that it may watch over every page."""
    context = {
        "offline": reverse("portal:offline"),
        "assets": [static("ui/hearth.css"), static("ui/favicon.svg"), static("ui/icons.svg")],
    }
    return render(request, "portal/service-worker.js", context, content_type="text/javascript")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What one sees without a network."""
    return page(request, "portal/offline.html")
