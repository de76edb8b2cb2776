"""A form and the one service behind it: valid, once, and a refusal stands beside its field."""

from collections.abc import Callable
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest

from hearth.core.errors import Refusal
from hearth.core.idempotency import once

GONE = 404


def errors_of(form: BaseForm) -> str:
    """Why a form was refused, as one message for a page that does not show the form again."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def attempt(
    request: HttpRequest, form: BaseForm, act: Callable[[dict[str, Any]], dict[str, Any] | None]
) -> dict[str, Any] | None:
    """Run ``act`` with the cleaned form, once per idempotency key; its result (JSON) is kept for repeats.

    None when the form or the service refused: the form then says why and keeps what was typed. What does not exist
    (404) goes on as refusal of the whole page.
    """
    if not form.is_valid():
        return None
    try:
        with once(request) as claim:
            if claim.fresh:
                claim.result = act(form.cleaned_data) or {}
            return claim.result
    except Refusal as refusal:
        if refusal.status == GONE:
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None
