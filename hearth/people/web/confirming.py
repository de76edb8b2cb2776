"""Before something that only the person themselves may do: they have shown lately that it is them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from hearth.core.idempotency import once
from hearth.core.routing import link
from hearth.kit.clock import now

LATELY = 600  # seconds


def signed_in_lately(request: HttpRequest) -> bool:
    """Whether somebody signed in, or confirmed that it is them, within ten minutes: by password, code or device."""
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return any(record["at"] > now().timestamp() - LATELY for record in records)


def confirmed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view for those who signed in lately; others are sent to the page that asks them to confirm."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not signed_in_lately(request):
            return redirect(link("people:my-data"))
        return view(request, *args, **kwargs)

    return guarded


def page_to_confirm(request: HttpRequest) -> str:
    """The page on which somebody confirms with a password or a device, "" for those who have neither."""
    ways = [flow["id"] for flow in get_reauthentication_flows(request.user)]  # type: ignore[arg-type]
    pages = {"reauthenticate": "account_reauthenticate", "mfa_reauthenticate": "mfa_reauthenticate"}
    return next((f"{reverse(pages[way])}?{_back()}" for way in ways if way in pages), "")


def _back() -> str:
    return urlencode({"next": link("people:my-data")})


@require_POST
def signing_in_again(request: HttpRequest) -> HttpResponse:
    """Sign out, and in again by a code that comes by e-mail."""
    back = _back()
    with once(request) as claim:
        if claim.fresh:
            logout(request)
    return redirect(f"{reverse('account_request_login_code')}?{back}")
