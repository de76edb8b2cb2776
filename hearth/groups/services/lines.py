"""The waiting line of a merged group, carried into that of its home, and back.

In the home they stand by when they asked. Its door and its bans are asked as if they came there by themselves; places
are offered as to everybody in line, so nobody comes in beyond the capacity.
"""

from datetime import datetime

from django.db import transaction

from hearth.core.errors import Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor
from hearth.groups.facts import LineMoved
from hearth.groups.models import Group, LineMove, Membership, Regrouping, Waiting
from hearth.groups.queries.doors import judge_door, open_application
from hearth.groups.queries.lists import newest_norms
from hearth.groups.queries.regrouping import lines_to_carry, lines_to_put_back
from hearth.groups.queries.waiting import own_waiting
from hearth.groups.rules.gates import Answer
from hearth.groups.services.admission import check_own_entry, check_place
from hearth.groups.services.gates import demand_open
from hearth.groups.services.moving import told
from hearth.groups.services.waiting import end_wait, hold_groups, offer_seats, wait_for_place
from hearth.groups.types import JoinedBy, WaitingEnd
from hearth.kit.clock import now
from hearth.people.access import hold_members


def carry_lines(house: Actor, row: Regrouping, portion: int) -> int:
    """Carry the next ones over, those first who asked first, in the running transaction. How many are left then."""
    rows = list(lines_to_carry(row)[:portion])
    _hold(row, {stood.member_id for stood in rows})
    for pk in [stood.pk for stood in rows]:
        stood = _held(pk)
        if stood is not None:
            _carry(house, row, stood)
    return lines_to_carry(row).count()


def _hold(row: Regrouping, members: set[int]) -> None:
    """Those who wait, then the groups: whoever comes in by themselves holds them in this order."""
    hold_members(members)
    hold_groups(_groups(row))


def _groups(row: Regrouping) -> set[int]:
    return {row.group_id, *row.parts.exclude(group=None).values_list("group", flat=True)}


def _held(pk: int) -> Waiting | None:
    """An open wait, which nobody else ends before this transaction does; None where it has ended."""
    rows = Waiting.objects.select_for_update(of=("self",)).select_related("group", "member", "link")
    return rows.filter(pk=pk, ended_at=None).first()


def _carry(house: Actor, row: Regrouping, stood: Waiting) -> None:
    move = LineMove(regrouping=row, stood=stood)
    if Membership.objects.filter(group=row.group, member=stood.member, left_at=None).exists():
        end_wait(stood, WaitingEnd.ENTERED)
        move.save()
        return
    try:
        with transaction.atomic():
            move.place, move.since_before = _placed(house, row.group, stood)
    except Refusal as refusal:
        move.refused = told(refusal)
    move.save()
    end_wait(stood, WaitingEnd.MOVED if move.place else WaitingEnd.CLOSED)
    _tell(row, move)


def _placed(house: Actor, home: Group, stood: Waiting) -> tuple[Waiting, datetime | None]:
    """Their place in the home's line, and since when they had one. Raises what keeps them from waiting there."""
    member = stood.member
    check_place(home, member)
    mine = own_waiting(home.pk, member.pk)
    if mine is not None:
        before = mine.since
        Waiting.objects.filter(pk=mine.pk, since__gt=stood.since).update(since=stood.since)
        return mine, before
    check_own_entry(home, member, JoinedBy.OPEN_DOOR, None)
    judgement = judge_door(home, member.pk, open_application(home.pk, member.pk), None)
    if judgement.answer == Answer.REFUSED:
        verdict = judgement.with_answer(Answer.REFUSED)[0].verdict
        raise Refusal(verdict.sentence, **verdict.params)  # in the language of whoever reads it
    demand_open(judgement)
    return wait_for_place(
        house, home, member, how=stood.how, norms_version=_accepted(stood, home), since=stood.since
    ), None


def _accepted(stood: Waiting, home: Group) -> int | None:
    """The version of the home's norms that counts as accepted: the same text was, in the other line."""
    theirs, mine = newest_norms(stood.group_id), newest_norms(home.pk)
    same = theirs and mine and theirs.version == stood.norms_version and theirs.text == mine.text
    return mine.version if mine and same else None


def put_lines_back(house: Actor, row: Regrouping, portion: int) -> int:
    """Put the next ones back into the line where they stood, in the running transaction. How many are left then."""
    left = lines_to_put_back(row)
    rows = left.select_related("stood__group", "stood__member", "place")
    moves = list(rows[:portion])
    _hold(row, {move.stood.member_id for move in moves})
    for move in moves:
        try:
            with transaction.atomic():
                _put_back(move)
                _tell(row, move, undone=True)
        except Refusal as refusal:
            move.stayed = told(refusal)
        move.undone_at = now()
        move.save(update_fields=["undone_at", "stayed"])
    return left.count()


def _put_back(move: LineMove) -> None:
    """Raises what they did meanwhile that makes the place of no use to them."""
    stood = move.stood
    if move.place is not None and move.since_before is not None:
        Waiting.objects.filter(pk=move.place_id, ended_at=None).update(since=move.since_before)
    elif move.place is not None and not end_wait(move.place, WaitingEnd.MOVED):
        raise Refusal("This person has come in or given up their place in line meanwhile.")
    if Membership.objects.filter(group=stood.group, member=stood.member, left_at=None).exists():
        return
    again = own_waiting(stood.group_id, stood.member_id)
    if again is not None:  # they asked anew since the group is open again
        Waiting.objects.filter(pk=again.pk, since__gt=stood.since).update(since=stood.since)
        return
    Waiting.objects.filter(pk=stood.pk).update(ended_at=None, ended="", offered_at=None, offer_until=None)


def offer_again(row: Regrouping) -> None:
    """Offer what is free to those who stand in line now, in every group of a merge."""
    for group in sorted(_groups(row)):
        offer_seats(group)


def _tell(row: Regrouping, move: LineMove, *, undone: bool = False) -> None:
    fact = LineMoved(
        regrouping=row.pk,
        member=move.stood.member_id,
        from_group=move.stood.group_id,
        to_group=row.group_id,
        refused=move.refused.get("code", ""),
        undone=undone,
    )
    emit(fact, subject=f"group:{row.group_id}")
