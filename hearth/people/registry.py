"""What others may plug in here, and which rights people declares."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from hearth.core.errors import Refusal
from hearth.core.permissions import ALL_STAFF, RUNNING, StaffRole, permission
from hearth.core.tenancy import TenantModel
from hearth.kit.registry import Registry
from hearth.people.types import Obstacle, Subject

SEE_MEMBERS = permission("people.see_members", "See all members with their real names", staff=ALL_STAFF)
CHANGE_MEMBERS = permission("people.change_members", "Change the profile of others", staff=RUNNING)
MERGE = permission("people.merge", "Claim identities for members, merge members and undo it", staff=RUNNING)
VERIFY = permission("people.verify", "Decide on credentials", staff=RUNNING | {StaffRole.REVIEWER})
KEEP_REGISTER = permission("people.keep_register", "Import the list of licences", staff=RUNNING)
TAG = permission("people.tag", "Put tags on members", staff=RUNNING)
MAKE_BOTS = permission("people.make_bots", "Make bots and issue their tokens", staff=RUNNING)


@dataclass(frozen=True, slots=True)
class ConsentPurpose:
    """Something a member may agree to. The text shown is versioned: a changed text needs a new version."""

    key: str
    version: str
    title: str
    text: str


consent_purposes: Registry[ConsentPurpose] = Registry("consent purpose")

SENSITIVE_TAGS = consent_purposes.register(
    "people.sensitive_tags",
    ConsentPurpose(
        "people.sensitive_tags",
        "1",
        "Offers that fit my health",
        "The team may note my condition, age and sex and choose articles, groups and offers of help by them. "
        "Other members never see these notes. I can take this back at any time; then the notes are no longer used.",
    ),
)


@dataclass(frozen=True, slots=True)
class TokenScope:
    """What a token may do.

    ``permission``: the one its holder needs for the scope to open anything; "" where every member's token may have it.
    ``route``: a route of the API that it opens, to show how it is called.
    """

    key: str
    title: str
    permission: str = ""
    route: str = ""


token_scopes: Registry[TokenScope] = Registry("token scope")
for _scope in (
    TokenScope("read", "Read what the member may read"),
    TokenScope("write", "Post and react as the member"),
    TokenScope("manage", "Change groups and members where the member may"),
):
    token_scopes.register(_scope.key, _scope)


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """Something that may speak for a credential. ``words`` say how, to the member (or to the reviewer who adds it)."""

    key: str
    title: Any
    words: Any
    icon: str


evidence_kinds: Registry[EvidenceKind] = Registry("evidence kind")
for _kind in (
    EvidenceKind("licence", _("Licence number"), _("As it stands on the licence. Kept encrypted."), "key-round"),
    EvidenceKind("document", _("Document"), _("A photo or PDF of the licence or work card."), "paperclip"),
    EvidenceKind("mail", _("Institutional e-mail"), _("We send a code to your address at work."), "mail"),
    EvidenceKind("vouch", _("Word of a colleague"), _("Two verified colleagues say that they know you."), "handshake"),
    EvidenceKind(
        "call", _("Video call"), _("A reviewer talked with the member and writes down what was seen."), "monitor"
    ),
):
    evidence_kinds.register(_kind.key, _kind)


@dataclass(frozen=True, slots=True)
class CredentialKind:
    """Something that can be confirmed of a member.

    ``needs``: of each of these sets one kind of evidence must be given before it is sent. ``checks``: what a reviewer
    goes through, as (code, sentence); codes in ``rules.checks`` are answered by the house where it can.
    """

    key: str
    title: Any
    needs: tuple[frozenset[str], ...]
    checks: tuple[tuple[str, Any], ...]


_NUMBER = ("number", _("The number is in the official list"))
_NAME = ("name", _("The name is that of the list or the document"))
_PLACE = ("place", _("Works at this institution: its e-mail, or two colleagues"))
_DOCUMENT = ("document", _("The document is whole, in date and not altered"))
_WITH_LICENCE = (frozenset({"licence"}),)
_WITHOUT = (frozenset({"mail", "vouch", "document"}),)

credential_kinds: Registry[CredentialKind] = Registry("credential kind")
for _credential in (
    CredentialKind("doctor", _("Doctor"), _WITH_LICENCE, (_NUMBER, _NAME, _PLACE, _DOCUMENT)),
    CredentialKind("nurse", _("Nurse"), _WITH_LICENCE, (_NUMBER, _NAME, _PLACE, _DOCUMENT)),
    CredentialKind("pharmacist", _("Pharmacist"), _WITH_LICENCE, (_NUMBER, _NAME, _PLACE, _DOCUMENT)),
    CredentialKind("health_worker", _("Other health professional"), _WITHOUT, (_NAME, _PLACE, _DOCUMENT)),
):
    credential_kinds.register(_credential.key, _credential)


@dataclass(frozen=True, slots=True)
class LicenceEntry:
    """What a register says of a number."""

    name: str
    institution: str = ""
    department: str = ""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class LicenceRegister:
    """A register of licences. ``is_ready``: whether it can be asked for the community in scope.

    ``look_up`` takes a number without spaces and signs, in upper case; it gives the entry, or None where there is none.
    It is asked while a page is made: one that lies far away keeps its answers.
    """

    key: str
    title: Any
    is_ready: Callable[[], bool]
    look_up: Callable[[str], LicenceEntry | None]


licence_registries: Registry[LicenceRegister] = Registry("licence register")

# What reviewers answer often, by code; the words go to the member in the member's own language.
REFUSALS = {
    "not_in_list": _("The number is not in the official list."),
    "other_name": _("The name in your profile is another than on the licence."),
    "not_readable": _("The document cannot be read."),
    "not_valid": _("The licence is no longer valid."),
    "not_this": _("What you sent does not show this credential."),
}
REQUESTS = {
    "send_document": _("Please send a photo of your licence on which everything can be read."),
    "send_mail": _("Please confirm your e-mail address at work."),
    "ask_colleagues": _("Please ask two verified colleagues to vouch for you."),
    "correct_name": _("Please write your real name in the profile as it stands on the licence."),
}

# Why somebody looks at the evidence of a decided case; codes, because the audit log keeps no words about people.
LOOKS = {
    "complaint": _("A complaint or an appeal"),
    "member_asked": _("The member asked"),
    "suspicion": _("A suspicion"),
    "inspection": _("An inspection"),
}

# Callables (from_member, into_member) that raise a Refusal when the two must not be merged now.
before_merge: list[Callable[[Any, Any], None]] = []

# Callables that give a database expression "this member is staff", from the name of the member's id column.
staff_marks: list[Callable[[str], Any]] = []


@dataclass(frozen=True, slots=True)
class DemoPersona:
    """Somebody a visitor of the demo may step into with one press."""

    key: str
    email: str
    title: str
    words: str
    icon: str = "circle-user"
    path: str = "/"


# Filled by the demo; used only while HEARTH_DEMO is on.
demo_personas: Registry[DemoPersona] = Registry("demo persona")


@dataclass(frozen=True, slots=True)
class CardGap:
    """A rule for name cards that somebody's card does not hold. ``sentence`` says whose it is, which form it asks for
    and what is missing; ``lacks`` are codes of ``rules.names.card_lacks``.
    """

    key: str
    lacks: frozenset[str]
    sentence: str


# Callables (member, changes) that give the gaps of a member's card as changed fields of the profile would leave it.
card_gaps: list[Callable[[Any, Mapping[str, str]], list[CardGap]]] = []


@dataclass(frozen=True, slots=True)
class Invited:
    """What the page on which somebody signs in tells whoever came by an invitation: where it leads, and from whom it is
    ("" where that is not told).
    """

    community: str
    group: str = ""
    by: str = ""


# Callables (path) that know what an address invites to, for somebody who has not signed in; None for nothing to tell.
invitations: list[Callable[[str], Invited | None]] = []


Eraser = Callable[[QuerySet[Any], Subject], None]


def forget_rows(rows: QuerySet[Any], _subject: Subject) -> None:
    """Delete them, in portions so that others may write in between."""
    while ids := list(rows.values_list("pk", flat=True)[:PORTION]):
        rows.model._base_manager.filter(pk__in=ids).delete()


def leave_rows(_rows: QuerySet[Any], _subject: Subject) -> None:
    """They hold nothing but numbers and dates."""


def blank(**values: Any) -> Eraser:
    """Keep the rows and overwrite what is personal in them."""

    def overwrite(rows: QuerySet[Any], _subject: Subject) -> None:
        rows.update(**values)

    return overwrite


PORTION = 500  # rows that an eraser takes in one transaction


@dataclass(frozen=True, slots=True)
class Holding:
    """What one table holds of a person: which rows, what of them is told in their export, what an erasure does.

    ``of``: the condition on rows of a ``Subject``. ``tells``: fields in the export, () for none, and then it needs
    no title. ``keeps``: fields with text that stay, and ``why`` they do. ``house``: asked once for all communities.
    """

    model: type[Model]
    title: Any
    of: Callable[[Subject], Q]
    erase: Eraser
    tells: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    why: Any = ""
    house: bool = False

    def rows(self, subject: Subject) -> QuerySet[Any]:
        """The rows of a person, within the scope at hand."""
        manager = self.model.objects if issubclass(self.model, TenantModel) else self.model._base_manager
        return manager.filter(self.of(subject)).order_by("pk")


holdings: Registry[Holding] = Registry("holding")

# Tables that hold nothing of a person's: label → why.
holds_nobody: Registry[str] = Registry("table without people")


def holding(model: type[Model], title: Any, of: Callable[[Subject], Q], erase: Eraser, **more: Any) -> Holding:
    """Declare in a module's ``erasers.py`` what one of its tables holds. Erased from the highest module down, people's
    own tables last: until then they say by which names somebody is told in the others.
    """
    return holdings.register(model._meta.label, Holding(model, title, of, erase, **more))


def of_member(*fields: str) -> Callable[[Subject], Q]:
    """Rows that name a member in one of ``fields``."""

    def found(subject: Subject) -> Q:
        return reduce(or_, (Q(**{f"{field}__in": subject.members}) for field in fields))

    return found


def of_user(field: str) -> Callable[[Subject], Q]:
    """Rows that name a sign-in."""
    return lambda subject: Q(**{f"{field}__in": subject.users})


def of_author(field: str) -> Callable[[Subject], Q]:
    """Rows that name an identity."""
    return lambda subject: Q(**{f"{field}__in": subject.identities})


# Callables (subject) that say what somebody must hand over before they can be erased.
erasure_obstacles: list[Callable[[Subject], list[Obstacle]]] = []

# Callables (subject) that run in one community before its rows are erased: what has to outlive them is put aside.
before_erasure: list[Callable[[Subject], None]] = []

# Callables (member) that run in the transaction in which a person gets a place.
after_joining: list[Callable[[Any], None]] = []

# Callables (subject) that give what has no table, as (name in the ZIP, bytes).
kept_files: list[Callable[[Subject], Iterator[tuple[str, bytes]]]] = []


@dataclass(frozen=True, slots=True)
class Coming:
    """Who would come into a group by a table, with this reason: new ones (line → kind), those here (member → line)."""

    group: int
    new: Mapping[int, str]
    known: Mapping[int, int]
    why: str


@dataclass(frozen=True, slots=True)
class RosterPlaces:
    """Groups into which a table of people may lead, asked of the module that keeps their doors.

    ``choices``: (id, name) of those that an actor may fill. ``outlook``: sentences on what awaits them.
    ``let_in`` says of each member: True came in by it, False was there, or the Refusal that kept them out; it raises
    one that is true of all. ``take_out``: the way back.
    """

    choices: Callable[[Any], list[tuple[str, str]]]
    outlook: Callable[[Any, Coming], list[Any]]
    let_in: Callable[[Any, int, Collection[int], str], Mapping[int, bool | Refusal]]
    take_out: Callable[[Any, int, Collection[int]], None]


roster_places: list[RosterPlaces] = []

IMPORT_MEMBERS = permission("people.import_members", "Bring members in by a table and take it back", staff=RUNNING)
EXPORT_MEMBERS = permission("people.export_members", "Download lists of members", staff=RUNNING)
