"""Taking a table of people back: in portions, each line once however often it is tried."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import ProtectedError

from hearth.core import audit, sql
from hearth.core.errors import Refusal
from hearth.core.permissions import Actor, demand
from hearth.kit.clock import now
from hearth.people.models import Member, MemberTag, Person, Roster, RosterLine, Verification
from hearth.people.registry import IMPORT_MEMBERS, before_merge, roster_places
from hearth.people.services.roster_lines import PORTION
from hearth.people.services.rosters import Tick

_UNDONE = "UPDATE people_rosterline SET did = %s, undone_at = %s, member_id = %s WHERE id = %s"


def take_lines_back(actor: Actor, roster_id: int, tick: Tick) -> dict[str, int]:
    """Take back what a table did. Who has acted since is kept, and the line says so. Raises NotAllowed."""
    demand(actor, IMPORT_MEMBERS.key)
    roster = Roster.objects.get(pk=roster_id)
    left = RosterLine.objects.filter(roster=roster, done_at__isnull=False, undone_at=None).order_by("number")
    total = left.count()
    done = gone = last = 0
    while lines := list(left.filter(number__gt=last)[:PORTION]):
        gone += take_portion_back(actor, roster, lines)
        last, done = lines[-1].number, done + len(lines)
        tick(done, max(total, done))
    Roster.objects.filter(pk=roster.pk, undone_at=None).update(undone_at=now())
    return {"gone": gone}


@transaction.atomic
def take_portion_back(actor: Actor, roster: Roster, lines: Sequence[RosterLine]) -> int:
    """What these lines did, and the mark that it was taken back, or neither; how many members went."""
    rows = Member.objects.select_for_update(of=("self",)).select_related("person").order_by("pk")
    here = {row.pk: row for row in rows.filter(pk__in=[line.member_id for line in lines if line.member_id])}
    told_of = [(line.member_id, line) for line in lines if line.member_id is not None and line.member_id in here]
    made = {pk: line for pk, line in told_of if line.did.get("made")}
    acted = _acted([here[pk] for pk in made])
    for pk in acted:
        made[pk].did["kept"] = True
    touched = [(pk, line) for pk, line in told_of if pk not in acted]
    admitted = [pk for pk, line in touched if line.did.get("admitted")]
    for places in roster_places if admitted else ():
        places.take_out(actor, roster.group_id or 0, admitted)
    for pk, line in touched:
        if line.did.get("tags") and not line.did.get("made"):
            MemberTag.objects.filter(member=pk, tag__in=line.did["tags"]).delete()
    gone = delete_members({pk: here[pk] for pk in made if pk not in acted})
    for pk in made.keys() - acted - gone:
        made[pk].did["kept"] = True
    _record(actor, roster, lines, gone)
    return len(gone)


def _record(actor: Actor, roster: Roster, lines: Sequence[RosterLine], gone: set[int]) -> None:
    subject, nothing = f"roster:{roster.pk}", dict[str, Any]()
    told = [(subject, nothing, {"line": line.number}) for line in lines if line.member_id in gone]
    audit.record_many(actor, "member_taken_back", told)
    at = sql.moment(now())
    with connection.cursor() as cursor:
        for line in lines:
            member = None if line.member_id in gone else line.member_id
            cursor.execute(_UNDONE, [orjson.dumps(line.did).decode(), at, member, line.pk])


def delete_members(members: Mapping[int, Member]) -> set[int]:
    """Delete members with their persons, together, or one by one where something holds one of them; those who went."""
    if not members:
        return set()
    try:
        with transaction.atomic():
            Member.objects.filter(pk__in=members).delete()
            Person.objects.filter(pk__in=[member.person_id for member in members.values()]).delete()
    except ProtectedError:
        if len(members) == 1:
            return set()
        return {gone for pk, member in members.items() for gone in delete_members({pk: member})}
    return set(members)


def _acted(members: Collection[Member]) -> set[int]:
    """Those as whom somebody signed in, who were merged, or were given something that an undo would take away."""
    ids = [member.pk for member in members]
    return {
        *(one.pk for one in members if one.person.user_id or one.merged_into_id or one.last_seen_on),
        *Member.objects.filter(merged_into__in=ids).values_list("merged_into", flat=True),
        *Verification.objects.filter(member__in=ids).values_list("member", flat=True),
        *(member.pk for member in members if _is_held(member)),
    }


def _is_held(member: Member) -> bool:
    try:
        for objects in before_merge:
            objects(member, member)
    except Refusal:
        return True
    return False
