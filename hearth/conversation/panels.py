"""What talk shows on pages it does not know: questions that wait."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_lazy

from hearth.conversation.queries.waiting import OpenQuestion, open_questions_in, overdue_questions
from hearth.core.routing import link
from hearth.kit.clock import now
from hearth.ui.panels import AgendaItem, Urgency, Waiting, agenda_source, panel

SHOWN = 20


@agenda_source(
    "conversation.overdue",
    gettext_lazy("Overdue questions"),
    icon="message-circle-question-mark",
    urgency=Urgency.ANSWER,
    tone="caution",
)
def overdue(request: HttpRequest) -> Waiting:
    """Questions past the time within which somebody should have answered."""
    found, total = overdue_questions(request.actor, SHOWN)  # type: ignore[attr-defined]
    return Waiting([_item(question) for question in found], total, link("console:groups") + "?f.open=yes")


def _item(question: OpenQuestion) -> AgendaItem:
    name = question.author.real_name or question.author.name
    return AgendaItem(
        title=_("%(who)s asked in %(group)s") % {"who": name, "group": question.group_name},
        detail=" · ".join(part for part in (question.author.hospital, question.author.department) if part),
        quote=question.text,
        url=link("conversation:message", question.id),
        action=_("Answer"),
        since=question.asked_at,
        due=question.due_at,
        who=(name, question.author.member_id),
    )


@panel("conversation.group_questions", "console.group", "conversation/console/questions.html", order=20)
def group_questions(request: HttpRequest, group: Any) -> dict[str, Any]:
    """The open questions of a group, the oldest first."""
    found, total = open_questions_in(request.actor, group.pk)  # type: ignore[attr-defined]
    return {"questions": found, "total": total, "room_url": link("conversation:room", group.pk), "now": now()}
