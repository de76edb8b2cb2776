"""What insight shows on pages it does not know: a group's state, and groups that cooled down on Today."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext, gettext as _, gettext_lazy

from hearth.core.metrics import COMMUNITY
from hearth.core.permissions import RUN_COMMUNITY, may
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.insight.access import (
    ANSWER_ALARMS,
    SET_GOALS,
    change_for_eyes,
    group_for_eyes,
    reads_words,
    sees_outlook,
    sees_people,
)
from hearth.insight.queries.alarms import alarms_of_group, change_of, open_alarms
from hearth.insight.queries.fleet import cooled_lately
from hearth.insight.queries.goals import told_misses
from hearth.insight.queries.people import left_alone, names_in, next_keepers, portrait_of, reply_network
from hearth.insight.queries.pulse import community_summary, group_reading
from hearth.insight.queries.readings import readings_of
from hearth.insight.rules.wording import ALARM_REASONS, CHANGE_TITLES
from hearth.insight.types import ChangeKind
from hearth.insight.web import picturing, presenting, presenting_people
from hearth.insight.web.console import message_url
from hearth.insight.web.metric_lines import line
from hearth.insight.web.presenting_goals import goal_row, miss_words
from hearth.insight.web.tending import how_it_goes
from hearth.ui.panels import AgendaItem, Urgency, Waiting, agenda_source, panel
from hearth.ui.types import temperature

SHOWN = 12
SHOWN_ALONE = 5
GLANCE = ("mau", "quick_ratio", "first_reply_coverage", "reciprocity", "mutual_tie_share", "in_two_groups")


@agenda_source(
    "insight.cooled", gettext_lazy("Groups that cooled down"), icon="thermometer-snowflake", urgency=Urgency.GROUP
)
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


@agenda_source(
    "insight.left_alone",
    gettext_lazy("Newcomers whom nobody answered"),
    icon="message-circle-question-mark",
    urgency=Urgency.ANSWER,
)
def alone(request: HttpRequest) -> Waiting:
    """First messages of the last two weeks without an answer: one query. Who waits longer stands in the list of
    people.
    """
    if not sees_people(request.actor):  # type: ignore[attr-defined]
        return Waiting()
    rows, total = left_alone(SHOWN_ALONE)
    items = [
        AgendaItem(
            title=_("Nobody has answered the first message of %(name)s") % {"name": row.member.display_name},
            url=link("conversation:message", row.unanswered_id),
            action=_("Answer"),
            since=row.unanswered_at or row.measured_at,
            who=(row.member.display_name, row.member_id),
        )
        for row in rows
    ]
    return Waiting(items, total, link("console:people") + "?f.unanswered=yes&sort=unanswered")


@panel("insight.member_activity", "console.member", "insight/console/member_activity.html", order=15)
def member_activity(request: HttpRequest, member: Any) -> dict[str, Any] | None:
    """How a member takes part: type, stage, helping, ties, and why they are known."""
    actor = request.actor  # type: ignore[attr-defined]
    row = portrait_of(member.pk) if sees_people(actor) else None
    if row is None:
        return None
    shown = presenting_people.portrait_view(row, names_in(row.parts), outlook=sees_outlook(actor, member.pk))
    return {"view": shown}


@panel("insight.next_keepers", "console.group", "insight/console/next_keepers.html", place="side", order=15)
def could_keep(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """Who could tend a group next, and why."""
    if not sees_people(request.actor):  # type: ignore[attr-defined]
        return None
    found = next_keepers(group.pk)
    return None if found is None else {"rows": [presenting_people.keeper_view(one) for one in found[0]]}


@panel("insight.people_glance", "console.people.glance", "insight/console/people_glance.html")
def people_glance(request: HttpRequest, summary: Any) -> dict[str, Any] | None:
    """The community's people in the numbers of the catalogue, as the metrics page says them. None before the first."""
    found = {one.metric.name: one for one in readings_of("community")}
    lines = [line(found[name], COMMUNITY) for name in GLANCE if found[name].newest]
    return {"lines": lines} if lines else None


