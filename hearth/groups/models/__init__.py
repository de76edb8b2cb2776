"""Tables of groups, by noun."""

from hearth.groups.models.charter import Charter, Place
from hearth.groups.models.code import EntryCode
from hearth.groups.models.door import Application, GatePolicy, KeptUse
from hearth.groups.models.duty import Duty, DutyTurn
from hearth.groups.models.group import Group, GroupClosure, Norms, NormsAcceptance
from hearth.groups.models.kept_ban import KeptBan
from hearth.groups.models.membership import JoinLink, Membership, Restriction, RoleAssignment
from hearth.groups.models.onboarding import Welcoming
from hearth.groups.models.regrouping import LineMove, Move, Regrouping, RegroupingPart
from hearth.groups.models.value import AnsweredIn, Deed, PauseLift, ValueAnswer, ValueLine
from hearth.groups.models.waiting import Choice, Waiting

__all__ = [
    "AnsweredIn",
    "Application",
    "Charter",
    "Choice",
    "Deed",
    "Duty",
    "DutyTurn",
    "EntryCode",
    "GatePolicy",
    "Group",
    "GroupClosure",
    "JoinLink",
    "KeptBan",
    "KeptUse",
    "LineMove",
    "Membership",
    "Move",
    "Norms",
    "NormsAcceptance",
    "PauseLift",
    "Place",
    "Regrouping",
    "RegroupingPart",
    "Restriction",
    "RoleAssignment",
    "ValueAnswer",
    "ValueLine",
    "Waiting",
    "Welcoming",
]
