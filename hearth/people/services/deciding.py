"""Reviewers at work: a case is taken, an opinion given, and after a minute in which it can be undone it goes out."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from hearth.core import audit
from hearth.core.community_settings import declare, value_of
from hearth.core.errors import NotFound, Refusal
from hearth.core.facts import emit
from hearth.core.jobs import enqueue
from hearth.core.permissions import Actor, StaffRole, demand
from hearth.kit.clock import now
from hearth.people.access import verification_for
from hearth.people.errors import (
    AlreadyDecided,
    CaseTaken,
    CloseColleague,
    OwnVerification,
    SecondReviewer,
    TooLate,
)
from hearth.people.facts import (
    PersonVerified,
    ProfileChanged,
    VerificationMoreAsked,
    VerificationRefused,
    VerificationSecondNeeded,
)
from hearth.people.models import Evidence, Member, Opinion, Verification
from hearth.people.queries.days import today_here
from hearth.people.queries.desk import means_of, risk_for
from hearth.people.registry import VERIFY
from hearth.people.rules.risk import level_of
from hearth.people.types import EvidenceState, Verdict, VerificationState

HELD = timedelta(minutes=10)  # how long a reviewer keeps a case without doing anything
UNDO_SECONDS = 60
SECOND = 2  # people who confirm a case of high risk
MORE_DAYS = declare(
    "people.more_days",
    "Days to send more evidence",
    help="How long a member has when a reviewer asks for more. After that the request is closed.",
    kind="int",
    default=14,
    minimum=1,
    maximum=180,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decides. ``note`` is for the member; ``checked`` are codes of the checklist."""

    verdict: str
    note: str = ""
    expires_on: date | None = None
    checked: list[str] = field(default_factory=list)


def take_case(actor: Actor, verification_id: int) -> bool:
    """Hold a waiting case for a while, so that no other reviewer works on it: one guarded update.

    False when somebody else holds it, or one has decided already and another must look. Raises NotFound, NotAllowed.
    """
    demand(actor, VERIFY.key)
    row = verification_for(actor, verification_id)
    free = Q(taken_until=None) | Q(taken_until__lte=now()) | Q(taken_by=actor.ref)
    mine = Opinion.objects.filter(verification=OuterRef("pk"), reviewer=_person(actor), undone_at=None)
    waiting = Verification.objects.filter(~Exists(mine), free, pk=row.pk, state=VerificationState.WAITING)
    return bool(waiting.update(taken_by=actor.ref, taken_until=now() + HELD))


def release_case(actor: Actor, verification_id: int) -> None:
    """Let go of a case that one holds; anything else changes nothing. Raises NotAllowed."""
    demand(actor, VERIFY.key)
    Verification.objects.filter(pk=verification_id, taken_by=actor.ref).update(taken_by="", taken_until=None)


def demand_distance(actor: Actor, row: Verification) -> None:
    """Raise OwnVerification or CloseColleague for those who may not decide on a case, whatever their role."""
    if row.member_id == actor.member_id or (actor.person_id and row.member.person_id == actor.person_id):
        raise OwnVerification()
    if actor.member_id is None:
        return
    words = Evidence.objects.filter(kind="vouch", state__in=[EvidenceState.GIVEN, EvidenceState.WITHDRAWN])
    theirs = Q(by_member=actor.member_id, verification__member=row.member_id)
    other_way = Q(by_member=row.member_id, verification__member=actor.member_id)
    if words.filter(theirs | other_way).exists():
        raise CloseColleague()


