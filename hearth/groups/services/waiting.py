"""Waiting for a place: in line, offered a free one for a while, or chosen among the best at a moment."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from hearth.core import audit
from hearth.core.community_settings import declare, value_of
from hearth.core.errors import Conflict, Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor, demand, house_actor
from hearth.groups.access import is_banned, roles_in
from hearth.groups.errors import ChoiceToCome
from hearth.groups.facts import (
    ChoiceCancelled,
    ChoiceDrawn,
    ChoiceSet,
    PlaceMissed,
    SeatOffered,
    SeatWithdrawn,
    WaitingBegun,
    WaitingEnded,
)
from hearth.groups.models import Choice, EntryCode, Group, JoinLink, Waiting
from hearth.groups.queries.doors import judge_door, open_application
from hearth.groups.queries.lists import is_closed, newest_norms
from hearth.groups.queries.waiting import (
    asked_before,
    choice_to_come,
    due_choices,
    facts_of,
    lapsed_offers,
    live_offers,
    offerable,
    orders_offered,
    waiting_line,
)
from hearth.groups.registry import ADMIT, MANAGE_GROUP
from hearth.groups.rules.gates import Answer
from hearth.groups.rules.queue import Candidate, in_line
from hearth.groups.services.admission import admit_member
from hearth.groups.types import WaitingEnd
from hearth.kit.clock import now
from hearth.people.queries import at_the_door

if TYPE_CHECKING:
    from hearth.people.models import Member

OFFER_HOURS = declare(
    "groups.offer_hours",
    "How long a free place is kept",
    help="When a place becomes free in a full group, it is offered to whoever is next in line for so many hours.",
    kind="int",
    default=48,
    minimum=1,
    maximum=720,
)


@transaction.atomic
def wait_for_place(
    actor: Actor,
    group: Group,
    member: "Member",
    *,
    how: str,
    link: JoinLink | None = None,
    norms_version: int | None = None,
    entry_code: EntryCode | None = None,
    since: datetime | None = None,
) -> Waiting:
    """Stand in line; whoever stands there already stays where they are. The caller has asked the door.

    ``since`` is when they asked first; who waited for a group that was merged into this one asked then.
    """
    since = min(filter(None, (since, asked_before(group.pk, member.pk))), default=now())
    values = {"how": how, "link": link, "norms_version": norms_version, "entry_code": entry_code, "since": since}
    try:
        with transaction.atomic():
            row, made = Waiting.objects.get_or_create(group=group, member=member, ended_at=None, defaults=values)
    except IntegrityError:  # the same person pressed twice and the other press was quicker
        return Waiting.objects.get(group=group, member=member, ended_at=None)
    if made:
        told = WaitingBegun(waiting=row.pk, group=group.pk, member=member.pk)
        emit(told, actor=actor, subject=f"group:{group.pk}")
    return row


@transaction.atomic
def leave_line(actor: Actor, waiting: Waiting) -> None:
    """Wait no more, or take somebody out of a line that one tends; a place that was kept goes to the next.

    Raises NotAllowed, Conflict when it ended.
    """
    own = waiting.member_id == actor.member_id
    if not own:
        demand(actor, ADMIT.key, roles_in(actor, waiting.group))
    hold_groups({waiting.group_id})
    if not _end(waiting, WaitingEnd.LEFT, actor):
        raise Conflict()
    if not own:
        audit.record(actor, "taken_out_of_line", f"member:{waiting.member_id}", after={"group": waiting.group_id})
    offer_seats(waiting.group_id)


def hold_groups(group_ids: Iterable[int]) -> None:
    """Hold groups before who waits in them, in one order everywhere: else two would wait for one another."""
    list(Group.objects.select_for_update().filter(pk__in=set(group_ids)).order_by("pk").values_list("pk"))


def end_wait(waiting: Waiting, how: WaitingEnd) -> bool:
    """End a wait; False where it has ended already. Whoever calls tells of it."""
    mine = Waiting.objects.filter(pk=waiting.pk, ended_at=None)
    return bool(mine.update(ended_at=now(), ended=how, offer_until=None))


def _end(waiting: Waiting, how: WaitingEnd, actor: Actor | None) -> bool:
    if not end_wait(waiting, how):
        return False
    told = WaitingEnded(waiting=waiting.pk, group=waiting.group_id, member=waiting.member_id, ended=str(how))
    emit(told, actor=actor, subject=f"group:{waiting.group_id}")
    return True


@transaction.atomic
def offer_seats(group_id: int) -> int:
    """Offer every free place that nobody has been offered to the next in line. Returns how many offers were made.

    Where fewer places are free than were offered, the last of the offers are taken back.
    """
    held = Group.objects.select_for_update().filter(pk=group_id).first()  # one giver at a time
    if held is None or is_closed(held.pk):
        return 0
    moment = now()
    free = None if held.capacity is None else held.capacity - held.member_count - live_offers(held.pk, moment)
    if free is not None and free < 0:
        _withdraw(held.pk, -free, moment)
    if choice_to_come(held.pk) is not None:
        return 0
    line = offerable(held.pk).filter(offer_until=None)
    until = moment + timedelta(hours=value_of(OFFER_HOURS))
    offered = 0
    for row in line if free is None else line[: max(free, 0)]:
        Waiting.objects.filter(pk=row.pk).update(offered_at=moment, offer_until=until)
        told = SeatOffered(waiting=row.pk, group=held.pk, member=row.member_id, until=until.isoformat())
        emit(told, subject=f"group:{held.pk}")
        offered += 1
    return offered


def _withdraw(group_id: int, many: int, moment: datetime) -> None:
    """Take back the offers made last; they stand in line where they stood, before whoever was offered nothing."""
    for row in _kept(group_id, moment).reverse()[:many]:
        Waiting.objects.filter(pk=row.pk).update(offered_at=None, offer_until=None)
        told = SeatWithdrawn(waiting=row.pk, group=group_id, member=row.member_id)
        emit(told, subject=f"group:{group_id}")


def _kept(group_id: int, moment: datetime) -> QuerySet[Waiting]:
    return waiting_line(group_id).filter(offer_until__gt=moment)


def lapse_offers() -> int:
    """End the offers whose time is over and offer those places to the next. Returns how many ended.

    Where the place was given away meanwhile (the team let somebody in), whoever it was kept for stays in line.
    """
    ended = 0
    for row in lapsed_offers(now()):
        with transaction.atomic():
            group = row.group
            hold_groups({group.pk})
            if group.capacity is not None and group.member_count >= group.capacity:
                Waiting.objects.filter(pk=row.pk, ended_at=None).update(offered_at=None, offer_until=None)
            elif _end(row, WaitingEnd.LAPSED, None):
                ended += 1
                offer_seats(row.group_id)
    return ended


@transaction.atomic
def set_choice(
    actor: Actor,
    group: Group,
    *,
    seats: int,
    opens_at: datetime,
    tiers: Iterable[Iterable[str]] = (),
    then: str = "first_come",
    why: str = "",
) -> Choice:
    """Say that at a moment the best of those who wait are let in, and in which order. Until then nobody comes in by
    themselves.

    ``tiers``: lists of tags, the best first; within a tier ``then`` decides. Raises NotAllowed, ChoiceToCome, Refusal.
    """
    demand(actor, MANAGE_GROUP.key, roles_in(actor, group))
    if not 1 <= seats <= 100_000:
        raise Refusal("Give a number from %(low)s to %(high)s.", field="seats", low=1, high=100_000)
    if opens_at <= now():
        raise Refusal("Choose a moment that lies ahead.", field="opens_at")
    if not orders_offered().get(then):
        raise Refusal("Choose one of the values offered.", field="then")
    named = [kept for tier in tiers if (kept := [tag.strip() for tag in tier if tag.strip()])]
    if len(named) > 20 or any(len(tag) > 60 for tier in named for tag in tier):
        raise Refusal("At most 20 tiers, with tags of at most 60 characters.", field="tiers")
    try:
        with transaction.atomic():
            row = Choice.objects.create(
                group=group, seats=seats, opens_at=opens_at, tiers=named, then=then, by=actor.ref, why=why.strip()[:300]
            )
    except IntegrityError:
        raise ChoiceToCome() from None
    told = ChoiceSet(choice=row.pk, group=group.pk, seats=seats, opens_at=opens_at.isoformat())
    emit(told, actor=actor, subject=f"group:{group.pk}")
    ordered = {"tiers": [", ".join(tier) for tier in named], "then": then}
    after = {"seats": seats, "opens_at": opens_at.isoformat(), **ordered}
    audit.record(actor, "choice_set", f"group:{group.pk}", after=after, why=why)
    return row


@transaction.atomic
def cancel_choice(actor: Actor, group: Group, *, why: str = "") -> None:
    """Call the choice off; who waits stands in line as they came. Raises NotAllowed, Conflict when there is none."""
    demand(actor, MANAGE_GROUP.key, roles_in(actor, group))
    row = choice_to_come(group.pk)
    if row is None or not Choice.objects.filter(pk=row.pk, drawn_at=None, cancelled_at=None).update(cancelled_at=now()):
        raise Conflict()
    emit(ChoiceCancelled(choice=row.pk, group=group.pk), actor=actor, subject=f"group:{group.pk}")
    audit.record(actor, "choice_cancelled", f"group:{group.pk}", before={"choice": row.pk}, why=why)
    offer_seats(group.pk)


def draw_due() -> int:
    """Draw every choice whose moment has come. Returns how many."""
    return sum(draw(choice) for choice in due_choices(now()))


@transaction.atomic
def draw(choice: Choice) -> bool:
    """Let the best in, as many as there are places, and tell the others where they stand. False when it was drawn.

    Whoever the door or a ban keeps out by now is passed over and stays in line behind. Places that were offered before
    stay kept, and what is free beyond the choice is offered down the line.
    """
    if not Choice.objects.filter(pk=choice.pk, drawn_at=None, cancelled_at=None).update(drawn_at=now()):
        return False
    group = Group.objects.select_for_update().get(pk=choice.group_id)
    kept = set(_kept(group.pk, now()).values_list("pk", flat=True))
    rows = {row.pk: row for row in offerable(group.pk) if row.pk not in kept}
    free = (
        choice.seats if group.capacity is None else min(choice.seats, group.capacity - group.member_count - len(kept))
    )
    entered, missed = 0, []
    for placed in in_line(_candidates(list(rows.values())), choice.tiers, choice.then):
        row = rows[placed.row]
        if entered < free and _let_in(group, row):
            entered += 1
        else:
            missed.append((row, placed.tier))
    Waiting.objects.filter(pk__in=kept).update(place=0)  # before whoever was offered nothing, should they lose it
    for place, (row, tier) in enumerate(missed, 1):
        Waiting.objects.filter(pk=row.pk).update(place=place, tier=tier, choice=choice, offer_until=None)
        told = PlaceMissed(waiting=row.pk, group=group.pk, member=row.member_id, place=place, tier=tier)
        emit(told, subject=f"group:{group.pk}")
    Choice.objects.filter(pk=choice.pk).update(entered=entered)
    emit(
        ChoiceDrawn(choice=choice.pk, group=group.pk, entered=entered, waiting=len(missed)), subject=f"group:{group.pk}"
    )
    offer_seats(group.pk)
    return True


def _candidates(rows: list[Waiting]) -> list[Candidate]:
    tags = {seen.pk: seen.tags for seen in at_the_door([row.member_id for row in rows])}
    told = facts_of(rows)
    return [
        Candidate(
            row.pk,
            row.since,
            tags.get(row.member_id, frozenset()),
            row.member.joined_at,
            told[row.member_id]["level"],
            told[row.member_id]["active"],
        )
        for row in rows
    ]


def _let_in(group: Group, row: Waiting) -> bool:
    judgement = judge_door(group, row.member_id, open_application(group.pk, row.member_id), row.link)
    if judgement.answer != Answer.PASSED or is_banned(row.member_id, group):
        return False
    norms = newest_norms(group.pk)
    version = row.norms_version if norms and norms.version == row.norms_version else None
    inviter = row.link.created_by if row.link else None
    try:
        with transaction.atomic():
            admit_member(
                house_actor(group.community_id),
                group,
                row.member,
                how=row.how,
                invited_by=inviter,
                link=row.link,
                norms_version=version,
                entry_code=row.entry_code,
            )
    except Refusal:
        return False
    return True
