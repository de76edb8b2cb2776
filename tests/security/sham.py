"""Routes with the faults that these checks look for: each check is shown to find its own."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from hearth.core.errors import NotAllowed
from hearth.core.routing import Door, Row
from hearth.groups.models import Group
from hearth.people.models import MemberTag
from hearth.project.doors import DOORS as OURS
from tests.security.routes import Route, routes


def leaking(request: HttpRequest, group_id: int) -> HttpResponse:
    """Fetches without asking who asks, whatever the community."""
    return HttpResponse(Group._base_manager.get(pk=group_id).name["en"])


def hasty(request: HttpRequest, group_id: int) -> HttpResponse:
    """Writes first and refuses then."""
    _tag(request, "hasty")
    raise NotAllowed()


@csrf_exempt
def forgeable(request: HttpRequest, community: str = "") -> HttpResponse:
    """Takes what any site's page sends."""
    return HttpResponse("Done.")


def forgetful(request: HttpRequest) -> HttpResponse:
    """Does it again each time."""
    tag = _tag(request, "again")
    return HttpResponse(f"Done: {tag.pk}.")


def reading(request: HttpRequest) -> HttpResponse:
    """Changes something on a GET, runs what was stored, and says what it should not."""
    word = _tag(request, "read").tag
    return HttpResponse(f"<p onclick='{word}'>zbravoz secret 50337</p><a href='/c/alfa/nowhere/'>x</a>")


def bare(request: HttpRequest) -> HttpResponse:
    """Breaks on what somebody typed."""
    return HttpResponse(str(int(request.POST["number"])))


def broken(request: HttpRequest) -> HttpResponse:
    """Breaks always."""
    raise ZeroDivisionError


def _tag(request: Any, word: str) -> MemberTag:
    member = request.actor.member_id
    count = MemberTag.objects.filter(member_id=member).count()
    return MemberTag.objects.create(member_id=member, tag=f"{word} {count}", by="sham")


app = [
    path("leaking/<int:group_id>/", leaking, name="leaking"),
    path("hasty/<int:group_id>/", hasty, name="hasty"),
    path("forgeable/", forgeable, name="forgeable"),
    path("forgetful/", forgetful, name="forgetful"),
    path("reading/", reading, name="reading"),
    path("bare/", bare, name="bare"),
    path("broken/", broken, name="broken"),
    path("staff/", forgeable, name="staff"),
]
urlpatterns = [
    path("c/<slug:community>/sham/", include((app, "sham"))),
    path("", include("hearth.project.urls")),
]
handler400 = "hearth.ui.failures.bad_request"
handler403 = "hearth.ui.failures.forbidden"
handler404 = "hearth.ui.failures.not_found"
handler500 = "hearth.ui.failures.server_error"

DOORS: dict[str, Any] = {
    **OURS,
    **{f"sham:{each.name}": Door.MEMBER for each in app},
    "sham:leaking": Door.SIGNED_IN,
    "sham:hasty": Door.SIGNED_IN,
    "sham:forgeable": Row(Door.PUBLIC, keyless=True),
    "sham:staff": Door.STAFF,
}


def route(name: str) -> Route:
    """One of these routes; the ``sham_house`` fixture must be in force."""
    return next(each for each in routes() if each.name == name)
