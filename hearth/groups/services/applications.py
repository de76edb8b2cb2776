"""Knocking at a door, and deciding who may come in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from hearth.core import audit
from hearth.core.errors import Conflict, NotAllowed, Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, demand, may
from hearth.groups.access import roles_in
from hearth.groups.errors import AskedLately, GroupFull
from hearth.groups.facts import (
    ApplicationDecided,
    ApplicationMade,
    ApplicationReopened,
    ApplicationWithdrawn,
    GateTried,
)
from hearth.groups.models import Application, EntryCode, Group, JoinLink, Membership, Waiting
from hearth.groups.queries.doors import judge_door, last_application, open_application, step_of
from hearth.groups.queries.lists import newest_norms
from hearth.groups.queries.waiting import must_wait, own_waiting
from hearth.groups.registry import ADMIT, gate_kinds
from hearth.groups.rules.gates import Answer, Judgement, given_to, tries_kept
from hearth.groups.services.admission import (
    admit_member,
    check_own_entry,
    check_place,
    end_membership,
    norms_to_accept,
)
from hearth.groups.services.links import (
    actor_for,
    check_addressee,
    known_member,
    look_at_link,
    redeem_link,
    way_of,
)
from hearth.groups.services.waiting import end_wait, offer_seats, wait_for_place
from hearth.groups.types import ApplicationEnd, LeftBy, WaitingEnd
from hearth.kit.clock import now
from hearth.people.access import hold_member

if TYPE_CHECKING:
    from hearth.people.models import Member

AGAIN_AFTER = timedelta(days=7)  # so that a decision is not asked for day after day
UNDONE_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Knock:
    """What became of a knock: one is in, stands in line for a place, or the door says why not yet."""

    membership: Membership | None = None
    application: Application | None = None
    judgement: Judgement | None = None
    waiting: Waiting | None = None


@transaction.atomic
def knock(
    actor: Actor,
    group: Group,
    *,
    how: str,
    given: Mapping[str, Any] | None = None,
    norms_version: int | None = None,
    link: JoinLink | None = None,
    why: str = "",
    entry_code: EntryCode | None = None,
    enter: Callable[[], Membership] | None = None,
) -> Knock:
    """Come to a group's door by oneself with what it asks; come in where it opens, else what was given is kept.

    ``given``: condition key → what the page took. ``enter`` admits on a way of its own (a link counts its uses).
    Raises what ``admit_member`` raises, except what the door says, and AskedLately.
    """
    member = hold_member(actor.member_id or 0)
    present = Membership.objects.filter(group=group, member=member, left_at=None).first()
    if present is not None:
        return Knock(present)
    group = Group.objects.get(pk=group.pk)
    let_in = enter or _admitting(
        actor, group, member, how=how, norms_version=norms_version, link=link, why=why, entry_code=entry_code
    )
    step = step_of(group)
    if may(actor, ADMIT.key, roles_in(actor, group)):
        return Knock(let_in())
    check_place(group, member)
    check_own_entry(group, member, how, link, entry_code)
    norms_to_accept(group, norms_version, required=True)
    stand = _Line(actor, group, member, how, link, norms_version, entry_code)
    if step is None or not step.asks.items:
        return _seated(let_in, stand)
    row = _asked(group, member, how, link)
    row.answers = given_to(step, dict(gate_kinds.items()), given or {}, row.answers, now())
    row.norms_version = norms_version
    row.link = link or row.link
    row.entry_code = None if row.link else entry_code or row.entry_code  # one way: a link may carry an invitation
    judgement = judge_door(group, member.pk, row, link)
    row.save()
    tried = GateTried(group=group.pk, member=member.pk, step=step.start, answer=judgement.answer.value)
    emit(tried, actor=actor, subject=f"group:{group.pk}")
    if judgement.answer == Answer.PASSED:
        return _seated(let_in, stand, row, judgement)
    if judgement.answer == Answer.WAITS and row.waits_since is None:
        row.waits_since = now()
        row.save(update_fields=["waits_since"])
        made = ApplicationMade(application=row.pk, group=group.pk, member=member.pk)
        emit(made, actor=actor, subject=f"group:{group.pk}")
    return Knock(None, row, judgement)


@dataclass(frozen=True, slots=True)
class _Line:
    """Who would stand in line, and what they would come in with."""

    actor: Actor
    group: Group
    member: "Member"
    how: str
    link: JoinLink | None
    norms_version: int | None
    entry_code: EntryCode | None
    since: datetime | None = None

    def up(self) -> Waiting:
        """Stand there; what is free by now is offered down the line."""
        row = wait_for_place(
            self.actor,
            self.group,
            self.member,
            how=self.how,
            link=self.link,
            norms_version=self.norms_version,
            entry_code=self.entry_code,
            since=self.since,
        )
        offer_seats(self.group.pk)
        return Waiting.objects.get(pk=row.pk)


def _seated(
    let_in: Callable[[], Membership],
    line: _Line,
    application: Application | None = None,
    judgement: Judgement | None = None,
) -> Knock:
    """In, or in line where others come first or no place is free."""
    hold_member(line.member.pk)
    held = Group.objects.select_for_update().get(pk=line.group.pk)  # who comes at the same moment looks afterwards
    if not must_wait(held, line.member.pk):
        try:
            with transaction.atomic():
                return Knock(let_in(), application, judgement)
        except GroupFull:
            pass
    return Knock(None, application, judgement, line.up())


def _admitting(actor: Actor, group: Group, member: "Member", **rest: Any) -> Callable[[], Membership]:
    return lambda: admit_member(actor, group, member, **rest)


def _asked(group: Group, member: "Member", how: str, link: JoinLink | None) -> Application:
    """The open application, or a new one. Raises AskedLately."""
    row = open_application(group.pk, member.pk)
    if row is not None:
        return row
    last = last_application(group.pk, member.pk)
    if last is not None and last.ended == ApplicationEnd.REFUSED and last.closed_at:
        again = last.closed_at + AGAIN_AFTER
        if now() < again:
            raise AskedLately(on=f"{last.closed_at:%Y-%m-%d}", again=f"{again:%Y-%m-%d}")
    return Application(group=group, member=member, how=how, link=link, answers=tries_kept(last.answers if last else {}))


@transaction.atomic
def decide_application(actor: Actor, application: Application, *, approve: bool, why: str = "") -> Knock:
    """Let somebody in who waits, or decline with a reason that they read.

    Nobody decides on themselves. What the team alone decides, keepers cannot. Raises NotAllowed, Refusal without a
    reason, Conflict when it was decided or taken back meanwhile, and what ``admit_member`` raises. Where no place is
    free they stand in line from when they asked: what became of it is told.
    """
    row = (
        Application.objects.select_for_update(of=("self",))
        .select_related("group", "member", "link", "entry_code")
        .get(pk=application.pk)
    )
    demand(actor, ADMIT.key, roles_in(actor, row.group))
    if row.member_id == actor.member_id:
        raise NotAllowed("Nobody decides on their own request.")
    if row.closed_at or row.decided_at or row.waits_since is None:
        raise Conflict()
    if not approve and not why.strip():
        raise Refusal("Say why; the member reads it.", field="why")
    row.decided_at, row.decided_by, row.why = now(), actor.ref, why.strip()[:300]
    row.approved_by = ("staff" if may(actor, ADMIT.key) else "keeper") if approve else ""
    if row.approved_by == "keeper" and _needs_staff(row):
        raise NotAllowed("The team alone decides on this request.")
    if not approve:
        row.closed_at, row.ended = now(), ApplicationEnd.REFUSED
    row.save()
    told = ApplicationDecided(application=row.pk, group=row.group_id, member=row.member_id, approved=approve)
    emit(told, actor=actor, subject=f"group:{row.group_id}")
    after = {"group": row.group_id, "approved": approve}
    audit.record(actor, "application_decided", f"member:{row.member_id}", after=after, why=why)
    return _let_in(actor, row, why) if approve else Knock(application=row)


def _needs_staff(row: Application) -> bool:
    return judge_door(row.group, row.member_id, row, None).answer == Answer.WAITS


def _let_in(actor: Actor, row: Application, why: str) -> Knock:
    """Into the group, with the norms that were accepted, if they are still in force; newer ones are shown inside."""
    norms = newest_norms(row.group_id)
    version = row.norms_version if norms and norms.version == row.norms_version else None
    inviter = row.link.created_by if row.link else None
    way: dict[str, Any] = {"how": row.how, "link": row.link, "entry_code": row.entry_code}
    line = _Line(actor, row.group, row.member, norms_version=row.norms_version, since=row.waits_since, **way)
    enter = _admitting(actor, row.group, row.member, invited_by=inviter, norms_version=version, why=why, **way)
    return _seated(enter, line, row)


@transaction.atomic
def take_back_decision(actor: Actor, application: Application) -> None:
    """Within an hour whoever decided takes it back: the member waits again, out of the group if they were let in.

    Raises NotAllowed, Conflict when it is too late or undone already.
    """
    row = Application.objects.select_for_update(of=("self",)).select_related("group").get(pk=application.pk)
    demand(actor, ADMIT.key, roles_in(actor, row.group))
    late = row.decided_at is None or row.decided_at < now() - UNDONE_WITHIN
    if late or row.decided_by != actor.ref or open_application(row.group_id, row.member_id) not in {None, row}:
        raise Conflict()
    if row.approved_by and not end_membership(actor, row.group, row.member_id, LeftBy.REMOVED, why=""):
        waiting = own_waiting(row.group_id, row.member_id)
        if waiting is None:
            raise Conflict()
        end_wait(waiting, WaitingEnd.LEFT)
        offer_seats(row.group_id)
    row.decided_at, row.decided_by, row.approved_by, row.why = None, "", "", ""
    row.closed_at, row.ended = None, ""
    row.save()
    told = ApplicationReopened(application=row.pk, group=row.group_id, member=row.member_id)
    emit(told, actor=actor, subject=f"group:{row.group_id}")
    audit.record(actor, "application_reopened", f"member:{row.member_id}", after={"group": row.group_id})


@transaction.atomic
def withdraw_application(actor: Actor, application: Application) -> None:
    """Take one's own request back. Raises NotAllowed for another's, Conflict when it is closed already."""
    if application.member_id != actor.member_id:
        raise NotAllowed()
    mine = Application.objects.filter(pk=application.pk, closed_at=None)
    if not mine.update(closed_at=now(), ended=ApplicationEnd.WITHDRAWN):
        raise Conflict()
    told = ApplicationWithdrawn(application=application.pk, group=application.group_id, member=application.member_id)
    emit(told, actor=actor, subject=f"group:{application.group_id}")


@transaction.atomic
def knock_by_link(
    actor_or_user: Any,
    code: str,
    *,
    given: Mapping[str, Any] | None = None,
    norms_version: int | None = None,
    display_name: str = "",
    by_qr: bool = False,
    why: str = "",
) -> Knock:
    """Come to the door by a link; a user without a place in the community gets one first.

    Raises NotFound, LinkSpent, NotForYou and what ``knock`` raises.
    """
    link, _norms = look_at_link(code, known_member(actor_or_user))
    actor = actor_for(actor_or_user, link.community_id, display_name)
    check_addressee(link, actor.user_id)
    return knock(
        actor,
        link.group,
        how=way_of(link, by_qr=by_qr),
        given=given,
        norms_version=norms_version,
        link=link,
        enter=lambda: redeem_link(actor, code, norms_version, by_qr=by_qr, why=why),
    )
