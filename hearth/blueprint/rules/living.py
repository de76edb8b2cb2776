"""What is missing for a living community, screen by screen: a sentence each, with what to do about it.

The order of the questions is that of the field's own steps: purpose, goals and values, staff, carrier, rules,
mechanisms, first members. What is only likely (an audience of everybody, too many groups for the beginning) says so by
its wording; nothing here keeps anybody from going on.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hearth.blueprint.rules.answers import HOSTING, Answers, Audience, Doors, Line, Purpose, Team, Value
from hearth.kit.text import noted

FIRST_IN_A_GROUP = 20  # people a new group should begin with, so that a question meets somebody who answers
LARGE = 500  # beyond that, and on most carriers, one group is an audience
MANY_A_DAY = 3  # pieces a day, beyond which members stop looking
COMMERCIAL = ("creator", "manager", "recruiter", "partner")
# Everybody without a word about which: “everybody who shops here” and “附近的所有人” are an audience.
_EVERYBODY = re.compile(
    r"\b(?:everybody|everyone|anybody|anyone|all people|the public)\b(?!\s+(?:who|with|from|in|at|near|living)\b)"
    r"|(?<!的)(?:所有人|任何人|大家|人人|每个人|每個人|大众|大眾)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that a living community has and this one has not: where it is told, and what to do about it."""

    screen: str
    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)


def missing(answers: Answers) -> list[Missing]:
    """Everything that is missing, in the order of the screens; a screen that was left out misses all it asks."""
    return [
        *_purpose(answers.purpose or Purpose()),
        *_audience(answers.audience or Audience(), answers),
        *_value(answers.value or Value()),
        *_doors(answers.doors or Doors(), answers),
        *_team(answers.team or Team(), answers),
    ]


def _purpose(told: Purpose) -> Iterator[Missing]:
    if not told.purpose:
        yield _of("purpose", noted("Say in one sentence what it is for: what nobody can say, nobody can pass on."))
    if told.type == "auxiliary" and not told.serves_link:
        yield _of("purpose", noted("Name the one link of your business that it serves, else it serves none."))
    if told.type == "commercial" and not told.private_purpose:
        yield _of("purpose", noted("It is the business itself: write down for yourselves what it will live on."))
    if not told.numbers:
        yield _of("purpose", noted("Set one goal as a number, else nobody can tell in a year whether it works."))


def _audience(told: Audience, answers: Answers) -> Iterator[Missing]:
    if not told.audience:
        yield _of("audience", noted("Say whom it is for, and the wrong people will stay away by themselves."))
    elif _EVERYBODY.search(told.audience):
        yield _of("audience", noted("This sounds like everybody. Name those who need it most: purer is better."))
    if not told.shared:
        yield _of("audience", noted("Tick what they have in common; that is what their first conversation is about."))
    if not told.rooms:
        yield _of("audience", noted("Name at least one group: people meet in a room, and not in a community."))
        return
    yield from _first_members(told, answers)


def _first_members(told: Audience, answers: Answers) -> Iterator[Missing]:
    if not told.first:
        commercial = answers.purpose is not None and answers.purpose.type == "commercial"
        seeds = noted("Count your seed users: a group without its first twenty is empty for whoever comes next.")
        existing = noted("Count those whom you can invite at once, from the people you know already.")
        yield _of("audience", seeds if commercial else existing)
        return
    each = told.first // len(told.rooms)
    if each < FIRST_IN_A_GROUP:
        sentence = noted(
            "That is about %(each)s people for each group. Begin with fewer groups: among %(least)s people, a question"
            " meets somebody who answers."
        )
        yield _of("audience", sentence, each=each, least=FIRST_IN_A_GROUP)


def _value(told: Value) -> Iterator[Missing]:
    lines = [line for line in told.lines if line.service]
    if not lines:
        yield _of("value", noted("Name one reason why people come, and the service that answers it."))
        return
    if not any(line.times for line in lines):
        yield _of("value", noted("Say how often something comes: a service without a rhythm is not seen by anybody."))
    if {line.force for line in lines} == {"benefit"}:
        yield _of("value", noted("Who comes for offers alone leaves with the last one. Add a reason of another kind."))
    pieces = _pieces_a_day(lines)
    if pieces > MANY_A_DAY:
        sentence = noted("That is about %(pieces)s pieces a day. Spread them: what comes all at once is not read.")
        yield _of("value", sentence, pieces=round(pieces))
    if not told.values:
        yield _of("value", noted("Write down the two or three things that hold everybody to each other."))


def _pieces_a_day(lines: list[Line]) -> float:
    """What members are sent: answers go to whoever asked, and are no burden for the others."""
    return sum(line.weekly for line in lines if line.output != "answer") / 7


def _doors(told: Doors, answers: Answers) -> Iterator[Missing]:
    if not told.norms:
        yield _of("doors", noted("Write the rules that all accept on entry, and what happens to who breaks them."))
    if not told.welcome:
        yield _of("doors", noted("Write a welcome that asks one easy question: it is what newcomers answer first."))
    if told.rooms and all(door.visibility == "hidden" for door in told.rooms):
        yield _of("doors", noted("Nobody finds a hidden group. Keep the doors low at first and raise them with size."))
    if any(door.capacity is None or door.capacity > LARGE for door in told.rooms):
        sentence = noted("Give each group a capacity, at most %(most)s: about two hundred people can know each other.")
        yield _of("doors", sentence, most=LARGE)
    if told.space == "professional" and answers.audience is not None and "disease" in answers.audience.shared:
        yield _of("doors", noted("People with a disease need a chosen name: real names keep them silent."))


def _team(told: Team, answers: Answers) -> Iterator[Missing]:
    working = [hand for hand in told.hands if hand.hours]
    if not working:
        yield _of("team", noted("Say who has hours for it, and how many a week. Without anybody, nothing comes out."))
        return
    roles = {hand.role for hand in working}
    if answers.purpose is not None and answers.purpose.type == "commercial":
        for role in COMMERCIAL:
            if role not in roles:
                yield _of("team", WANTED[role])
    if not any(HOSTING in hand.makes for hand in working):
        yield _of(
            "team",
            noted("Nobody looks after the groups: greets, settles quarrels, asks the next question."),
        )
    if not any(hand.email for hand in working):
        yield _of("team", noted("Name somebody by e-mail address as keeper: a group without a face is left alone."))
    if told.answer_hours is None:
        yield _of("team", noted("Say within how many hours a question is answered: people notice that first."))


WANTED = {
    "creator": noted("A community that is the business needs a voice of its own: somebody whom people come to hear."),
    "manager": noted("A community that is the business needs somebody who runs its days."),
    "recruiter": noted("A community that is the business needs somebody who wins new members."),
    "partner": noted("A community that is the business needs partners who step in on different occasions."),
}


def _of(screen: str, sentence: str, **values: Any) -> Missing:
    return Missing(screen, sentence, values)
