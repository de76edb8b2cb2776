"""Importing in the browser: drop an archive, look at what it would bring, import or only diagnose, come back later."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST, require_safe

from hearth.carriers import services
from hearth.carriers.access import upload_for
from hearth.carriers.queries.uploads import newest_uploads, rejections_of, result_of, same_before, standing_of
from hearth.carriers.services.uploads import UPLOAD_DAYS, UPLOAD_LIMIT
from hearth.carriers.web import wording
from hearth.carriers.web.forms import MappingForm, SourceForm, UploadForm
from hearth.core.community_settings import value_of
from hearth.core.errors import Refusal
from hearth.core.idempotency import once
from hearth.core.routing import link
from hearth.kit.clock import from_ms
from hearth.ui.attempts import attempt, errors_of
from hearth.ui.pages import page

CHANNELS_SHOWN = 12
BROUGHT = "brought-before"  # what the page asks for again while something is under way
DAY_FIRST: dict[bool | None, str] = {True: "yes", False: "no"}
SOURCE_NAMES = {"zulip_archive": "zulip", "zulip_realm": "zulip"}


@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """The drop zone, and what was brought before."""
    return _imports_page(request)


def _imports_page(request: HttpRequest, form: UploadForm | None = None) -> HttpResponse:
    uploads = newest_uploads(request.actor, limit=50)  # type: ignore[attr-defined]
    days = value_of(UPLOAD_DAYS)
    rows = [wording.row_of(upload, days) for upload in uploads]
    context = {
        "nav_active": "import",
        "page_title": _("Import"),
        "form": form,
        "limit": value_of(UPLOAD_LIMIT),
        "rows": rows,
        "under_way": any(row["standing"].is_open for row in rows),
        "formats": wording.formats(),
    }
    return page(request, "carriers/console/imports.html", context, {BROUGHT: "brought"})


@csrf_exempt  # the token is checked below: until the door has opened, nobody's body is read
def uploads(request: HttpRequest) -> HttpResponseBase:
    """Take an archive. The doorkeeper looks first, then the form's token."""
    return _take(request)


