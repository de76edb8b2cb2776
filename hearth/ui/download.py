"""Reports as files to take away."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import slugify


def download(content: bytes, what: str, community: str, ending: str, kind: str) -> HttpResponse:
    """A file called ``what-community-day.ending`` of the content type ``kind``. Reports carry their own style and
    script, so they are never shown inside our pages.
    """
    stem = slugify(community) or "community"
    response = HttpResponse(content, content_type=kind)
    name = f"{what}-{stem}-{timezone.localdate().isoformat()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
