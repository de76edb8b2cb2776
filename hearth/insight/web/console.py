"""The diagnosis page of a living community, and that of an archive that was diagnosed without being imported."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext, gettext as _
from django.views.decorators.http import require_POST, require_safe

from hearth.carriers.access import IMPORT, upload_for
from hearth.carriers.queries.uploads import newest_uploads, rejections_of, report_of
from hearth.core.permissions import MANAGE_JOBS, may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.core.work import open_job
from hearth.groups.queries import group_names
from hearth.insight.access import diagnosis_for_eyes, group_for_eyes, reads_words
from hearth.insight.queries.as_json import diagnosis_json
from hearth.insight.queries.fleet import count_by_stage, map_of_groups
from hearth.insight.queries.numbers import doubtful, much_unread
from hearth.insight.queries.pulse import coldest, community_reading, community_summary, diagnosis_from
from hearth.insight.queries.report import diagnosis_html
from hearth.insight.queries.translate import why_rejected
from hearth.insight.rules.wording import TEMPERATURES
from hearth.insight.types import Diagnosis, Evidence, GroupDiagnosis, Stage
from hearth.insight.web import presenting
from hearth.insight.web.again import begin
from hearth.insight.web.picturing import map_chart
from hearth.ui.download import download
from hearth.ui.pages import page

SIZE = 25
MAPPED = 200  # more dots than this hide one another


def _number(request: HttpRequest, name: str) -> int:
    raw = request.GET.get(name, "")
    return max(1, int(raw)) if raw.isascii() and raw.isdigit() and len(raw) < 7 else 1


def message_url(evidence: Evidence) -> str:
    """Where a message of this community stands; '' for what is no message of ours."""
    return link("conversation:message", int(evidence.message)) if evidence.message.isdigit() else ""


def _turning(count: int, here: int) -> dict[str, Any]:
    last = max(1, -(-count // SIZE))
    return {
        "count": count,
        "page_number": here,
        "pages": last,
        "previous_page": here - 1 if here > 1 else 0,
        "next_page": here + 1 if here < last else 0,
    }


@require_safe
def diagnosis(request: HttpRequest) -> HttpResponse:
    """How warm the community is, from the stored reading: a fixed number of queries."""
    actor = request.actor  # type: ignore[attr-defined]
    found = community_summary()
    context: dict[str, Any] = {
        "nav_active": "diagnosis",
        "page_title": _("Diagnosis"),
        "may_refresh": may(actor, MANAGE_JOBS.key),
        "may_import": may(actor, IMPORT.key),
        "job": open_job(actor, "insight.refresh_pulse"),
        "archives": newest_uploads(actor, "diagnose", 5),
    }
    if found is None:
        return page(request, "insight/console/unmeasured.html", context)
    measured_at, whole = found
    here = _number(request, "page")
    groups, count = coldest((here - 1) * SIZE, SIZE)
    wanted = {int(key) for step in whole.steps for key in step.groups}
    names = {
        str(pk): (best(name), link("console:group", pk))
        for pk, name in group_names(wanted | {int(group.id) for group in groups}).items()
    }
    context |= _shared(whole, count_by_stage(), names)
    context |= {
        "measured_at": measured_at,
        "groups": [_living(group_for_eyes(actor, group), names) for group in groups],
        "words_kept": not reads_words(actor),
        **_turning(count, here),
        **_map(),
        "report_url": link("console:diagnosis-report"),
        "data_url": link("console:diagnosis-data"),
    }
    return page(request, "insight/console/diagnosis.html", context)


def _map() -> dict[str, Any]:
    points, placed, everyone = map_of_groups(MAPPED)
    return {"map": map_chart(points), "mapped": len(points), "placed": placed, "unplaced": everyone - placed}


def _living(group: GroupDiagnosis, names: Mapping[str, tuple[str, str]]) -> presenting.GroupView:
    name = names.get(group.id, ("", ""))[0]
    return presenting.group_view(group, link("console:group", int(group.id)), message_url, name)


def _shared(whole: Diagnosis, counts: Mapping[str, int], names: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        "diagnosis": whole,
        "headline": presenting.headline(whole),
        "summary": presenting.summary(counts),
        "strip": presenting.strip(counts),
        "steps": presenting.step_views(whole.steps, names),
        "weeks": presenting.weeks_chart(whole.weeks, whole.at),
        "definitions": presenting.definitions(),
        "meanings": [(stage.value, gettext(shown.meaning)) for stage, shown in TEMPERATURES.items() if shown.meaning],
    }


@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Measure again, as long work."""
    begin(request, "insight.refresh_pulse")
    messages.success(request, _("Measuring has begun. You can leave this page; it goes on."))
    return redirect(link("console:diagnosis"))


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """The whole diagnosis as one self-contained file in the reader's language."""
    return _html_file(_readable(request), best(request.community.name))  # type: ignore[attr-defined]


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """The whole diagnosis as JSON."""
    return _json_file(_readable(request), best(request.community.name))  # type: ignore[attr-defined]


