"""What others may plug in here, and which rights people declares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hearth.core.permissions import ALL_STAFF, RUNNING, StaffRole, permission
from hearth.kit.registry import Registry

SEE_MEMBERS = permission("people.see_members", "See all members with their real names", staff=ALL_STAFF)
CHANGE_MEMBERS = permission("people.change_members", "Change the profile of others", staff=RUNNING)
MERGE = permission("people.merge", "Claim identities for members, merge members and undo it", staff=RUNNING)
VERIFY = permission("people.verify", "Decide on credentials", staff=RUNNING | {StaffRole.REVIEWER})
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
