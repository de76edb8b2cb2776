"""Tables of groups, by noun."""

from hearth.groups.models.charter import Charter, Place
from hearth.groups.models.code import EntryCode
from hearth.groups.models.door import Application, GatePolicy
from hearth.groups.models.duty import Duty, DutyTurn
from hearth.groups.models.group import Group, GroupClosure, Norms, NormsAcceptance
from hearth.groups.models.membership import JoinLink, Membership, Restriction, RoleAssignment
from hearth.groups.models.onboarding import Welcoming
from hearth.groups.models.waiting import Choice, Waiting

__all__ = [
    "Application",
    "Charter",
    "Choice",
    "Duty",
    "DutyTurn",
    "EntryCode",
    "GatePolicy",
    "Group",
    "GroupClosure",
    "JoinLink",
    "Membership",
    "Norms",
    "NormsAcceptance",
    "Place",
    "Restriction",
    "RoleAssignment",
    "Waiting",
    "Welcoming",
]
