"""What a keeper needs of their own group: names as the group's space shows them, of people in the group alone."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hearth.conversation.queries import messages
from hearth.conversation.queries.own_rooms import count_questions, open_questions
from hearth.conversation.queries.rooms import room_ids_of_groups
from hearth.core.permissions import Actor
from hearth.core.texts import best
from hearth.groups.queries import group_names, groups_tended_by, member_ids
from hearth.insight.models import GroupPulse, MemberPortrait
from hearth.insight.queries.alarms import alarms_of_group, change_of
from hearth.insight.queries.people import candidates_of
from hearth.insight.queries.pulse import group_reading
from hearth.insight.rules.people.kept import Candidate
from hearth.insight.types import Change, GroupDiagnosis, Reason, Text
from hearth.people.queries import member_cards, members_called
from hearth.people.types import NameCard

if TYPE_CHECKING:
    from hearth.groups.models import Group

MOST_QUESTIONS = 200
NAMED = ("name", "other")  # the places of texts in which a member is named


@dataclass(frozen=True, slots=True)
class KeptGroup:
    """A group that somebody keeps: its stage ("" before it is measured) and how many questions of others wait."""

    group_id: int
    name: str
    stage: str
    open_questions: int


def kept_groups(actor: Actor) -> list[KeptGroup]:
    """The groups that the actor keeps, the coldest first: one query for those who keep none, five for others."""
    ids = groups_tended_by(actor.member_id) if actor.member_id else []
    if not ids:
        return []
    names = group_names(ids)
    rows = {row.group_id: row for row in GroupPulse.objects.filter(group_id__in=ids).defer("reading")}
    heat = {group: row.heat for group, row in rows.items()}
    rooms = room_ids_of_groups(ids)
    waiting = count_questions(rooms.values(), not_by=[actor.identity_id or 0])
    return [
        KeptGroup(
            group,
            best(names[group]),
            rows[group].stage if group in rows else "",
            waiting.get(rooms.get(group, 0), 0),
        )
        for group in sorted(names, key=lambda group: (heat.get(group, 99), group))
    ]


@dataclass(frozen=True, slots=True)
class Tended:
    """One group as its keeper sees it. ``newcomers`` are first messages that nobody answered and ``questions`` open
    ones, as message ids, the longest waiting first; ``evidence`` are those that reasons and changes name. ``others``
    could tend it next, with their cards in the group's space.
    """

    reading: GroupDiagnosis | None
    changes: list[Change]
    newcomers: list[int]
    questions: list[int]
    others: list[tuple[NameCard, Candidate]]

    @property
    def evidence(self) -> list[int]:
        """Messages that show why."""
        causes: list[Reason | Change] = [*(self.reading.reasons if self.reading else ()), *self.changes]
        return [int(one.message) for cause in causes for one in cause.evidence[:3] if one.message.isdigit()]


def tended(actor: Actor, group: "Group", *, successors: bool, unnamed: str) -> Tended:
    """The newest reading of a group and what waits in it now, for one who keeps it: a fixed number of queries.

    Texts name only people who are in the group, as its space shows them; others are called ``unnamed``.
    """
    found, standing = group_reading(group.pk), alarms_of_group(group.pk).standing
    reading = found[1] if found else None
    changes = [change_of(alarm) for alarm, answer in standing if alarm.told_at is not None and answer is None]
    room, inside = room_ids_of_groups([group.pk]).get(group.pk, 0), set(member_ids(group.pk))
    candidates = [one for one in candidates_of(group.pk) if one.person in inside] if successors else []
    called = {
        name: [pk for pk in ids if pk in inside] for name, ids in members_called(_names_in(reading, changes)).items()
    }
    wanted = {one.person for one in candidates} | {pk for ids in called.values() for pk in ids}
    cards = member_cards(wanted, group.space)
    named = {name: cards[ids[0]].name for name, ids in called.items() if len(ids) == 1 and ids[0] in cards}

    def word(text: Text) -> Text:
        return _renamed(text, lambda name: named.get(name, unnamed))

    if reading is not None:
        reasons = tuple(replace(one, text=word(one.text), play=word(one.play)) for one in reading.reasons)
        reading = replace(reading, reasons=reasons)
    changes = [replace(one, text=word(one.text), play=word(one.play)) for one in changes]
    others = [(cards[one.person], one) for one in candidates if one.person in cards]
    asked = open_questions({room}, not_by=[actor.identity_id or 0], limit=MOST_QUESTIONS)
    return Tended(reading, changes, _newcomers(room, inside - {actor.member_id}), asked, others)


def _newcomers(room: int, inside: Collection[int]) -> list[int]:
    rows = MemberPortrait.objects.filter(unanswered_id__isnull=False).order_by("unanswered_at", "pk")
    said = {message: member for member, message in rows.values_list("member_id", "unanswered_id")}
    where = messages.rooms_of(list(said))
    return [message for message, member in said.items() if where.get(message) == room and member in inside]


def _names_in(reading: GroupDiagnosis | None, changes: Iterable[Change]) -> set[str]:
    causes: list[Reason | Change] = [*(reading.reasons if reading else ()), *changes]
    texts = [text for cause in causes for text in (cause.text, cause.play)]
    return {str(text.params[key]) for text in texts for key in NAMED if key in text.params}


def _renamed(text: Text, named: Callable[[str], str]) -> Text:
    params = {key: named(str(value)) if key in NAMED else value for key, value in text.params.items()}
    return replace(text, params=params)
