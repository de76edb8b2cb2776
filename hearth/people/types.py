"""What people hands to others: its words, name cards, imported identities, waiting credentials. All immutable."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

SPACES = ("professional", "patient", "general")


class MemberKind(TextChoices):
    """What somebody is in this community; kinds are never lumped."""

    PROFESSIONAL = "professional"
    PATIENT = "patient"
    CUSTOMER = "customer"
    STAFF = "staff"
    GUEST = "guest"


KIND_WORDS: dict[str, str | Promise] = {
    "professional": pgettext_lazy("kind of member", "Professional"),
    "patient": pgettext_lazy("kind of member", "Patient or relative"),
    "customer": pgettext_lazy("kind of member", "Customer"),
    "staff": pgettext_lazy("kind of member", "Staff"),
    "guest": pgettext_lazy("kind of member", "Guest"),
}


class VerificationState(TextChoices):
    """Where a credential stands. A *draft* is still with its member; *asking*: a reviewer wants to see more."""

    DRAFT = "draft"
    WAITING = "waiting"
    ASKING = "asking"
    VERIFIED = "verified"
    REFUSED = "refused"
    EXPIRED = "expired"
    REVOKED = "revoked"


OPEN_STATES = (VerificationState.DRAFT, VerificationState.WAITING, VerificationState.ASKING)
WITH_MEMBER = (VerificationState.DRAFT, VerificationState.ASKING)


class EvidenceState(TextChoices):
    """*Pending* evidence waits for somebody's answer: a code from a mailbox, a colleague's word."""

    PENDING = "pending"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Verdict(TextChoices):
    """What a reviewer thinks of a case."""

    VERIFIED = "verified"
    REFUSED = "refused"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class NameCard:
    """How one author is shown in one space. What the space hides is empty here, so no template can leak it."""

    identity_id: int
    member_id: int
    name: str
    initials: str
    colour: int
    hospital: str = ""
    department: str = ""
    title: str = ""
    verified: bool = False
    verified_at: datetime | None = None
    verified_what: str = ""
    verified_by: tuple[str, ...] = ()  # kinds of evidence
    is_bot: bool = False
    is_staff: bool = False
    real_name: str = ""  # filled only where staff look

    @property
    def line(self) -> str:
        """Name, hospital and department in one line, as the name-card rule wants it."""
        return "-".join(part for part in (self.name, self.hospital, self.department) if part)


@dataclass(frozen=True, slots=True)
class ImportedIdentity:
    """One author or member of an archive: the id they have there and the name they go by."""

    external_id: str
    name: str
    is_bot: bool = False
    real_name: str = ""
    joined_at: datetime | None = None


class ImportedPlace(NamedTuple):
    """Where an author of an archive landed."""

    identity: int
    member: int


@dataclass(frozen=True, slots=True)
class WaitingVerification:
    """One row of the verification queue."""

    id: int
    member_id: int
    name: str
    kind: str
    hospital: str
    department: str
    asked_at: datetime
    taken_by: str
    seconding: bool  # one reviewer has confirmed it, another must look
    is_decided: bool  # by whoever asks: there is nothing more for them to do
    level: str  # of its risk when it was sent: low, medium or high


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data is told or erased: one human with every place, identity, sign-in and address that the house knows.

    Members merged into theirs count, and the persons behind those. ``emails`` are in lower case.
    """

    persons: tuple[int, ...]
    users: tuple[int, ...]
    members: tuple[int, ...]
    identities: tuple[int, ...]
    emails: tuple[str, ...]
    communities: tuple[int, ...]
    words_too: bool = False  # an erasure that takes what they wrote with it

    @property
    def refs(self) -> list[str]:
        """How facts, audit and jobs name them."""
        return [f"member:{pk}" for pk in self.members] + [f"user:{pk}" for pk in self.users]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why somebody cannot be erased yet: a sentence that says what to do, and where."""

    text: Any
    url: str = ""


class Words(TextChoices):
    """What becomes of the messages of somebody who is erased."""

    REMOVE = "remove"
    KEEP = "keep"


class LineOutcome(TextChoices):
    """What a line of a table brings: somebody new, somebody known, a second line for one, a look-alike, a mistake."""

    NEW = "new"
    KNOWN = "known"
    TWICE = "twice"
    ALIKE = "alike"
    WRONG = "wrong"