@csrf_protect
@require_POST
def _take(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    told = attempt(
        request,
        form,
        lambda data: {
            "upload": services.keep_upload(request.actor, data["file"], purpose=data["purpose"]).pk  # type: ignore[attr-defined]
        },
    )
    if told is None:
        return _imports_page(request, form)
    return redirect(link("console:upload", told["upload"]))


@require_safe
def upload(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Where one archive stands: being looked through, ready, being imported, done. It can be left at any time."""
    return _upload_page(request, upload_for(request.actor, upload_id))  # type: ignore[attr-defined]


def _upload_page(request: HttpRequest, row: Any, mapping: MappingForm | None = None) -> HttpResponse:
    standing = standing_of(row)
    if standing.code == "diagnosed" and mapping is None and row.stored:
        return redirect(link("console:archive", row.pk))
    looked = result_of(row.trial) or result_of(row.diagnosis)
    context: dict[str, Any] = {
        "nav_active": "import",
        "page_title": row.name,
        "upload": row,
        "kept_until": services.kept_until(row, value_of(UPLOAD_DAYS)),
        "standing": standing,
        "state": wording.state_of(standing.code),
        "looked": _looked(looked),
        "refused": wording.refusal_text(looked.get("refused")),
        "done": _done(row),
        "before": same_before(row) if standing.code == "ready" else None,
        "source_form": SourceForm(initial={"source": row.source or _source_of(looked)}),
    }
    sample = looked.get("sample")
    if sample:
        context["sample"] = sample
        context["sample_rows"] = [list(zip(sample["columns"], row, strict=False)) for row in sample["rows"]]
        context["mapping_form"] = mapping or _mapping_form(row, sample)
        context["mapping_open"] = mapping is not None or bool(looked.get("refused"))
    if mapping is not None and mapping.errors:
        return page(request, "carriers/console/upload.html", context, status=422)
    return page(request, "carriers/console/upload.html", context)


def _mapping_form(row: Any, sample: dict[str, Any], data: Any = None) -> MappingForm:
    stored = row.mapping or {}
    initial = {
        "tz": stored.get("tz") or "UTC",
        "encoding": stored.get("encoding", ""),
        "channel_name": stored.get("channel", ""),
        "day_first": DAY_FIRST.get(stored.get("day_first"), ""),
    }
    columns = {**sample["mapping"], **stored.get("columns", {})}
    return MappingForm(data, columns=sample["columns"], mapping=columns, initial=initial)


def _source_of(looked: dict[str, Any]) -> str:
    name = looked.get("report", {}).get("format", "")
    return SOURCE_NAMES.get(name, name)


def _looked(told: dict[str, Any]) -> dict[str, Any] | None:
    report = told.get("report")
    if report is None:
        return None
    channels = told["channels"]
    return {
        **_counts(report),
        "channels": channels[:CHANNELS_SHOWN],
        "more_channels": channels[CHANNELS_SHOWN:],
        "first": [(channel, author, from_ms(at), text) for channel, author, at, text in told["first"]],
    }


def _counts(report: dict[str, Any]) -> dict[str, Any]:
    return {
        **report,
        "format": wording.format_name(report["format"]),
        "since": from_ms(report["first_ms"]) if report["first_ms"] else None,
        "until": from_ms(report["last_ms"]) if report["last_ms"] else None,
        "codes": wording.rejections(report),
        "left_out": [(wording.left_out(kind), n) for kind, n in report["left_out"].items() if n],
    }


def _done(row: Any) -> dict[str, Any] | None:
    told = result_of(row.loading)
    return _counts(told) if told else None


@require_POST
def trial(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Look through the archive again, with corrected columns where some were posted."""
    row = upload_for(request.actor, upload_id)  # type: ignore[attr-defined]
    looked = result_of(row.trial) or result_of(row.diagnosis)
    sample = looked.get("sample")
    mapping = None
    if "tz" in request.POST and sample:
        form = _mapping_form(row, sample, request.POST)
        if not form.is_valid():
            return _upload_page(request, row, form)
        mapping = form.mapping()
    diagnosing = row.purpose == "diagnose" and mapping is not None
    begin = services.start_diagnosis if diagnosing else services.try_upload
    with once(request) as claim:
        if claim.fresh:
            claim.result = {"upload": begin(request.actor, row, mapping).pk}  # type: ignore[attr-defined]
    return redirect(link("console:upload", upload_id))


@require_POST
def loading(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Import it."""
    row = upload_for(request.actor, upload_id)  # type: ignore[attr-defined]
    form = SourceForm(request.POST)
    act = services.start_import
    if attempt(request, form, lambda data: {"upload": act(request.actor, row, source=data["source"]).pk}) is None:  # type: ignore[attr-defined]
        messages.error(request, errors_of(form))
        return redirect(link("console:upload", upload_id))
    messages.success(request, _("The import has begun. You can leave this page; it goes on."))
    return redirect(link("console:upload", upload_id))


@require_POST
def diagnosis(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Diagnose it without importing."""
    row = upload_for(request.actor, upload_id)  # type: ignore[attr-defined]
    with once(request) as claim:
        if claim.fresh:
            claim.result = {"upload": services.start_diagnosis(request.actor, row).pk}  # type: ignore[attr-defined]
    return redirect(link("console:archive", upload_id))


@require_POST
def removal(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Remove the file; what was imported stays."""
    row = upload_for(request.actor, upload_id)  # type: ignore[attr-defined]
    try:
        with once(request) as claim:
            if claim.fresh:
                services.remove_upload(request.actor, row)  # type: ignore[attr-defined]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(link("console:upload", upload_id))
    messages.success(request, _("The file is removed. What was imported stays."))
    return redirect(link("console:imports"))


@require_safe
def rejections(request: HttpRequest, upload_id: int) -> FileResponse:
    """Every rejected line with file, line and reason, as JSON lines."""
    row = upload_for(request.actor, upload_id)  # type: ignore[attr-defined]
    path = rejections_of(row)
    if not path.exists():
        raise Http404
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=f"rejected-{row.pk}.ndjson", content_type="application/x-ndjson"
    )
