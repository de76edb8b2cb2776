"""What the tables of groups hold of somebody, and what an erasure makes of it."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from hearth.core.permissions import GroupRole, StaffRole
from hearth.core.routing import link
from hearth.core.texts import best
from hearth.groups import models
from hearth.groups.access import is_shut
from hearth.groups.models import Group, GroupClosure, JoinLink, Membership, RoleAssignment
from hearth.groups.queries import staff_ids
from hearth.groups.services.admission import end_membership
from hearth.groups.services.kept_bans import keep_bans, renew_bans
from hearth.groups.types import LeftBy
from hearth.kit.clock import now
from hearth.people.queries import users_of
from hearth.people.registry import (
    after_joining,
    before_erasure,
    blank,
    erasure_obstacles,
    forget_rows,
    holding,
    holds_nobody,
    leave_rows,
    of_member,
)
from hearth.people.types import Obstacle, Subject

BANS = _(
    "A ban stays in force: a mark of your address is kept, from which nobody can read the address, so that the ban "
    "finds you should you come back."
)
PAST = _("When you came into a group and left it stays as numbers, so that the groups' history adds up.")
SET_UP = _("What you set up for a group stays with the group.")


def _leave_groups(rows: QuerySet[Any], _subject: Subject) -> None:
    """Seats become free at once."""
    for row in list(rows.filter(left_at=None).select_related("group")):
        with transaction.atomic():
            end_membership(None, row.group, row.member_id, LeftBy.ERASED)
    rows.update(left_why="")


def _end_roles(rows: QuerySet[Any], _subject: Subject) -> None:
    rows.filter(until=None).update(until=now(), ended_by="house")
    rows.update(why="", ended_why="")


def _unwrite_invitations(rows: QuerySet[Any], subject: Subject) -> None:
    to_them = rows.filter(email__in=subject.emails)
    to_them.filter(revoked_at=None).update(revoked_at=now())
    to_them.update(email="")


def _no_buddy(rows: QuerySet[Any], subject: Subject) -> None:
    rows.filter(buddy__in=subject.members).update(buddy=None)


def _links(subject: Subject) -> Q:
    return Q(created_by__in=subject.members) | Q(email__in=subject.emails)


def _welcomings(subject: Subject) -> Q:
    return Q(membership__member__in=subject.members) | Q(buddy__in=subject.members)


holding(Membership, _("Groups you were in"), of_member("member"), _leave_groups, why=PAST,
        tells=("group_id", "joined_at", "joined_by", "left_at", "left_by", "left_why"))  # fmt: skip
holding(RoleAssignment, _("Roles"), of_member("member"), _end_roles, tells=("group_id", "role", "since", "until"),
        keeps=("given_by", "ended_by"))  # fmt: skip
holding(models.Restriction, _("Restrictions"), of_member("member"), blank(why=""), why=BANS, keeps=("by", "lifted_by"),
        tells=("group_id", "kind", "why", "since", "until", "lifted_at"))  # fmt: skip
holding(JoinLink, _("Links and invitations"), _links, _unwrite_invitations, keeps=("code", "welcome"), why=SET_UP,
        tells=("group_id", "created_at", "email"))  # fmt: skip
holding(models.Application, _("Requests to come in"), of_member("member"), forget_rows,
        tells=("group_id", "asked_at", "answers", "decided_at", "why"))  # fmt: skip
holding(models.KeptUse, _("Ways in that are kept for you"), of_member("member"), forget_rows, tells=("group_id", "at"))
holding(models.Waiting, _("Places in line"), of_member("member"), forget_rows, tells=("group_id", "since", "ended_at"))
holding(models.NormsAcceptance, _("Norms you accepted"), of_member("member"), forget_rows, tells=("norms_id", "at"))
holding(models.DutyTurn, _("Duties"), of_member("member"), forget_rows, tells=("weekday", "since", "until"))
holding(models.Welcoming, _("Greetings"), _welcomings, _no_buddy, tells=("at", "greeted_at"), keeps=("greeted_by",))
holding(models.Deed, _("What you did for a group's promise"), of_member("member"), leave_rows, tells=("group_id", "at"),
        keeps=("by", "undone_by"))  # fmt: skip
holding(models.EntryCode, _("Entry codes you made"), of_member("created_by"), leave_rows, tells=("title", "created_at"),
        keeps=("code", "title", "rules", "welcome"), why=SET_UP)  # fmt: skip
holding(models.Move, _("Moves from group to group"), of_member("member"),
        blank(refused={}, stayed={}, had=[], given=[]), why=PAST,
        tells=("source_id", "part", "done_at", "undone_at"))  # fmt: skip
holding(models.LineMove, _("Places in line that went to another group"), of_member("stood__member"), forget_rows,
        tells=("regrouping_id", "since_before", "undone_at"))  # fmt: skip
holding(models.RegroupingPart, _("Groups you were to answer for"), of_member("owner"), blank(owner=None), why=SET_UP,
        keeps=("name", "codes"), tells=("name",))  # fmt: skip

for _table, _why in {
    models.Charter: "words of the community",
    models.Place: "places of the community",
    Group: "words of a group; who opened it stays as a number",
    GroupClosure: "words about a group",
    models.Norms: "words of a group",
    models.GatePolicy: "words of a group",
    models.Duty: "words of the community",
    models.Choice: "words about a group",
    models.PauseLift: "words about a group",
    models.Regrouping: "words about a group; who turned to whom as numbers",
    models.ValueAnswer: "words of the community",
    models.AnsweredIn: "which groups answer a need",
    models.ValueLine: "numbers of a group",
    models.KeptBan: "marks of addresses, kept so that a ban outlives an erasure",
}.items():
    holds_nobody.register(_table._meta.label, _why)


def _to_hand_over(subject: Subject) -> list[Obstacle]:
    """Groups whose owner of record somebody is, and the last administrator's chair."""
    held = RoleAssignment.objects.filter(member__in=subject.members, until=None)
    owned = held.filter(role=GroupRole.OWNER).exclude(is_shut("group")).select_related("group")
    found = [
        Obstacle(_("Hand %(group)s over to somebody else.") % {"group": best(row.group.name)}, _card(row.group_id))
        for row in owned.order_by("pk")
        if row.group
    ]
    admins = set(staff_ids(StaffRole.ADMIN))
    if admins & set(subject.members) and not users_of(admins - set(subject.members)):
        found.append(Obstacle(_("You are the last administrator. Make somebody else one.")))
    return found


def _card(group_id: int | None) -> str:
    return link("groups:settings", group_id)


erasure_obstacles.append(_to_hand_over)
before_erasure.append(keep_bans)
after_joining.append(renew_bans)
