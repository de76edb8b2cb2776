"""Where a question stands."""

from datetime import datetime

from hearth.conversation.types import MessageView


def question_state(view: MessageView, now: datetime) -> str:
    """open, overdue (past its due time), answered, accepted; '' for what is no visible question."""
    if not view.is_question or view.state != "visible":
        return ""
    if view.accepted_id is not None:
        return "accepted"
    if view.first_answer_at is not None:
        return "answered"
    return "overdue" if view.answer_due_at is not None and view.answer_due_at < now else "open"
