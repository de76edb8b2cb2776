"""One policy: who may do what, where. Roles are held over intervals by the groups module; the rules stand here.

An *actor* is whoever acts in one community. Modules register permissions; ``may`` answers from one table.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import pgettext_lazy

from hearth.core.errors import NotAllowed
from hearth.kit.registry import Registry


class StaffRole(StrEnum):
    """Roles over a whole community."""

    ADMIN = "admin"
    OPERATOR = "operator"
    MODERATOR = "moderator"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"


class GroupRole(StrEnum):
    """Roles in one group. *Keeper* in the wide sense is owner, keeper or assistant."""

    OWNER = "owner"
    KEEPER = "keeper"
    ASSISTANT = "assistant"
    MEMBER = "member"


ALL_STAFF = frozenset(StaffRole)
RUNNING = frozenset({StaffRole.ADMIN, StaffRole.OPERATOR})
KEEPERS = frozenset({GroupRole.OWNER, GroupRole.KEEPER, GroupRole.ASSISTANT})
LEADING = frozenset({GroupRole.OWNER, GroupRole.KEEPER})
EVERYONE_IN = frozenset(GroupRole)

# A role inside a sentence: "You are now keeper of Cardiology."
ROLE_WORDS = {
    StaffRole.ADMIN: pgettext_lazy("role", "admin"),
    StaffRole.OPERATOR: pgettext_lazy("role", "operator"),
    StaffRole.MODERATOR: pgettext_lazy("role", "moderator"),
    StaffRole.REVIEWER: pgettext_lazy("role", "reviewer"),
    StaffRole.AUDITOR: pgettext_lazy("role", "auditor"),
    GroupRole.OWNER: pgettext_lazy("role", "owner"),
    GroupRole.KEEPER: pgettext_lazy("role", "keeper"),
    GroupRole.ASSISTANT: pgettext_lazy("role", "assistant"),
    GroupRole.MEMBER: pgettext_lazy("role", "member"),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts in one community.

    ``member_id`` and ``identity_id`` are None for platform administrators who are no members. ``origin`` is how
    their acts count: organic for members (keepers too), operator for staff, bot for bots. ``asleep`` staff have no
    second factor yet: their roles still mark what they post, and give them no rights.
    """

    community_id: int
    user_id: int | None = None
    person_id: int | None = None
    member_id: int | None = None
    identity_id: int | None = None
    staff: frozenset[StaffRole] = field(default_factory=frozenset)
    is_platform_admin: bool = False
    kind: str = "person"
    verified: bool = False
    asleep: bool = False

    @property
    def ref(self) -> str:
        """The actor in facts and audit: ``member:5``, ``bot:3``, ``user:1`` or ``house``."""
        if self.member_id is not None:
            return f"{'bot' if self.kind == 'bot' else 'member'}:{self.member_id}"
        return f"user:{self.user_id}" if self.user_id is not None else "house"

    @property
    def role(self) -> str:
        """The highest role over the community, for the record."""
        if self.is_platform_admin:
            return "platform"
        for role in StaffRole:
            if role in self.staff:
                return role.value
        return "member" if self.member_id else ""

    @property
    def origin(self) -> str:
        """organic, operator or bot (see the glossary)."""
        if self.kind == "bot":
            return "bot"
        return "operator" if self.staff or self.is_platform_admin else "organic"

    @property
    def is_staff(self) -> bool:
        """True for anybody with a role over the community."""
        return bool(self.staff) or self.is_platform_admin

    @property
    def acts_as_staff(self) -> bool:
        """True for staff whose roles are in force."""
        return self.is_staff and not self.asleep


def house_actor(community_id: int) -> Actor:
    """The house itself: schedules, imports, start-up."""
    return Actor(community_id=community_id, staff=frozenset({StaffRole.ADMIN}), kind="house")


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may do one thing: staff roles over the community and roles in the group at hand."""

    key: str
    title: str
    staff: frozenset[StaffRole] = frozenset()
    group: frozenset[GroupRole] = frozenset()


permissions: Registry[Permission] = Registry("permission")


def permission(
    key: str,
    title: str,
    *,
    staff: frozenset[StaffRole] = frozenset(),
    group: frozenset[GroupRole] = frozenset(),
) -> Permission:
    """Declare a permission. Administrators of the community always hold it."""
    made = Permission(key, title, staff | {StaffRole.ADMIN}, group)
    return permissions.register(key, made)


def may(actor: Actor, key: str, group_roles: frozenset[GroupRole] = frozenset()) -> bool:
    """Whether ``actor``, holding ``group_roles`` in the group at hand, may do ``key``."""
    rule = permissions[key]
    if not actor.asleep and (actor.is_platform_admin or actor.staff & rule.staff):
        return True
    return bool(group_roles & rule.group)


def demand(actor: Actor, key: str, group_roles: frozenset[GroupRole] = frozenset()) -> None:
    """Raise NotAllowed unless ``may``."""
    if not may(actor, key, group_roles):
        raise NotAllowed()


RUN_COMMUNITY = permission("core.run_community", "See and run the community in the console", staff=ALL_STAFF)
CHANGE_SETTINGS = permission("core.change_settings", "Change the community's settings", staff=RUNNING)
READ_AUDIT = permission("core.read_audit", "Read the audit log", staff=RUNNING | {StaffRole.AUDITOR})
TIDY_VIEWS = permission("core.tidy_views", "Remove views that others share with the team", staff=RUNNING)
MANAGE_JOBS = permission("core.manage_jobs", "Start, cancel and repeat long work", staff=RUNNING)
