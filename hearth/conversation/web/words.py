"""Words of talk that pages and their scripts share: roles, origins, emojis, states of questions, sentences."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, pgettext_lazy

ROLE_WORDS: dict[str, Promise] = {
    "owner": _("Owner"),
    "keeper": _("Keeper"),
    "assistant": _("Assistant"),
    "admin": _("Team"),
    "operator": _("Team"),
    "moderator": _("Moderator"),
    "reviewer": _("Reviewer"),
    "auditor": _("Team"),
    "platform": _("Team"),
}
# The label of seeded talk: it follows from the stored origin alone, so nobody can take it off.
ORIGIN_WORDS: dict[str, Promise] = {
    "operator": pgettext_lazy("seeded post", "From the team"),
    "scheduled": pgettext_lazy("seeded post", "Planned by the team"),
    "bot": pgettext_lazy("seeded post", "Written by a machine"),
    "partner": pgettext_lazy("seeded post", "From a partner"),
}
EMOJI_WORDS: dict[str, Promise] = {
    "👍": _("Helpful"),
    "❤️": _("Heart"),
    "😊": _("Smile"),
    "🎉": _("Well done"),
    "🤔": _("I wonder"),
    "🙏": _("Thank you"),
}
QUESTION_WORDS: dict[str, Promise] = {
    "open": pgettext_lazy("question", "Open question"),
    "overdue": pgettext_lazy("question", "Waiting too long"),
    "answered": pgettext_lazy("question", "Question"),
    "accepted": pgettext_lazy("question", "Answered"),
}


def room_words() -> dict[str, Any]:
    """The sentences that the room's script speaks, in the reader's language."""
    return {
        "roles": {key: str(word) for key, word in ROLE_WORDS.items()},
        "origins": {key: str(word) for key, word in ORIGIN_WORDS.items()},
        "emojis": {key: str(word) for key, word in EMOJI_WORDS.items()},
        "questions": {key: str(word) for key, word in QUESTION_WORDS.items()},
        "answers_one": gettext("1 answer"),
        "answers_many": gettext("{n} answers"),
        "today": gettext("Today"),
        "yesterday": gettext("Yesterday"),
        "just_now": gettext("just now"),
        "hidden": gettext("A keeper hid this message."),
        "blocked": gettext("A message by somebody you blocked"),
        "removed": gettext("The author took this message back."),
        "typing_one": gettext("{name} is writing…"),
        "typing_many": gettext("{n} people are writing…"),
        "online": gettext("{n} here now"),
        "new_one": gettext("1 new message"),
        "new_many": gettext("{n} new messages"),
        "sending": gettext("Sending…"),
        "waiting": gettext("Not sent yet. It goes out as soon as you are back online."),
        "failed": gettext("Not sent. {why}"),
        "retry": gettext("Send again"),
        "sent": gettext("Sent."),
        "undo": gettext("Undo"),
        "done": gettext("Done."),
        "undone": gettext("Taken back. Your text is in the box again."),
        "gone": gettext("This room is not open to you any more. If you think that is a mistake, ask a keeper."),
        "leave": gettext("Back to your groups"),
        "offline": gettext("Connection lost. Trying again…"),
        "uploading": gettext("Adding {name}…"),
        "remove_file": gettext("Remove {name}"),
        "answering": gettext("Answer to {name}"),
        "editing": gettext("Change your message"),
        "said_new": gettext("{name}: {text}"),
        "did_not_work": gettext("That did not work. Nothing was lost; please try again."),
    }
