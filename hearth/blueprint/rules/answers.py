"""What the guided start asks: five screens, and what may stand in the answer to each.

An answer is kept as it was given, in one language, until the whole is written as a blueprint (``drafting``).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from hearth.kit.described import Key, Person
from hearth.kit.text import one_line

SCREENS = ("purpose", "audience", "value", "doors", "team")
MOST_GROUPS = 12
MOST_LINES = 12
NUMBERS = ("participation", "questions_answered_24h", "newcomers_kept", "organic_share")  # goals people grasp at once
FORCES = ("knowledge", "official", "social", "emotion", "benefit", "development")
OUTPUTS = ("card", "answer", "gathering", "round", "offer")
HOSTING = "hosting"  # looking after groups: promised by nobody, needed by all
ROLES = ("creator", "manager", "recruiter", "partner", "assistant")
WEEKS = {"day": 7.0, "week": 1.0, "month": 12 / 52}  # pieces a week, when one comes every …

Force = Literal["knowledge", "official", "social", "emotion", "benefit", "development"]
Output = Literal["card", "answer", "gathering", "round", "offer"]
Work = Literal["card", "answer", "gathering", "round", "offer", "hosting"]
Role = Literal["creator", "manager", "recruiter", "partner", "assistant"]
Asked = Literal["nothing", "keeper", "verified", "invitation"]
Mark = Literal["department", "disease", "age", "interest", "city", "shop"]


def lines_of(text: str) -> str:
    """A text of several lines as it is kept: each without what cannot be seen, and without blanks at its ends."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip()


Words = Annotated[str, Field(max_length=2000), AfterValidator(lines_of)]
Title = Annotated[str, Field(max_length=80), AfterValidator(one_line)]
Sentence = Annotated[str, Field(max_length=300), AfterValidator(one_line)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Answer(BaseModel):
    """The answer to one screen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Purpose(Answer):
    """What the community is for, and how one sees that it works."""

    name: Title = ""
    type: Literal["auxiliary", "commercial"] = "auxiliary"
    serves_link: Annotated[str, StringConstraints(max_length=30), AfterValidator(one_line)] = ""
    purpose: Words = ""
    private_purpose: Words = ""
    goals: Words = ""
    numbers: dict[str, Percent] = {}

    @field_validator("numbers")
    @classmethod
    def _known(cls, numbers: dict[str, int]) -> dict[str, int]:
        return {key: numbers[key] for key in NUMBERS if key in numbers}


class Room(Answer):
    """One group: its key once it has one, its name and what it is for."""

    key: Key | Literal[""] = ""
    name: Title = ""
    function: Sentence = ""


class Audience(Answer):
    """Whom it is for, what they share, in which groups they meet, and how many can come at once."""

    audience: Words = ""
    shared: list[Mark] = []
    rooms: Annotated[list[Room], Field(max_length=MOST_GROUPS)] = []
    first: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Line(Answer):
    """Why members come, which service answers it, and what comes how often because of it."""

    key: Key | Literal[""] = ""
    force: Force
    service: Sentence = ""
    output: Output = "card"
    times: Annotated[int, Field(ge=0, le=500)] = 0
    every: Literal["day", "week", "month"] = "week"

    @property
    def weekly(self) -> float:
        """How many pieces a week."""
        return self.times * WEEKS[self.every]


class Value(Answer):
    """What holds members together, and what is done for them."""

    values: Words = ""
    lines: Annotated[list[Line], Field(max_length=MOST_LINES)] = []


class Door(Answer):
    """Who finds a group, and how many it takes."""

    key: Key
    visibility: Literal["open", "listed", "hidden"] = "listed"
    capacity: Annotated[int, Field(ge=2, le=100_000)] | None = None


class Doors(Answer):
    """Who comes in, under which name, and what they agree to; ``asks`` "" leaves the doors as they are, and
    ``raised_at`` is the number of members from which on a door asks it.
    """

    asks: Asked | Literal[""] = ""
    raised_at: Annotated[int, Field(ge=0, le=100_000)] = 50

    space: Literal["professional", "patient", "general"] = "general"
    norms: Annotated[str, Field(max_length=8000), AfterValidator(lines_of)] = ""
    welcome: Words = ""
    rooms: Annotated[list[Door], Field(max_length=MOST_GROUPS)] = []


class Hand(Answer):
    """Somebody's part: their role, hours a week, and what they can really make."""

    role: Role
    email: Person | Literal[""] = ""
    hours: Annotated[float, Field(ge=0, le=168, allow_inf_nan=False)] = 0
    makes: list[Work] = []


class Team(Answer):
    """Who does the work, how much of it there is, and how long a piece takes them."""

    hands: Annotated[list[Hand], Field(max_length=len(ROLES))] = []
    answer_hours: Annotated[int, Field(ge=1, le=720)] | None = None
    minutes: dict[str, Annotated[int, Field(ge=1, le=6000)]] = {}


MODELS: Mapping[str, type[Answer]] = {
    "purpose": Purpose,
    "audience": Audience,
    "value": Value,
    "doors": Doors,
    "team": Team,
}


@dataclass(frozen=True, slots=True)
class Answers:
    """All that was told so far; None for a screen that was left out."""

    purpose: Purpose | None = None
    audience: Audience | None = None
    value: Value | None = None
    doors: Doors | None = None
    team: Team | None = None

    def told(self) -> Iterator[tuple[str, Answer]]:
        """The screens that were answered."""
        return ((screen, answer) for screen in SCREENS if (answer := getattr(self, screen)) is not None)


def answer_from(screen: str, stored: Any) -> Answer:
    """An answer as it was kept, or as somebody sends it. Raises pydantic's ValidationError."""
    return MODELS[screen].model_validate(stored)


def with_keys(rooms: Iterable[Room], taken: Iterable[str], make: Any) -> list[Room]:
    """The rooms that have a name, each with a key of its own: ``make(name)`` suggests one, '' where it cannot."""
    used = {*taken, *(room.key for room in rooms if room.key)}
    keyed: list[Room] = []
    for room in rooms:
        if not room.name:
            continue
        key = room.key or _free(make(room.name) or "group", used)
        used.add(key)
        keyed.append(room.model_copy(update={"key": key}))
    return keyed


def lines_with_keys(lines: Iterable[Line], taken: Iterable[str]) -> list[Line]:
    """The lines that have a service, each with a key of its own, after its force."""
    used = {*taken, *(line.key for line in lines if line.key)}
    keyed: list[Line] = []
    for line in lines:
        if line.service:
            key = line.key or _free(line.force, used)
            used.add(key)
            keyed.append(line.model_copy(update={"key": key}))
    return keyed


def _free(wanted: str, used: set[str]) -> str:
    if wanted not in used:
        return wanted
    return next(key for n in range(2, len(used) + 3) if (key := f"{wanted}-{n}") not in used)
