"""What others may plug in here, and which rights groups declares."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hearth.core.permissions import EVERYONE_IN, KEEPERS, LEADING, RUNNING, GroupRole, StaffRole, permission
from hearth.kit.registry import Registry

if TYPE_CHECKING:
    from hearth.groups.rules.gates import GateKind
    from hearth.groups.rules.ties import Tie

ORDER = RUNNING | {StaffRole.MODERATOR}
_OWNER = frozenset({GroupRole.OWNER})

GIVE_STAFF_ROLE = permission("groups.give_staff_role", "Give and end staff roles")
CHANGE_CHARTER = permission("groups.change_charter", "Change the community's charter and places", staff=RUNNING)
PLAN_DUTIES = permission("groups.plan_duties", "Plan duties, and who is on them when", staff=RUNNING)
SET_VALUE_LINES = permission(
    "groups.set_value_lines", "Say what answers why members come, and how it is seen", staff=RUNNING
)
LIFT_PAUSE = permission(
    "groups.lift_pause", "Let people be invited to a group although one of its services has stopped", staff=RUNNING
)
OPEN_GROUP = permission("groups.open_group", "Open groups", staff=RUNNING)
MANAGE_GROUP = permission("groups.manage_group", "Change a group's card, norms and door", staff=RUNNING, group=LEADING)
TEND = permission("groups.tend", "See how warm a group is, why, and who waits in it", staff=ORDER, group=KEEPERS)
CLOSE_GROUP = permission("groups.close_group", "Close and reopen a group", staff=RUNNING, group=_OWNER)
ADMIT = permission("groups.admit", "Admit members to a group", staff=RUNNING, group=KEEPERS)
INVITE = permission("groups.invite", "Invite people to a group with a link", staff=RUNNING, group=KEEPERS)
INVITE_ONE = permission(
    "groups.invite_one",
    "Invite one person where the door asks for it",
    group=EVERYONE_IN,
    staff=RUNNING,
)
MAKE_ENTRY_CODES = permission("groups.make_entry_codes", "Make entry codes that lead to many groups", staff=RUNNING)
REMOVE_MEMBER = permission("groups.remove_member", "Remove members from a group", staff=ORDER, group=LEADING)
RESTRICT = permission("groups.restrict", "Mute and ban members of a group", staff=ORDER, group=LEADING)
RESTRICT_EVERYWHERE = permission("groups.restrict_everywhere", "Mute and ban across the community", staff=ORDER)
GIVE_ROLE = permission("groups.give_role", "Give and end roles in a group", staff=RUNNING, group=LEADING)
REGROUP = permission("groups.regroup", "Split and merge groups, and move members between them", staff=RUNNING)
HAND_OVER = permission("groups.hand_over", "Hand a group over to another owner", staff=RUNNING, group=_OWNER)
MODERATE = permission("groups.moderate", "Hide, restore and pin messages", staff=ORDER, group=KEEPERS)
READ_TALK = permission("groups.read_talk", "Read what is said in a group", staff=ORDER, group=EVERYONE_IN)
SEE_MEMBER_LIST = permission(
    "groups.see_members_of_group", "See who is in a group", staff=ORDER | {StaffRole.REVIEWER}, group=EVERYONE_IN
)

# Callables (group) that run in the transaction that opens a group: conversation makes its room here.
after_group_opened: list[Callable[[Any], object]] = []

# Callables (group, member) that raise a Refusal when the member may not come in by themselves: gates of entry.
before_own_entry: list[Callable[[Any, Any], None]] = []


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing a newcomer contributes in the first days.

    ``title`` says it to the newcomer; ``url(group id)`` is where it is done; ``wanted(group)`` whether it is asked
    there; ``done(group, member ids)`` tells who has done it. The three of the lowest ``order`` are shown.
    """

    key: str
    title: str
    url: Callable[[int], str]
    wanted: Callable[[Any], bool]
    done: Callable[[Any, Collection[int]], set[int]]
    order: int = 50


first_steps: Registry[FirstStep] = Registry("first step")


@dataclass(frozen=True, slots=True)
class FirstWords:
    """The first message of a newcomer in a group, and whether somebody else has answered it."""

    message: int
    at: datetime
    answered: bool


# Callables (group, member ids) → {member: FirstWords}, in one query: talk tells here who has spoken.
first_words: list[Callable[[Any, Collection[int]], dict[int, FirstWords]]] = []

# Kinds of conditions that a door may have, by key: see rules.gates. Groups fills in its own (services.gates).
gate_kinds: "Registry[GateKind]" = Registry("gate kind")

# Callables (member id, group id) -> level of the member there: recognition fills one in. None until somebody does.
levels: list[Callable[[int, int], int]] = []

# Callables (member ids) -> member id -> days with a message in the last four weeks: conversation fills one in.
activities: list[Callable[[list[int]], dict[int, int]]] = []

# Callables (group id, since) -> who turned to whom there, by reply or reaction: conversation fills one in.
ties: "list[Callable[[int, datetime], list[Tie]]]" = []

# Callables () -> group id -> word for its stage, of the groups that cool down or fall silent: insight fills one in.
fading: list[Callable[[], dict[int, str]]] = []

# Callables (member id, group id) -> whether the member has paid for coming in: commerce fills one in.
fees: list[Callable[[int, int], bool]] = []
