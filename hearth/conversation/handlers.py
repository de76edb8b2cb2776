"""What talk plugs in below, and how it reacts to facts: a room for each group, the newcomer's mark, notices."""

from django.utils.translation import gettext_noop

from hearth.conversation.queries.activity import days_written
from hearth.conversation.queries.changes import is_there, members_who_wrote
from hearth.conversation.queries.newcomers import first_words_of, who_joined_in, who_wrote
from hearth.conversation.queries.ties import ties_in
from hearth.conversation.services.reading import begin_reading_here
from hearth.conversation.services.rooms import open_room
from hearth.core.models import Fact
from hearth.core.reactions import on
from hearth.core.routing import link
from hearth.groups.registry import FirstStep, activities, after_group_opened, first_steps, first_words, ties
from hearth.notify.services import place_of, tell
from hearth.people.queries import members_of_identities

after_group_opened.append(open_room)
first_words.append(first_words_of)
for _step in (
    FirstStep(
        "conversation.introduce_yourself", gettext_noop("Introduce yourself in a sentence or two"),
        lambda group: link("conversation:room", group), lambda _group: True, who_wrote, order=20,
    ),
    FirstStep(
        "conversation.join_in", gettext_noop("Answer somebody, or react to what helped you"),
        lambda group: link("conversation:room", group), lambda _group: True, who_joined_in, order=30,
    ),
):  # fmt: skip
    first_steps.register(_step.key, _step)
activities.append(days_written)
ties.append(ties_in)


@on("groups.member_admitted", key="conversation.newcomer_begins_here")
def newcomer_begins_here(fact: Fact) -> None:
    """What was said before somebody came does not wait for them as unread."""
    begin_reading_here(fact.data["group"], fact.data["member"])


@on("conversation.message_posted", key="conversation.tell_of_posts")
def tell_of_posts(fact: Fact) -> None:
    """Whoever was called, whoever was answered, and the asker of a question hear of a new message, each once."""
    data = fact.data
    author = _member_of(data["author"])
    told = _members_of(data["mentions"])
    _tell(fact, told, "mentioned", author)
    answered = members_who_wrote({data["reply_to"], data["thread"]} - {None}) - told
    _tell(fact, answered, "answered", author)


@on("conversation.answer_accepted", key="conversation.tell_of_acceptance")
def tell_of_acceptance(fact: Fact) -> None:
    """Whoever gave the accepted answer."""
    _tell(
        fact, _members_of([fact.data["answerer"]]), "answer_accepted", _member_of_ref(fact.actor), fact.data["answer"]
    )


@on("conversation.message_hidden", key="conversation.tell_of_hiding")
def tell_of_hiding(fact: Fact) -> None:
    """The author of a hidden message; who hid it stays with the keepers."""
    _tell(fact, _members_of([fact.data["author"]]), "message_hidden", None)


@on("conversation.message_restored", key="conversation.tell_of_restoring")
def tell_of_restoring(fact: Fact) -> None:
    """The author, when a keeper brought their message back."""
    author = _member_of(fact.data["author"])
    if author is not None and _member_of_ref(fact.actor) != author:
        _tell(fact, {author}, "message_restored", None)


def _tell(fact: Fact, members: set[int], what: str, by: int | None, message: int | None = None) -> None:
    message = message or fact.data["message"]
    if not members or not is_there(message):
        return
    tell(
        members,
        f"conversation.{what}",
        fact=fact,
        group=fact.data["group"],
        subject=f"message:{message}",
        path=place_of("conversation:message", message_id=message),
        params={"member": by} if by is not None else {},
    )


def _members_of(identity_ids: list[int]) -> set[int]:
    return set(members_of_identities(identity_ids).values())


def _member_of(identity_id: int) -> int | None:
    return members_of_identities([identity_id]).get(identity_id)


def _member_of_ref(ref: str) -> int | None:
    kind, _, number = ref.partition(":")
    return int(number) if kind in {"member", "bot"} and number.isdigit() else None
