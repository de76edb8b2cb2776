"""Files, served to whoever may read the message they are on: never guessed, never run, never cached by strangers."""

import re

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from hearth.conversation.access import attachment_for
from hearth.conversation.models import Attachment
from hearth.conversation.models.reading import AttachmentKind
from hearth.conversation.services.attachments import THUMB
from hearth.core import storage
from hearth.core.errors import NotFound

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@require_safe
def file(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """The file itself. Pictures (made by us) are shown, everything else is downloaded."""
    found = attachment_for(request.actor, attachment_id)
    return _answer(request, found, found.stored_as, found.media_type, found.size, f'"{found.digest}"')


@require_safe
def thumb(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """The small version of a picture."""
    found = attachment_for(request.actor, attachment_id)
    if found.kind != AttachmentKind.PICTURE:
        raise NotFound()
    name = found.stored_as + THUMB
    try:
        size = storage.path_of(name).stat().st_size
    except FileNotFoundError as gone:
        raise NotFound() from gone
    return _answer(request, found, name, "image/webp", size, f'"{found.digest}-thumb"')


def _answer(
    request: HttpRequest, found: Attachment, name: str, media_type: str, size: int, etag: str
) -> HttpResponseBase:
    headers = {
        "ETag": etag,
        "Cache-Control": "private, max-age=600",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Accept-Ranges": "bytes",
    }
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    shown = found.kind == AttachmentKind.PICTURE
    headers["Content-Disposition"] = content_disposition_header(not shown, found.name) or "attachment"
    span = _span(request.headers.get("Range", ""), size, request.headers.get("If-Range", etag) == etag)
    try:
        start, end = span or (0, size - 1)
        if span and start >= size:
            return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        headers["Content-Length"] = str(end - start + 1)
        if span:
            headers["Content-Range"] = f"bytes {start}-{end}/{size}"
        storage.path_of(name).stat()
        pieces = storage.chunks(name, start, end - start + 1)
        return StreamingHttpResponse(pieces, status=206 if span else 200, content_type=media_type, headers=headers)
    except FileNotFoundError as gone:
        raise NotFound() from gone


def _span(header: str, size: int, fresh: bool) -> tuple[int, int] | None:
    """First and last byte asked for (inclusive), None for the whole file (also for ranges that make no sense)."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or not fresh or (not match[1] and not match[2]):
        return None
    if not match[1]:
        return max(0, size - int(match[2])), size - 1
    start = int(match[1])
    end = min(int(match[2]), size - 1) if match[2] else size - 1
    return None if start <= size - 1 and end < start else (start, end)
