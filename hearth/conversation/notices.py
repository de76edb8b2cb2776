"""Why talk tells somebody something."""

from hearth.notify.registry import notice_reason

MENTIONED = notice_reason(
    "conversation.mentioned", "%(who)s mentioned you in %(group)s.", icon="at-sign", level="mentions"
)
ANSWERED = notice_reason("conversation.answered", "%(who)s answered you in %(group)s.", icon="reply", level="mentions")
ANSWER_ACCEPTED = notice_reason(
    "conversation.answer_accepted", "Your answer in %(group)s was accepted.", icon="circle-check", level="always"
)
MESSAGE_HIDDEN = notice_reason(
    "conversation.message_hidden",
    "A keeper hid your message in %(group)s. Open it to see why.",
    icon="eye-off",
    level="always",
)
MESSAGE_RESTORED = notice_reason(
    "conversation.message_restored", "Your message in %(group)s is visible again.", icon="undo-2", level="always"
)