def _readable(request: HttpRequest) -> Diagnosis:
    found = community_reading()
    if found is None:
        raise Http404
    return diagnosis_for_eyes(request.actor, found[1])  # type: ignore[attr-defined]


def _html_file(whole: Diagnosis, name: str) -> HttpResponse:
    language = get_language() or "en"
    text = diagnosis_html(whole, name, gettext, language if language in {"en", "zh-hans", "zh-hant"} else "en")
    return download(text.encode(), "diagnosis", name, "html", "text/html; charset=utf-8")


def _json_file(whole: Diagnosis, name: str) -> HttpResponse:
    return download(diagnosis_json(whole, gettext), "diagnosis", name, "json", "application/json")


def _stored_report(upload: Any) -> dict[str, Any]:
    try:
        plain: dict[str, Any] = orjson.loads(report_of(upload).read_bytes())
    except FileNotFoundError:
        raise Http404 from None
    return plain


@require_safe
def archive(request: HttpRequest, upload_id: int) -> HttpResponse:
    """The diagnosis of an uploaded archive; while it is being made, the upload's page with its progress."""
    upload = upload_for(request.actor, upload_id)  # type: ignore[attr-defined]
    job = upload.diagnosis if upload.stored else None
    if job is None or job.state != "done" or job.result.get("refused"):
        return redirect(link("console:upload", upload.pk))
    plain = _stored_report(upload)
    everything = plain["groups"]
    here = _number(request, "page")
    whole = diagnosis_from({**plain, "groups": everything[(here - 1) * SIZE : here * SIZE]})
    counts = Counter(str(Stage(group["stage"])) for group in everything)
    names = {group["id"]: (group["name"], "") for group in everything}
    context = {
        "nav_active": "diagnosis",
        "page_title": upload.name,
        "upload": upload,
        **_shared(whole, counts, names),
        "measured_at": job.finished_at,
        "groups": [presenting.group_view(group) for group in whole.groups],
        **_turning(len(everything), here),
        "report_url": link("console:archive-report", upload.pk),
        "data_url": link("console:archive-data", upload.pk),
        "much_unread": much_unread(whole, gettext),
        "doubtful": doubtful(whole, gettext),
        "rejections": [(one.place, why_rejected(one, gettext)) for one in whole.rejections],
        "rejections_url": link("console:upload-rejections", upload.pk) if rejections_of(upload).exists() else "",
    }
    return page(request, "insight/console/diagnosis.html", context)


@require_safe
def archive_report(request: HttpRequest, upload_id: int) -> HttpResponse:
    """The report of an uploaded archive as one file."""
    upload = upload_for(request.actor, upload_id)  # type: ignore[attr-defined]
    return _html_file(diagnosis_from(_stored_report(upload)), upload.name)


@require_safe
def archive_data(request: HttpRequest, upload_id: int) -> HttpResponse:
    """The diagnosis of an uploaded archive as JSON."""
    upload = upload_for(request.actor, upload_id)  # type: ignore[attr-defined]
    return _json_file(diagnosis_from(_stored_report(upload)), upload.name)
