"""What groups hands to others: its words, and rights to post. All immutable."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from hearth.core.permissions import KEEPERS, LEADING, GroupRole
from hearth.people.types import KIND_WORDS


class CommunityType(TextChoices):
    """*Auxiliary* serves a main business at one link; *commercial* is the business."""

    AUXILIARY = "auxiliary"
    COMMERCIAL = "commercial"


class PlaceKind(TextChoices):
    """Levels of an organisation."""

    ORGANISATION = "organisation"
    REGION = "region"
    SITE = "site"
    DEPARTMENT = "department"


class Visibility(TextChoices):
    """Who learns that a group exists. What is said inside is for its members, unless it is open."""

    OPEN = "open", _("Open: every member of the community may read and join")
    LISTED = "listed", _("Listed: everybody sees the card, members read")
    HIDDEN = "hidden", _("Hidden: only its members know of it")


class Space(TextChoices):
    """How peers see each other's names."""

    PROFESSIONAL = "professional", _("Professional: real name, hospital and department")
    PATIENT = "patient", _("Patient: a chosen name")
    GENERAL = "general", _("General: the display name")


class Lasting(TextChoices):
    """Standing groups live on; others are meant to end and are *completed*, not dead, when they do."""

    STANDING = "standing"
    ENDING = "ending"


class JoinedBy(TextChoices):
    """The path by which somebody came."""

    LINK = "link"
    QR = "qr"
    INVITATION = "invitation"
    OPEN_DOOR = "open_door"
    STAFF = "staff"
    IMPORT = "import"
    API = "api"
    CODE = "code"
    DEMO = "demo"
    MERGE = "merge"
    MOVED = "moved"


class ApplicationEnd(TextChoices):
    """What became of somebody who asked to come in."""

    ENTERED = "entered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class WaitingEnd(TextChoices):
    """How somebody stopped waiting for a place."""

    ENTERED = "entered"
    LEFT = "left"
    LAPSED = "lapsed"  # a place was offered and not taken in time
    MOVED = "moved"  # waits in the line of another group, or in the one where they waited before, again
    CLOSED = "closed"  # the group is there no more, and its home does not take them in line


class LeftBy(TextChoices):
    """How somebody went."""

    OWN_WISH = "own_wish"
    REMOVED = "removed"
    BANNED = "banned"
    GROUP_CLOSED = "group_closed"
    ERASED = "erased"
    MERGED = "merged"
    MOVED = "moved"


class RegroupingKind(TextChoices):
    """How members go from group to group together: a group is parted, sisters come together, one person goes."""

    SPLIT = "split"
    MERGE = "merge"
    MOVE = "move"


class Force(TextChoices):
    """Why people come to a group: the six driving forces."""

    BENEFIT = "benefit", _("Benefit")
    SOCIAL = "social", _("Company of others")
    OFFICIAL = "official", _("Official service")
    KNOWLEDGE = "knowledge", _("Knowledge")
    DEVELOPMENT = "development", _("Having a say in the thing itself")
    EMOTION = "emotion", _("Emotion")


class Party(TextChoices):
    """Who gets something from a service."""

    MEMBER = "member", pgettext_lazy("gets something", "Member")
    KEEPER = "keeper", pgettext_lazy("gets something", "Keeper")
    OPERATOR = "operator", pgettext_lazy("gets something", "Operator")
    COMPANY = "company", pgettext_lazy("gets something", "Organisation")


class LineState(TextChoices):
    """How a value line stands: green, due, red; *unknown* where the metric says nothing yet."""

    KEPT = "kept", pgettext_lazy("value line", "Green: kept")
    DUE = "due", pgettext_lazy("value line", "Due")
    STOPPED = "stopped", pgettext_lazy("value line", "Red: stopped")
    UNKNOWN = "unknown", pgettext_lazy("value line", "Cannot be told yet")


class RestrictionKind(TextChoices):
    """What a restriction takes away: a mute the voice, a ban the place."""

    MUTE = "mute"
    BAN = "ban"


KNOWN_WORDS: dict[str, Mapping[str, Any]] = {
    "kind": KIND_WORDS,
    "badge": {"yes": _("Yes"), "no": _("No")},
    "language": dict(settings.LANGUAGES),
}


@dataclass(frozen=True, slots=True)
class PostingRight:
    """What a member may do in one group's talk, read in one query and judged by pure rules.

    ``muted_until`` is None without a mute; a mute without an end has the year 9999. ``readable``: members read, an open
    group is read by every member of the community, and staff who keep order read everywhere; the banned do not.
    """

    group_id: int
    member_id: int
    is_in: bool
    roles: frozenset[GroupRole]
    muted_until: datetime | None
    banned: bool
    closed: bool
    space: str
    visibility: str
    readable: bool

    @property
    def is_keeper(self) -> bool:
        """Owner, keeper or assistant."""
        return bool(self.roles & KEEPERS)

    @property
    def is_leading(self) -> bool:
        """Owner or keeper."""
        return bool(self.roles & LEADING)

    def muted_at(self, moment: datetime) -> bool:
        """Whether the member's voice is taken away at ``moment``."""
        return self.muted_until is not None and moment < self.muted_until


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A member's turn at a duty in every week; weekday 0 is Monday, ``until`` not after ``since`` is the next day."""

    member_id: int
    weekday: int
    since: time
    until: time


@dataclass(frozen=True, slots=True)
class KeptBy:
    """What shows that a service is done: a metric on the right side of a value, or a deed every so many days."""

    metric: str = ""
    bound: str = "at_least"
    value: float | None = None
    every_days: int | None = None
