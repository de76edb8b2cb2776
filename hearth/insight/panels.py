"""What insight shows on pages it does not know: a group's state, and groups that cooled down on Today."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from hearth.core.permissions import RUN_COMMUNITY, may
from hearth.core.routing import link
from hearth.insight.access import group_for_eyes, reads_words
from hearth.insight.queries.fleet import cooled_lately
from hearth.insight.queries.pulse import community_summary, group_reading
from hearth.insight.web import presenting
from hearth.insight.web.console import message_url
from hearth.ui.panels import AgendaItem, Waiting, agenda_source, panel
from hearth.ui.types import temperature

SHOWN = 12


@agenda_source("insight.cooled", gettext_lazy("Groups that cooled down"), icon="thermometer-snowflake")
def cooled(request: HttpRequest) -> Waiting:
    """Groups that passed into a colder stage lately, with the first reason and what to do."""
    if not may(request.actor, RUN_COMMUNITY.key):  # type: ignore[attr-defined]
        return Waiting()
    found, total = cooled_lately(SHOWN)
    items = []
    for one in found:
        view = presenting.group_view(one.reading)
        play = view.reasons[0].play if view.reasons else ""
        words = _("%(group)s went from %(before)s to %(after)s") if one.before else _("%(group)s: %(after)s")
        title = words % {
            "group": one.name,
            "before": str(temperature(one.before).word).lower(),
            "after": str(temperature(one.stage).word).lower(),
        }
        detail = " ".join(part for part in (view.first_reason, play) if part)
        items.append(
            AgendaItem(
                title=title,
                detail=detail,
                url=link("console:group", one.group_id),
                action=_("Look and act"),
                since=one.since,
                stage=one.stage,
            )
        )
    return Waiting(items, total, link("console:groups") + "?f.stage=declining&f.stage=dormant&f.stage=dead")


@panel("insight.group_state", "console.group", "insight/console/group_state.html", order=10)
def group_state(request: HttpRequest, group: Any) -> dict[str, Any]:
    """Why a group is as it is: reasons with numbers, evidence, plays; its numbers; who carries it; its weeks."""
    found = group_reading(group.pk)
    if found is None:
        return {"row": None}
    actor = request.actor  # type: ignore[attr-defined]
    row, reading = found[0], group_for_eyes(actor, found[1])
    whole = community_summary()
    inferred = whole is not None and whole[1].inferred
    return {
        "row": row,
        "words_kept": not reads_words(actor),
        "view": presenting.group_view(reading, "", message_url),
        **presenting.pulse_view(reading),
        "metrics": presenting.metric_views(reading.metrics, reading.notes, reading.weeks, inferred=inferred),
        "all_metrics": presenting.metric_views(
            reading.metrics, reading.notes, reading.weeks, inferred=inferred, every=True
        ),
        "weeks": presenting.weeks_chart(reading.weeks, whole[1].at if whole else reading.anchor),
    }
