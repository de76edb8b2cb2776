"""Answers to alarms: snooze, dismiss, take back. Each goes back to the group's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hearth.core.errors import Refusal
from hearth.core.idempotency import once
from hearth.core.routing import link
from hearth.insight.access import alarm_for, answer_for
from hearth.insight.services import dismiss_alarm, snooze_alarm, undo_answer
from hearth.insight.types import AlarmReason

A_WEEK = 7


@require_POST
def snooze(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Let an alarm rest for a week, or for the days given."""
    with once(request) as claim:
        if claim.fresh:
            alarm = alarm_for(request.actor, alarm_id)  # type: ignore[attr-defined]
            snooze_alarm(request.actor, alarm, days=_days(request))  # type: ignore[attr-defined]
            claim.result = {"group": alarm.group_id}
    messages.success(request, _("It rests. If the change still stands then, it comes back."))
    return redirect(link("console:group", claim.result["group"]))


def _days(request: HttpRequest) -> int:
    raw = request.POST.get("days", str(A_WEEK))
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 4 else 0


@require_POST
def dismissal(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Dismiss an alarm for one of the reasons."""
    with once(request) as claim:
        if claim.fresh:
            alarm = alarm_for(request.actor, alarm_id)  # type: ignore[attr-defined]
            dismiss_alarm(request.actor, alarm, reason=_reason(request))  # type: ignore[attr-defined]
            claim.result = {"group": alarm.group_id}
    messages.success(request, _("Dismissed. This kind of change must now be stronger to be told from this group."))
    return redirect(link("console:group", claim.result["group"]))


def _reason(request: HttpRequest) -> AlarmReason:
    try:
        return AlarmReason(request.POST.get("reason", ""))
    except ValueError:
        raise Refusal("Choose a reason.", field="reason") from None


@require_POST
def undoing(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Take a snooze or a dismissal back."""
    with once(request) as claim:
        if claim.fresh:
            answer = answer_for(request.actor, answer_id)  # type: ignore[attr-defined]
            undo_answer(request.actor, answer)  # type: ignore[attr-defined]
            claim.result = {"group": answer.alarm.group_id}
    messages.success(request, _("Taken back."))
    return redirect(link("console:group", claim.result["group"]))
