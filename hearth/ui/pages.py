"""`page()`: one answer for a whole page and for the part of it that htmx asked for."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.messages import get_messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.encoding import force_str

from hearth.ui.types import Text

UNDO_SECONDS = 10
UNDO_TAG = "undo"
PANEL_TARGET = "side-panel-body"
Partial = str | Mapping[str, str]


def htmx_target(request: HttpRequest) -> str | None:
    """The id of the element that htmx will fill, "" when it named none, None when a whole page is wanted."""
    headers = request.headers
    if headers.get("HX-Request") != "true" or headers.get("HX-Boosted") == "true":
        return None
    if headers.get("HX-History-Restore-Request") == "true":
        return None
    return headers.get("HX-Target", "")


def chosen_partial(request: HttpRequest, partial: Partial | None) -> str | None:
    """The partial to render: the only one, or the one named for htmx's target."""
    target = htmx_target(request)
    if partial is None or target is None:
        return None
    if isinstance(partial, str):
        return partial
    return partial.get(target)


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    partial: Partial | None = None,
    *,
    status: int | None = None,
) -> HttpResponse:
    """Render `template`, or its named partial when htmx asked for a part.

    `partial` is the name of a `{% partialdef %}` in the template, or a map from htmx target id to such a name (use
    `PANEL_TARGET` for the side panel). Waiting messages ride along out of band. A bound form with errors in the context
    answers 422, so that what was typed is kept and shown.
    """
    context = dict(context or {})
    name = chosen_partial(request, partial)
    if status is None:
        status = 422 if _has_refused_form(context) else 200
    response = render(request, f"{template}#{name}" if name else template, context, status=status)
    response.headers["Vary"] = ", ".join(filter(None, [response.get("Vary", ""), "HX-Request", "HX-Target"]))
    if name and len(get_messages(request) if hasattr(request, "_messages") else ()):
        toasts = render_to_string("ui/toasts.html", {"messages": get_messages(request), "out_of_band": True}, request)
        response.content += toasts.encode()
    return response


def _has_refused_form(context: Mapping[str, Any]) -> bool:
    return any(isinstance(value, BaseForm) and value.is_bound and value.errors for value in context.values())


def tell_undo(request: HttpRequest, text: Text, undo_url: str, *, seconds: int = UNDO_SECONDS) -> None:
    """Leave a message with an Undo button that POSTs to `undo_url`; a bar counts `seconds` down."""
    tag = json.dumps({UNDO_TAG: undo_url, "seconds": seconds}, separators=(",", ":"))
    messages.success(request, force_str(text), extra_tags=tag)


def undo_of(extra_tags: str | None) -> dict[str, Any] | None:
    """Read back what `tell_undo` left: {"undo": url, "seconds": n}, or None for an ordinary message."""
    if not extra_tags or not extra_tags.startswith("{"):
        return None
    try:
        found = json.loads(extra_tags)
    except ValueError:
        return None
    return found if isinstance(found, dict) and UNDO_TAG in found else None