@transaction.atomic
def give_opinion(
    actor: Actor, verification_id: int, decision: Decision, *, undo_seconds: int = UNDO_SECONDS
) -> Opinion:
    """Decide on a waiting case; nothing goes out for ``undo_seconds``. A case of high risk is confirmed by two people.

    Raises NotFound, NotAllowed, OwnVerification, CloseColleague, SecondReviewer, CaseTaken, AlreadyDecided, Refusal.
    """
    row = verification_for(actor, verification_id)
    demand_distance(actor, row)
    demand(actor, VERIFY.key)
    _check(decision, today_here())
    if row.state != VerificationState.WAITING:
        raise AlreadyDecided()
    standing = Opinion.objects.filter(verification=row, undone_at=None)
    if standing.filter(settled_at=None).exists():
        raise AlreadyDecided()
    if standing.filter(reviewer=_person(actor)).exists():
        raise SecondReviewer()
    if not take_case(actor, row.pk):
        raise CaseTaken()
    made = Opinion(
        verification=row,
        reviewer=_person(actor),
        by=actor.ref,
        verdict=decision.verdict,
        note=decision.note.strip()[:300],
        expires_on=decision.expires_on if decision.verdict == Verdict.VERIFIED else None,
        checked=decision.checked,
        risk=risk_for(row).score,
        settles_at=now() + timedelta(seconds=undo_seconds),
    )
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:  # another reviewer was quicker, by a moment
        raise AlreadyDecided() from None
    _record(actor, made, "opinion_given")
    if undo_seconds:
        enqueue("people.settle_opinion", run_after=made.settles_at, opinion=made.pk)
    return made


def _check(decision: Decision, today: date) -> None:
    if decision.verdict not in Verdict.values:
        raise Refusal("Choose one of the values offered.", field="verdict")
    if decision.verdict == Verdict.VERIFIED:
        if decision.expires_on is not None and decision.expires_on <= today:
            raise Refusal("The expiry date must lie in the future.", field="expires_on")
    elif not decision.note.strip():
        raise Refusal("Say why, so that the member knows what to mend.", field="note")


def _person(actor: Actor) -> str:
    return f"person:{actor.person_id}" if actor.person_id else actor.ref


@transaction.atomic
def undo_opinion(actor: Actor, verification_id: int) -> Opinion:
    """Take back one's own decision before it goes out. Raises NotFound, NotAllowed, TooLate."""
    demand(actor, VERIFY.key)
    row = verification_for(actor, verification_id)
    mine = Opinion.objects.filter(verification=row, reviewer=_person(actor)).order_by("-pk").first()
    if mine is None:
        raise NotFound()
    open_still = Opinion.objects.filter(pk=mine.pk, settled_at=None, undone_at=None, settles_at__gt=now())
    if not open_still.update(undone_at=now()):
        raise TooLate()
    mine.refresh_from_db()
    _record(actor, mine, "opinion_undone")
    return mine


@transaction.atomic
def settle_opinion(opinion_id: int) -> bool:
    """Let an opinion take effect when its time has come; False when it was taken back, settled, or is not due yet."""
    due = Opinion.objects.filter(pk=opinion_id, settled_at=None, undone_at=None, settles_at__lte=now())
    if not due.update(settled_at=now()):
        return False
    opinion = Opinion.objects.select_related("verification__member").get(pk=opinion_id)
    row = opinion.verification
    if opinion.verdict == Verdict.VERIFIED and _needs_second(opinion):
        if not _let_go(row):
            return False
        told = VerificationSecondNeeded(verification=row.pk, member=row.member_id, first=opinion.by)
        emit(told, actor=_reviewer(opinion), subject=f"member:{row.member_id}")
        return True
    return _take_effect(opinion, row)


def _needs_second(opinion: Opinion) -> bool:
    confirmed = Opinion.objects.filter(
        verification=opinion.verification_id, verdict=Verdict.VERIFIED, undone_at=None, settled_at__isnull=False
    )
    grave = level_of(max([opinion.risk, *confirmed.values_list("risk", flat=True)])) == "high"
    return grave and confirmed.values("reviewer").distinct().count() < SECOND


def _let_go(row: Verification) -> int:
    waiting = Verification.objects.filter(pk=row.pk, state=VerificationState.WAITING)
    return waiting.update(taken_by="", taken_until=None)


STATES = {
    Verdict.VERIFIED: VerificationState.VERIFIED,
    Verdict.REFUSED: VerificationState.REFUSED,
    Verdict.MORE: VerificationState.ASKING,
}


