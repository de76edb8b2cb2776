"""Codes of imports in the reader's words."""

from typing import Any

from django.utils.translation import gettext, gettext_lazy as _

from hearth.carriers.queries.uploads import standing_of
from hearth.carriers.registry import load_importers
from hearth.carriers.rules.reasons import TEMPLATES
from hearth.carriers.services.uploads import kept_until
from hearth.ui.types import Text

STATES: dict[str, tuple[Text, str]] = {
    "checking": (_("Looking through it"), "ember"),
    "check_failed": (_("Could not be looked through"), "caution"),
    "unreadable": (_("Could not be read"), "caution"),
    "ready": (_("Ready to import"), "good"),
    "importing": (_("Being imported"), "ember"),
    "imported": (_("Imported"), "good"),
    "import_failed": (_("Import failed"), "caution"),
    "stopped": (_("Stopped"), "slate"),
    "diagnosing": (_("Being diagnosed"), "ember"),
    "diagnosed": (_("Diagnosed"), "good"),
    "diagnosis_failed": (_("Diagnosis failed"), "caution"),
}
LEFT_OUT: dict[str, Text] = {
    "direct_message": _("Direct messages"),
    "service_notice": _("Notices of the platform"),
    "other_file": _("Other files"),
    "deleted_message": _("Deleted messages"),
    "unnamed_reaction": _("Reactions without a name"),
}


def state_of(code: str) -> dict[str, Text]:
    """A state's word and tone."""
    word, tone = STATES[code]
    return {"word": word, "tone": tone}


def format_name(key: str) -> str:
    """A format in the reader's language."""
    importer = load_importers().get(key)
    return gettext(importer.label) if importer else key


def formats() -> list[tuple[str, str]]:
    """Every format that can be read, by name, and how to get such a file."""
    return sorted((gettext(one.label), gettext(one.export)) for one in load_importers().values())


def refusal_text(refused: dict[str, Any] | None) -> str:
    """Why an archive cannot be read, and what to do."""
    if not refused:
        return ""
    template = gettext(TEMPLATES[refused["code"]])
    return template % refused["params"] if refused["params"] else template


def reason_of(rejected: dict[str, Any]) -> str:
    """Why one line was left out."""
    template = gettext(TEMPLATES.get(rejected["code"], "")) if rejected["code"] in TEMPLATES else rejected["reason"]
    params = dict(rejected.get("params") or ())
    try:
        return template % params if params else template
    except (KeyError, ValueError, TypeError):
        return str(rejected["reason"])


def rejections(report: dict[str, Any]) -> list[dict[str, Any]]:
    """What was left out, by reason, the most frequent first, each with its first places."""
    by_code: dict[str, list[dict[str, Any]]] = {}
    for one in report["shown"]:
        by_code.setdefault(one["code"], []).append(one)
    found = []
    for code, count in sorted(report["codes"].items(), key=lambda pair: -pair[1]):
        shown = by_code.get(code, [])
        places = [{"file": one["file"], "line": one["line"], "reason": reason_of(one)} for one in shown[:5]]
        found.append(
            {"code": code, "count": count, "reason": places[0]["reason"] if places else code, "places": places}
        )
    return found


def left_out(kind: str) -> str:
    """What was left out on purpose."""
    return str(LEFT_OUT.get(kind, kind))


def row_of(upload: Any, days: int) -> dict[str, Any]:
    """An upload as a row of the list; files are kept for so many ``days``."""
    standing = standing_of(upload)
    job = standing.job
    told = job.result if job is not None else {}
    return {
        "upload": upload,
        "standing": standing,
        "state": state_of(standing.code),
        "percent": 100 * job.done // job.total if job is not None and job.total and standing.is_open else None,
        "kept_until": kept_until(upload, days) if upload.stored else None,
        "messages": told.get("messages") if standing.code in {"imported", "diagnosed"} else None,
        "rejected": told.get("rejected") if standing.code in {"imported", "diagnosed"} else None,
    }
