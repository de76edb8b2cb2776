"""The plan's shapes: everything that happens in the demonstration community, in time order, as plain values.

Keys are texts that are stable for a seed (``p001`` a person, ``m00001`` a message, ``cardiology`` a group).
Times are aware datetimes in UTC. Texts of messages are Markdown in which a mention is written ``@{p001}``;
:func:`show_mentions` turns these into names.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import NamedTuple

MENTION = re.compile(r"@\{(p\d+)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """One operator text in the three languages of the product."""

    en: str
    zh_hans: str
    zh_hant: str

    def in_language(self, language: str) -> str:
        """The text in ``en``, ``zh-hans`` or ``zh-hant``."""
        return str(getattr(self, language.replace("-", "_")))


@dataclass(frozen=True, slots=True)
class DemoGoal:
    """A measurable goal: a ``metric`` of the community or a group is ``bound`` (at_least, at_most) ``target`` by
    ``due``, or from the start. A share is from 0 to 1.
    """

    words: Words
    metric: str
    bound: str
    target: float
    due: date | None
    group: str | None


@dataclass(frozen=True, slots=True)
class DemoCommunity:
    """The community's charter. ``serves`` names the link of the main business an auxiliary community serves."""

    key: str
    name: Words
    purpose: Words
    audience: Words
    values: Words
    kind: str
    serves: str
    goals: tuple[DemoGoal, ...]
    language: str
    time_zone: str
    founded_at: datetime


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """A group. ``space`` is professional (real names, hospital, department) or patient (chosen names)."""

    key: str
    name: Words
    theme: Words
    function: Words
    card: Words
    norms: Words
    welcome: Words
    capacity: int
    language: str
    time_zone: str
    visibility: str
    space: str
    story: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person. ``kind`` is doctor, patient, staff or outsider; ``persona`` names a login of the demonstration."""

    key: str
    real_name: str
    display_name: str
    email: str
    kind: str
    sex: str
    languages: tuple[str, ...]
    interface: str
    hospital: Words | None
    department: Words | None
    title: Words | None
    joined_at: datetime
    invited_by: str | None
    persona: str


@dataclass(frozen=True, slots=True)
class DemoMembership:
    """One stay of a person in a group. ``channel`` is import, link, qr or invitation."""

    person: str
    group: str
    joined_at: datetime
    left_at: datetime | None
    left_reason: str
    channel: str
    invited_by: str | None
    norms_version: int


@dataclass(frozen=True, slots=True)
class DemoRole:
    """A role held for a time: owner, keeper or assistant."""

    person: str
    group: str
    role: str
    since: datetime
    until: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class DemoVerification:
    """A doctor's badge: ``waiting``, ``verified``, ``expired`` or ``refused``. Licence numbers are invented."""

    person: str
    state: str
    specialty: str
    licence: str
    sent_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    expires_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class DemoMessage:
    """A message. ``thread`` is the key of the message that opened its conversation, None for that one itself.

    ``origin`` is organic, operator, scheduled or bot; ``role`` is the author's role in the group at the time.
    """

    key: str
    group: str
    author: str
    at: datetime
    text: str
    language: str
    reply_to: str | None
    thread: str | None
    is_question: bool
    mentions: tuple[str, ...]
    origin: str
    role: str


@dataclass(frozen=True, slots=True)
class DemoAcceptance:
    """The asker took ``answer`` for ``question``; an expert may have verified it."""

    question: str
    answer: str
    by: str
    at: datetime
    verified_by: str | None
    verified_at: datetime | None


@dataclass(frozen=True, slots=True)
class DemoReaction:
    """An emoji set under a message."""

    message: str
    person: str
    emoji: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DemoEdit:
    """The author changed the message at ``at``; ``before`` is what it said until then."""

    message: str
    at: datetime
    before: str


@dataclass(frozen=True, slots=True)
class DemoHiding:
    """A message taken out of sight with a reason code and a note, perhaps restored."""

    message: str
    by: str
    at: datetime
    reason: str
    note: str
    restored_at: datetime | None
    restored_by: str | None
    restore_note: str


@dataclass(frozen=True, slots=True)
class DemoPin:
    """A message kept at the top of its group."""

    message: str
    group: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DemoPage:
    """A question put to named experts with a deadline."""

    message: str
    group: str
    by: str
    specialty: str
    to: tuple[str, ...]
    at: datetime
    deadline_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class DemoSeen:
    """A person looked into a group on a day (the day in the group's time zone; ``at`` the last look of it)."""

    person: str
    group: str
    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class DemoReadMark:
    """The last message of a group that a person has read."""

    person: str
    group: str
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DemoNotice:
    """A notice implied by the talk. ``reason`` is mentioned, replied, accepted, paged or badge_waiting."""

    person: str
    reason: str
    message: str | None
    about: str | None
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class DemoBookmark:
    """A message a person kept for later."""

    person: str
    message: str
    at: datetime


class Persona(NamedTuple):
    """A login shown at the start of the demonstration."""

    role: str
    person: str
    email: str


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """Ninety days of a community. Every tuple is in time order, people and groups in order of their keys' making."""

    seed: int
    now: datetime
    days: int
    community: DemoCommunity
    groups: tuple[DemoGroup, ...]
    people: tuple[DemoPerson, ...]
    memberships: tuple[DemoMembership, ...]
    roles: tuple[DemoRole, ...]
    verifications: tuple[DemoVerification, ...]
    messages: tuple[DemoMessage, ...]
    acceptances: tuple[DemoAcceptance, ...]
    reactions: tuple[DemoReaction, ...]
    edits: tuple[DemoEdit, ...]
    hidings: tuple[DemoHiding, ...]
    pins: tuple[DemoPin, ...]
    pages: tuple[DemoPage, ...]
    seen: tuple[DemoSeen, ...]
    read_marks: tuple[DemoReadMark, ...]
    notices: tuple[DemoNotice, ...]
    bookmarks: tuple[DemoBookmark, ...]
    personas: tuple[Persona, ...]

    def digest(self) -> str:
        """SHA-256 over every value of the plan: equal plans have equal digests."""
        seal = hashlib.sha256()
        for line in self._lines():
            seal.update(line.encode())
        return seal.hexdigest()

    def _lines(self) -> Iterator[str]:
        for field in fields(self):
            value = getattr(self, field.name)
            rows = value if isinstance(value, tuple) else (value,)
            for row in rows:
                yield f"{field.name}:{row!r}\n"


def show_mentions(text: str, name_of: Callable[[str], str]) -> str:
    """``text`` with every ``@{key}`` written as ``@Name``."""
    return MENTION.sub(lambda found: "@" + name_of(found.group(1)), text)
