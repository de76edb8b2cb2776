"""Whom a space for professionals asks for a badge."""

from hearth.core.community_settings import declare, value_of
from hearth.groups.models import Group
from hearth.groups.types import Space
from hearth.people.types import MemberKind

BADGE_OF_PROFESSIONALS = declare(
    "groups.badge_of_professionals",
    "Ask professionals for a badge",
    help="Who is called a professional in a table of members has shown nobody a licence yet. Turn this off where "
    "somebody has checked all of them before, such as a hospital its own staff: then the table alone opens groups for "
    "professionals. Everybody else who is no staff needs a badge there in any case.",
    kind="bool",
    default=True,
)


def kinds_asked(group: Group) -> frozenset[str]:
    """The kinds of members whom the space asks for a badge: one query, none where it asks nobody."""
    if group.space != Space.PROFESSIONAL:
        return frozenset()
    at_home = {MemberKind.STAFF} if value_of(BADGE_OF_PROFESSIONALS) else {MemberKind.STAFF, MemberKind.PROFESSIONAL}
    return frozenset(MemberKind.values) - at_home
