"""Colleagues who vouch for one another: verified themselves, of the same hospital or department, never in a ring."""

from django.db import IntegrityError, transaction
from django.db.models import Exists, Q

from hearth.core.errors import Conflict, NotAllowed, Refusal
from hearth.core.facts import emit
from hearth.core.permissions import Actor
from hearth.kit.clock import now
from hearth.kit.text import one_line
from hearth.people.access import own_case, vouch_for
from hearth.people.errors import NoVoucher
from hearth.people.facts import VouchAnswered, VouchAsked, VouchTakenBack
from hearth.people.models import Evidence, Member, Verification
from hearth.people.queries.badges import badges_in_force
from hearth.people.queries.cards import live_verifications
from hearth.people.rules.matching import closes_ring, same_name, same_place
from hearth.people.services.evidence import with_member
from hearth.people.types import EvidenceState, VerificationState

MOST_ASKED = 5  # colleagues a case may ask


@transaction.atomic
def ask_vouch(actor: Actor, verification_id: int, name: str) -> Evidence:
    """Ask a verified colleague, by the name on their card, to vouch. Raises NotFound, Conflict, Refusal, NoVoucher."""
    row = own_case(actor, verification_id)
    with_member(row)
    if row.evidence.filter(kind="vouch").count() >= MOST_ASKED:
        raise Refusal("You have asked enough colleagues. Wait for their answers.", field="colleague")
    colleague = _colleague_called(row, one_line(name))
    if colleague is None:
        raise NoVoucher(field="colleague")
    try:
        with transaction.atomic():
            made = Evidence.objects.create(
                verification=row, kind="vouch", state=EvidenceState.PENDING, by_member=colleague, by=actor.ref
            )
    except IntegrityError:
        raise Refusal("You have asked this colleague already.", field="colleague") from None
    told = VouchAsked(evidence=made.pk, verification=row.pk, member=row.member_id, colleague=colleague.pk)
    emit(told, actor=actor, subject=f"member:{row.member_id}")
    return made


def _colleague_called(row: Verification, name: str) -> Member | None:
    """The one verified colleague of that name who may vouch; None for nobody, and where two could be meant."""
    verified = Member.objects.filter(Exists(live_verifications("pk")), left_at=None, merged_into=None)
    named = verified.filter(Q(real_name__iexact=name) | Q(display_name__iexact=name)).exclude(pk=row.member_id)
    found = [one for one in named if name and may_vouch(one, row)]
    return found[0] if len(found) == 1 else None


def may_vouch(colleague: Member, row: Verification) -> bool:
    """Whether a member may vouch for a case now: same hospital or department by their own badge, and no ring."""
    near = any(
        same_place(badge.hospital, row.hospital) or (row.department and same_name(badge.department, row.department))
        for badge in badges_in_force(member=colleague)
    )
    if not near or colleague.pk == row.member_id:
        return False
    given = Evidence.objects.filter(kind="vouch", state=EvidenceState.GIVEN, by_member__isnull=False)
    return not closes_ring(
        list(given.values_list("by_member_id", "verification__member_id")), colleague.pk, row.member_id
    )


@transaction.atomic
def answer_vouch(actor: Actor, evidence_id: int, *, vouches: bool) -> Evidence:
    """Say whether one knows the colleague who asked. Raises NotFound, NotAllowed, Conflict."""
    found = vouch_for(actor, evidence_id)
    case = found.verification
    if vouches and not (actor.verified and may_vouch(_member(actor), case)):
        raise NotAllowed("Only a verified colleague of the same hospital or department can vouch.")
    if case.state not in {VerificationState.DRAFT, VerificationState.WAITING, VerificationState.ASKING}:
        raise Conflict("This request is closed; nothing needs to be said any more.")
    state = EvidenceState.GIVEN if vouches else EvidenceState.REFUSED
    pending = Evidence.objects.filter(pk=found.pk, state=EvidenceState.PENDING)
    if not pending.update(state=state, settled_at=now()):
        raise Conflict("You have answered already.")
    told = VouchAnswered(
        evidence=found.pk, verification=case.pk, member=case.member_id, colleague=_member(actor).pk, vouched=vouches
    )
    emit(told, actor=actor, subject=f"member:{case.member_id}")
    found.refresh_from_db()
    return found


@transaction.atomic
def take_back_vouch(actor: Actor, evidence_id: int) -> Evidence:
    """Take one's word back; where a credential stood on it the reviewers look again. Raises NotFound, Conflict."""
    found = vouch_for(actor, evidence_id)
    given = Evidence.objects.filter(pk=found.pk, state=EvidenceState.GIVEN)
    if not given.update(state=EvidenceState.WITHDRAWN, settled_at=now()):
        raise Conflict("There is no word of yours to take back.")
    case = found.verification
    told = VouchTakenBack(evidence=found.pk, verification=case.pk, member=case.member_id, colleague=_member(actor).pk)
    emit(told, actor=actor, subject=f"member:{case.member_id}")
    found.refresh_from_db()
    return found


def _member(actor: Actor) -> Member:
    return Member.objects.get(pk=actor.member_id)