@panel("insight.whole_network", "console.people", "insight/console/network.html")
def whole_network(request: HttpRequest, summary: Any) -> dict[str, Any] | None:
    """Who answers whom in the community, for those who may see people."""
    if not sees_people(request.actor):  # type: ignore[attr-defined]
        return None
    return {"network_chart": picturing.network_chart(reply_network(), named=True)}


@panel("insight.tending", "groups.tending", "insight/tending.html")
def tended_group(request: HttpRequest, group: Any) -> dict[str, Any]:
    """How a group is, for those who tend it, in the portal."""
    return how_it_goes(request.actor, group)  # type: ignore[attr-defined]


@panel("insight.reply_network", "console.group", "insight/console/network.html", order=20)
def group_network(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """Who answers whom in a group: with names only for those who may see people. None before the first reading."""
    found = reply_network(group.pk)
    named = sees_people(request.actor)  # type: ignore[attr-defined]
    return None if found is None else {"network_chart": picturing.network_chart(found, named=named)}


@agenda_source("insight.alarms", gettext_lazy("Changes"), icon="activity", urgency=Urgency.GROUP, tone="caution")
def alarms(request: HttpRequest) -> Waiting:
    """Changes that the week's budget let through, the dearest first, with what helps."""
    actor = request.actor  # type: ignore[attr-defined]
    if not may(actor, ANSWER_ALARMS.key):
        return Waiting()
    found, total, _held = open_alarms(SHOWN)
    items = []
    for row in found:
        view = presenting.change_view(change_of(row))
        items.append(
            AgendaItem(
                title=_("%(group)s: %(change)s") % {"group": best(row.group.name), "change": view.title},
                detail=f"{view.text} {view.play}",
                url=link("console:group", row.group_id),
                action=_("Look and act"),
                since=row.raised_at,
            )
        )
    return Waiting(items, total, link("console:groups"))


@agenda_source(
    "insight.goals", gettext_lazy("Goals that are missed"), icon="target", urgency=Urgency.GROUP, tone="caution"
)
def missed_goals(request: HttpRequest) -> Waiting:
    """Goals whose miss was told, the longest missed first."""
    if not may(request.actor, SET_GOALS.key):  # type: ignore[attr-defined]
        return Waiting()
    found, total = told_misses(SHOWN)
    items = []
    for one in found:
        row = goal_row(one)
        items.append(
            AgendaItem(
                title=miss_words(row),
                detail=one.goal.why,
                url=row.url,
                action=_("Look and act"),
                since=one.goal.told_at or one.goal.set_at,
            )
        )
    return Waiting(items, total, link("console:goals"))


@panel("insight.group_alarms", "console.group", "insight/console/alarms.html", order=5)
def group_alarms(request: HttpRequest, group: Any) -> dict[str, Any] | None:
    """What has changed in a group, answers to it, and what raises its thresholds."""
    found = alarms_of_group(group.pk)
    if not found.standing and not found.answers:
        return None
    actor = request.actor  # type: ignore[attr-defined]
    reasons = {reason.value: gettext(words) for reason, words in ALARM_REASONS.items()}
    shown = []
    for row, answer in found.standing:
        view = presenting.change_view(change_for_eyes(actor, change_of(row)), message_url)
        shown.append({"pk": row.pk, "told": row.told_at is not None, "view": view, "answer": answer})
    answers = [
        {
            "pk": one.pk,
            "kind": one.kind,
            "until": one.until,
            "title": gettext(CHANGE_TITLES[ChangeKind(one.alarm.kind)]),
            "reason": reasons.get(one.reason, ""),
        }
        for one in found.answers
    ]
    may_answer = may(actor, ANSWER_ALARMS.key)
    return {"alarms": shown, "answers": answers, "may_answer": may_answer, "reasons": list(reasons.items())}


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
