"""A keeper's own group in the portal: how warm it is and why, who waits in it, who could help."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from hearth.conversation.queries.lists import Row, rows_of
from hearth.core.permissions import Actor, may
from hearth.core.routing import link
from hearth.groups.access import roles_in
from hearth.groups.registry import GIVE_ROLE
from hearth.insight.queries.numbers import compact
from hearth.insight.queries.readings import readings_of
from hearth.insight.queries.tending import Tended, tended
from hearth.insight.queries.translate import say
from hearth.insight.rules.people.kept import Candidate
from hearth.insight.rules.wording import CHANGE_TITLES, REASON_TITLES
from hearth.insight.types import Change, GroupDiagnosis, Reason, Text
from hearth.insight.web import presenting
from hearth.insight.web.metric_lines import Line, line
from hearth.people.registry import SEE_MEMBERS
from hearth.people.types import NameCard

if TYPE_CHECKING:
    from hearth.groups.models import Group

FEW, MOST = 3, 12
ARRIVALS = ("activation_7d", "first_reply_coverage", "week_1_retention")


@dataclass(frozen=True, slots=True)
class Cause:
    """A reason or a change: what, in numbers, what helps, and the messages that show it as the room shows them."""

    title: str
    text: str
    play: str
    rows: list[Row]


def how_it_goes(actor: Actor, group: "Group") -> dict[str, Any]:
    """How a group is, for one who tends it: a fixed number of queries."""
    # Who could follow is shown to those who can give the role.
    successors = may(actor, GIVE_ROLE.key, roles_in(actor, group))
    found = tended(actor, group, successors=successors, unnamed=_("one of the members"))
    asked = found.questions[: FEW + MOST]
    rows = {row.view.id: row for row in rows_of(actor, [*found.newcomers[:MOST], *asked, *found.evidence])}
    newcomers = [row for pk in found.newcomers[:MOST] if (row := rows.get(pk)) and not row.view.reply_count]
    alone = {row.view.id for row in newcomers}
    questions = [rows[pk] for pk in asked if pk in rows and pk not in alone][:FEW]
    return {
        "reading": found.reading,
        "numbers": _numbers(found.reading) if found.reading else [],
        "risk": presenting.risk_text(found.reading.risk, found.reading.risk_note) if found.reading else "",
        "arrivals": _arrivals(group),
        "newcomers": newcomers[:FEW],
        "other_newcomers": newcomers[FEW:],
        "questions": questions,
        "more_questions": len(set(found.questions) - alone) - len(questions),
        "changes": [_cause(one, CHANGE_TITLES[one.kind], rows) for one in found.changes],
        "reasons": _reasons(found, rows),
        "successors": successors,
        "others": [(card, _where(actor, group, card), _why(one)) for card, one in found.others],
    }


def _where(actor: Actor, group: "Group", card: NameCard) -> str:
    """Where somebody stands: their card for those who may open it, else their line in the list of members."""
    if may(actor, SEE_MEMBERS.key):
        return link("people:member", card.member_id)
    return f"{link('groups:members', group.pk)}?{urlencode({'q': card.name})}"


def _arrivals(group: "Group") -> list[Line]:
    """How newcomers fare: who wrote in their first week, was answered, came back. Empty before it is computed."""
    found = {one.metric.name: one for one in readings_of("group", group.pk) if one.metric.name in ARRIVALS}
    return [line(found[name], group.pk) for name in ARRIVALS if name in found and found[name].newest]


def _reasons(found: Tended, rows: dict[int, Row]) -> list[Cause]:
    reasons = found.reading.reasons if found.reading else ()
    return [_cause(one, REASON_TITLES[one.code], rows) for one in reasons]


def _cause(one: Reason | Change, title: str, rows: dict[int, Row]) -> Cause:
    shown = [rows[int(it.message)] for it in one.evidence[:3] if it.message.isdigit() and int(it.message) in rows]
    return Cause(_(title), _told(one.text), _told(one.play), shown)


def _told(text: Text) -> str:
    told = say(text, _)
    return told[:1].upper() + told[1:]  # it may begin with whom it does not name


def _numbers(reading: GroupDiagnosis) -> list[tuple[str, str]]:
    told = {
        "authors_28d": _("Wrote in 28 days"),
        "messages_28d": _("Messages in 28 days"),
        "newcomers": _("Newcomers in 28 days"),
    }
    values = [(words, reading.metrics.get(name)) for name, words in told.items()]
    return [(words, compact(value)) for words, value in values if value is not None]


def _why(one: Candidate) -> list[str]:
    """What they did in this group; accepted answers count anywhere, so they are left out."""
    told: list[Any] = [
        _("Active weeks of the last 26: %(n)s") % {"n": one.weeks},
        _("First answers: %(n)s") % {"n": one.answers} if one.answers else "",
        _("Different people they talk with: %(n)s") % {"n": one.ties} if one.ties else "",
    ]
    return [part for part in told if part]