def _take_effect(opinion: Opinion, row: Verification) -> bool:
    state = STATES[Verdict(opinion.verdict)]
    values: dict[str, Any] = {"state": state, "note": opinion.note, "taken_by": "", "taken_until": None}
    if state == VerificationState.ASKING:
        values["asked_until"] = today_here() + timedelta(days=value_of(MORE_DAYS))
    else:
        values |= {
            "decided_at": now(),
            "decided_by": opinion.by,
            "expires_on": opinion.expires_on,
            "risk": opinion.risk,
            "means": means_of(row),
        }
    if not Verification.objects.filter(pk=row.pk, state=VerificationState.WAITING).update(**values):
        return False
    if state == VerificationState.VERIFIED:
        earlier = Verification.objects.filter(member=row.member, kind=row.kind, state=VerificationState.VERIFIED)
        earlier.exclude(pk=row.pk).update(state=VerificationState.EXPIRED)
    row.refresh_from_db()
    if state == VerificationState.VERIFIED:
        _fill_profile(opinion, row)
    _tell(opinion, row)
    _record(_reviewer(opinion), opinion, "verification_decided")
    return True


def _fill_profile(opinion: Opinion, row: Verification) -> None:
    """What the profile left empty says what was confirmed: the name card shows it, and nobody has to write it twice."""
    member = Member.objects.select_for_update(of=("self",)).get(pk=row.member_id)
    filled = [name for name in ("hospital", "department") if getattr(row, name) and not getattr(member, name)]
    if not filled:
        return
    for name in filled:
        setattr(member, name, getattr(row, name))
    member.save(update_fields=[*filled, "search_terms"])
    told = ProfileChanged(member=member.pk, fields=filled)
    emit(told, actor=_reviewer(opinion), subject=f"member:{member.pk}")


def _reviewer(opinion: Opinion) -> Actor | None:
    """The reviewer as the author of what their opinion brings about, a minute later."""
    kind, _colon, pk = opinion.by.partition(":")
    if not pk:
        return None
    user, member = (int(pk), None) if kind == "user" else (None, int(pk))
    role = frozenset({StaffRole.REVIEWER})
    return Actor(community_id=opinion.community_id, user_id=user, member_id=member, staff=role)


def _tell(opinion: Opinion, row: Verification) -> None:
    about = {"verification": row.pk, "member": row.member_id}
    told: PersonVerified | VerificationRefused | VerificationMoreAsked
    if row.state == VerificationState.VERIFIED:
        expires = row.expires_on.isoformat() if row.expires_on else None
        told = PersonVerified(**about, kind=row.kind, expires_on=expires)
    elif row.state == VerificationState.REFUSED:
        told = VerificationRefused(**about, kind=row.kind)
    else:
        told = VerificationMoreAsked(**about, until=row.asked_until.isoformat() if row.asked_until else "")
    emit(told, actor=_reviewer(opinion), subject=f"member:{row.member_id}")


def _record(actor: Actor | None, opinion: Opinion, action: str) -> None:
    expires = opinion.expires_on.isoformat() if opinion.expires_on else None
    after = {"verification": opinion.verification_id, "verdict": opinion.verdict, "risk": opinion.risk}
    subject = f"member:{opinion.verification.member_id}"
    audit.record(actor, action, subject, after={**after, "expires_on": expires}, why=opinion.note)


@transaction.atomic
def decide_verification(
    actor: Actor, verification_id: int, *, verified: bool, expires_on: date | None = None, note: str = ""
) -> Verification:
    """Confirm or refuse at once, without the minute in which it can be undone. Raises as ``give_opinion``."""
    verdict = Verdict.VERIFIED if verified else Verdict.REFUSED
    decision = Decision(verdict, note=note, expires_on=expires_on)
    opinion = give_opinion(actor, verification_id, decision, undo_seconds=0)
    settle_opinion(opinion.pk)
    return Verification.objects.select_related("member").get(pk=verification_id)
