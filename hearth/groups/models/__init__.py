"""Tables of groups, by noun."""

from hearth.groups.models.charter import Charter, Place
from hearth.groups.models.group import Group, GroupClosure, Norms, NormsAcceptance
from hearth.groups.models.membership import JoinLink, Membership, Restriction, RoleAssignment
from hearth.groups.models.onboarding import Welcoming

__all__ = [
    "Charter",
    "Group",
    "GroupClosure",
    "JoinLink",
    "Membership",
    "Norms",
    "NormsAcceptance",
    "Place",
    "Restriction",
    "RoleAssignment",
    "Welcoming",
]
