"""Bringing the lines of a table in, and taking them back: in portions, each line once however often it is tried."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from hearth.core import audit
from hearth.core.errors import Refusal
from hearth.core.models import Community
from hearth.core.permissions import Actor, demand
from hearth.kit.clock import now
from hearth.people.models import Contact, Member, MemberTag, Person, Roster, RosterLine, Verification
from hearth.people.registry import IMPORT_MEMBERS, before_merge, roster_places
from hearth.people.services.consents import put_tag
from hearth.people.services.joining import join_community
from hearth.people.services.rosters import Tick
from hearth.people.types import LineOutcome

PORTION = 20  # lines in one transaction: few enough for others to write in between
PROFILE = ("real_name", "hospital", "department", "title", "city")
SOUND = (LineOutcome.NEW, LineOutcome.KNOWN)


def bring_lines_in(actor: Actor, roster_id: int, tick: Tick) -> dict[str, int]:
    """Make members of the sound lines; run again, it goes on where it was broken off. Counts what was done.

    Raises NotAllowed when whoever began it has lost the right meanwhile.
    """
    demand(actor, IMPORT_MEMBERS.key)
    roster = Roster.objects.get(pk=roster_id)
    community = Community.objects.get(pk=roster.community_id)
    waiting = RosterLine.objects.filter(roster=roster, outcome__in=SOUND, done_at=None).order_by("number")
    total = RosterLine.objects.filter(roster=roster, outcome__in=SOUND).count()
    while portion := list(waiting[:PORTION]):
        with transaction.atomic():
            for line in portion:
                _bring_in(actor, roster, community, line)
        tick(total - waiting.count(), total)
    lines = RosterLine.objects.filter(roster=roster, done_at__isnull=False).values_list("did", flat=True)
    return {what: sum(bool(did.get(what)) for did in lines) for what in ("made", "admitted", "outside")}


def _bring_in(actor: Actor, roster: Roster, community: Community, line: RosterLine) -> None:
    did: dict[str, Any] = {}
    try:
        with transaction.atomic():
            member = _member_of(community, line, did)
    except (Refusal, IntegrityError):  # somebody came in by another way since the look-through
        line.outcome, line.problem = LineOutcome.KNOWN, "came_since"
        line.did, line.done_at = {}, now()
        line.save(update_fields=["outcome", "problem", "did", "done_at"])
        return
    line.member = member
    did["tags"] = [tag for tag in line.tags if put_tag(actor, member, tag)]
    if roster.group_id is not None:
        _let_in(actor, roster, line, member, did)
    line.did, line.done_at = did, now()
    line.save(update_fields=["member", "did", "done_at", "problem"])


def _member_of(community: Community, line: RosterLine, did: dict[str, Any]) -> Member:
    if line.member_id is not None:
        return Member.objects.get(pk=line.member_id, merged_into=None)
    told = line.values
    person = Person.objects.create(real_name=told.get("real_name", ""))
    about = {name: told.get(name, "") for name in PROFILE}
    member = join_community(person, community, kind=told["kind"], display_name=told["display_name"], **about)
    if told.get("email") or told.get("phone"):
        Contact.objects.create(member=member, email=told.get("email", ""), phone=told.get("phone", ""))
    did["made"] = True
    return member


def _let_in(actor: Actor, roster: Roster, line: RosterLine, member: Member, did: dict[str, Any]) -> None:
    """Into the group past the same door as everybody whom staff lets in; who cannot come in stays in the community."""
    for places in roster_places:
        try:
            with transaction.atomic():
                did["admitted"] = places.let_in(actor, roster.group_id or 0, member, roster.why)
        except Refusal as refusal:
            did["outside"] = True
            line.problem = str(refusal.sentence)[:300]


def take_lines_back(actor: Actor, roster_id: int, tick: Tick) -> dict[str, int]:
    """Take back what a table did. Who has acted since is kept, and the line says so. Raises NotAllowed."""
    demand(actor, IMPORT_MEMBERS.key)
    roster = Roster.objects.get(pk=roster_id)
    left = RosterLine.objects.filter(roster=roster, done_at__isnull=False, undone_at=None).order_by("number")
    total = left.count()
    done = gone = 0
    while portion := list(left.select_related("member__person")[:PORTION]):
        with transaction.atomic():
            for line in portion:
                gone += _take_back(actor, roster, line)
        done += len(portion)
        tick(done, max(total, done))
    Roster.objects.filter(pk=roster.pk, undone_at=None).update(undone_at=now())
    return {"gone": gone}


def _take_back(actor: Actor, roster: Roster, line: RosterLine) -> bool:
    member, did, gone = line.member, line.did, False
    if member is not None:
        if did.get("made") and _has_acted(member):
            did["kept"] = True
        else:
            _undo(actor, roster, line, member)
            gone = bool(did.get("made")) and not did.get("kept")
    line.did, line.undone_at = did, now()
    line.member = None if gone else member
    line.save(update_fields=["did", "undone_at", "member"])
    return gone


def _undo(actor: Actor, roster: Roster, line: RosterLine, member: Member) -> None:
    did = line.did
    if did.get("admitted"):
        for places in roster_places:
            places.take_out(actor, roster.group_id or 0, member)
    MemberTag.objects.filter(member=member, tag__in=did.get("tags") or []).delete()
    if did.get("made"):
        person = member.person
        try:
            with transaction.atomic():
                RosterLine.objects.filter(member=member).exclude(pk=line.pk).update(member=None)
                member.delete()
                person.delete()
        except ProtectedError:
            did["kept"] = True
        else:
            audit.record(actor, "member_taken_back", f"roster:{roster.pk}", after={"line": line.number})


def _has_acted(member: Member) -> bool:
    """Somebody signed in as them, was merged with them, or was given something that an undo would take away."""
    if member.person.user_id is not None or member.merged_into_id is not None or member.last_seen_on is not None:
        return True
    if Member.objects.filter(merged_into=member).exists() or Verification.objects.filter(member=member).exists():
        return True
    try:
        for objects in before_merge:
            objects(member, member)
    except Refusal:
        return True
    return False
