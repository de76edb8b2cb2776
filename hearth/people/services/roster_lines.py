"""Bringing the lines of a table in: in portions, each line once however often it is tried."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import IntegrityError, connection, transaction

from hearth.core import sql
from hearth.core.errors import Refusal
from hearth.core.permissions import Actor, demand
from hearth.kit.clock import now
from hearth.people.models import Contact, Member, Roster, RosterLine
from hearth.people.queries.rosters import addresses_here, leave_out, with_remark
from hearth.people.registry import IMPORT_MEMBERS, roster_places
from hearth.people.services.consents import put_tags
from hearth.people.services.joining import join_many
from hearth.people.services.rosters import Tick
from hearth.people.types import LineOutcome, MemberKind

PORTION = 100  # lines in one transaction: few enough for others to write in between
SOUND = (LineOutcome.NEW, LineOutcome.KNOWN)
_DONE = (
    'UPDATE people_rosterline SET outcome = %s, problem = %s, "values" = %s, tags = %s, member_id = %s, did = %s, '
    "done_at = %s "
    "WHERE id = %s AND done_at IS NULL"
)


def bring_lines_in(actor: Actor, roster_id: int, tick: Tick) -> dict[str, int]:
    """Make members of the sound lines; run again, it goes on where it was broken off. Counts what was done.

    Raises NotAllowed when whoever began it has lost the right meanwhile.
    """
    demand(actor, IMPORT_MEMBERS.key)
    roster = Roster.objects.get(pk=roster_id)
    sound = RosterLine.objects.filter(roster=roster, outcome__in=SOUND)
    total, left, last = sound.count(), sound.filter(done_at=None).count(), 0
    while lines := list(sound.filter(done_at=None, number__gt=last).order_by("number")[:PORTION]):
        bring_portion_in(actor, roster, lines)
        last, left = lines[-1].number, left - len(lines)
        tick(total - left, total)
    counted = Counter(what for did in _done(roster) for what, told in did.items() if told)
    return {what: counted[what] for what in ("made", "admitted", "outside")}


def _done(roster: Roster) -> Iterator[dict[str, Any]]:
    lines = RosterLine.objects.filter(roster=roster, done_at__isnull=False)
    return lines.values_list("did", flat=True).iterator(chunk_size=1000)


def bring_portion_in(actor: Actor, roster: Roster, lines: Sequence[RosterLine]) -> None:
    """These lines and the mark that they are done, or neither."""
    try:
        with transaction.atomic():
            done = make_members(actor, lines)
            if roster.group_id is not None:
                _let_in(actor, roster, done)
            mark_done(done)
    except IntegrityError:  # somebody else took one of these addresses at this moment
        for line in lines if len(lines) > 1 else ():
            bring_portion_in(actor, roster, [line])
        if len(lines) == 1:
            mark_done([Brought(lines[0], None, "came_since")])


@dataclass(slots=True)
class Brought:
    """A line, the member it became or means, and what is to be said of it."""

    line: RosterLine
    member: int | None
    problem: str
    did: dict[str, Any] = field(default_factory=dict)


def make_members(actor: Actor, lines: Sequence[RosterLine]) -> list[Brought]:
    """Members for the new ones, with address and tags; nothing says yet that these lines are done."""
    since, here = _came_since(lines), _still_here(lines)
    done, fresh = [], []
    for line in lines:
        one = Brought(line, line.member_id and here.get(line.member_id), line.problem)
        if line.outcome == LineOutcome.NEW and line.values.get("email") in since:
            one.problem = "came_since"
        elif line.outcome == LineOutcome.NEW:
            fresh.append(one)
        elif one.member is None:
            one.problem = "gone_since"
        done.append(one)
    contacts = []
    for one, member in zip(fresh, join_many(actor, [one.line.values for one in fresh]), strict=True):
        one.member, one.did["made"] = member.pk, True
        email, phone = (one.line.values.get(name, "") for name in ("email", "phone"))
        if email or phone:
            contacts.append(Contact(member=member, email=email, phone=phone))
    Contact.objects.bulk_create(contacts)
    _tag(actor, done)
    return done


def _tag(actor: Actor, done: Sequence[Brought]) -> None:
    """Two lines that mean one member by now: what an undo takes off stands at the first."""
    wanted: dict[int, list[str]] = {}
    patients: set[int] = set()
    for one in done:
        if one.member is not None:
            wanted.setdefault(one.member, []).extend(one.line.tags)
            if one.line.values.get("kind") == MemberKind.PATIENT:
                patients.add(one.member)
    put, seen = put_tags(actor, wanted, patients), set()
    for one in done:
        if one.member is not None:
            one.did["tags"] = [] if one.member in seen else put[one.member].fresh
            seen.add(one.member)
            _say_left_out(one, put[one.member].left_out)


def _say_left_out(one: Brought, left_out: Sequence[str]) -> None:
    """Of a consent that was taken back since the table was looked through, or a member who is a patient by now."""
    left, line = [tag for tag in one.line.tags if tag in left_out], one.line
    told = leave_out(line.values, line.tags, left, is_patient=line.values.get("kind") == MemberKind.PATIENT)
    one.problem = with_remark(one.problem, told)


def _came_since(lines: Sequence[RosterLine]) -> set[str]:
    """Addresses of new lines that belong to somebody by now."""
    told = {line.values["email"] for line in lines if line.outcome == LineOutcome.NEW and line.values.get("email")}
    return told & addresses_here(told)


def _still_here(lines: Sequence[RosterLine]) -> dict[int, int]:
    """Known members, and the ones into whom they were merged since."""
    rows = Member.objects.filter(pk__in=[line.member_id for line in lines if line.member_id])
    return {pk: into or pk for pk, into in rows.values_list("pk", "merged_into")}


def _let_in(actor: Actor, roster: Roster, done: Sequence[Brought]) -> None:
    """Into the group past the same door as everybody whom staff lets in; who cannot come in stays in the community."""
    coming = {one.member: one for one in done if one.member is not None}
    for places in roster_places:
        try:
            told = places.let_in(actor, roster.group_id or 0, coming.keys(), roster.why)
        except Refusal as refusal:
            told = dict.fromkeys(coming, refusal)
        for member, answer in told.items():
            one = coming[member]
            if isinstance(answer, Refusal):
                one.did["outside"], one.problem = True, with_remark(one.problem, str(answer.sentence))[:300]
            else:
                one.did["admitted"] = answer


def mark_done(done: Sequence[Brought]) -> None:
    """Write down that these lines were brought in and what an undo takes back."""
    at = sql.moment(now())
    rows = [
        (
            LineOutcome.KNOWN.value if one.problem == "came_since" else one.line.outcome, one.problem,
            orjson.dumps(one.line.values).decode(), orjson.dumps(one.line.tags).decode(), one.member,
            orjson.dumps(one.did).decode(), at, one.line.pk,
        )
        for one in done
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(_DONE, rows)
