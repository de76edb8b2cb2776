"""What a reviewer needs to know of a case: what stands for it, what the registers say, what raises its risk."""

from dataclasses import dataclass

from django.db.models import QuerySet

from hearth.core import crypto
from hearth.core.models import Fact
from hearth.core.permissions import Actor
from hearth.kit.clock import now
from hearth.people.models import Evidence, Member, Opinion, Verification
from hearth.people.queries.badges import badges_in_force
from hearth.people.queries.days import today_here
from hearth.people.registry import LicenceEntry, LicenceRegister, credential_kinds, licence_registries
from hearth.people.rules.matching import mail_domain, plain_number, same_name, same_place
from hearth.people.rules.risk import Risk, Signs, risk_of
from hearth.people.types import EvidenceState, VerificationState

VOUCHES = 2  # colleagues whose word counts as proof


@dataclass(frozen=True, slots=True)
class Finding:
    """What a register says beside what is claimed. ``outcome``: none, name, place, ended or match."""

    register: LicenceRegister
    outcome: str
    entry: LicenceEntry | None


def in_force(row: Verification) -> list[Evidence]:
    """The evidence that stands for a case, the oldest first: one query."""
    return list(row.evidence.filter(state=EvidenceState.GIVEN).order_by("pk"))


def means_of(row: Verification) -> list[str]:
    """The kinds of evidence in force, each once; a single vouch is no proof yet."""
    kinds = [one.kind for one in in_force(row)]
    return sorted({kind for kind in kinds if kind != "vouch" or kinds.count("vouch") >= VOUCHES})


def missing_kinds(row: Verification) -> list[frozenset[str]]:
    """Of which sets of kinds one must still be given before a reviewer is asked."""
    kind, given = credential_kinds.get(row.kind), set(means_of(row))
    return [needed for needed in (kind.needs if kind else ()) if not needed & given]


def findings_of(row: Verification, evidence: list[Evidence] | None = None) -> list[Finding]:
    """What every register that can be asked says of the licence number."""
    given = in_force(row) if evidence is None else evidence
    licence = next((one for one in given if one.kind == "licence" and one.sealed), None)
    if licence is None:
        return []
    number = plain_number(crypto.unseal(licence.key_id, licence.sealed))
    found = []
    for register in licence_registries:
        if register.is_ready():
            entry = register.look_up(number)
            found.append(Finding(register, _outcome(row, entry), entry))
    return found


def _outcome(row: Verification, entry: LicenceEntry | None) -> str:
    if entry is None:
        return "none"
    if not same_name(entry.name, row.member.real_name):
        return "name"
    if entry.valid_until is not None and entry.valid_until < today_here():
        return "ended"
    return "match" if not entry.institution or same_place(entry.institution, row.hospital) else "place"


_GRAVEST = ("match", "place", "none", "name", "ended")


def signs_of(row: Verification, evidence: list[Evidence] | None = None) -> Signs:
    """The signs of a case by which its risk is judged: seven queries."""
    given = in_force(row) if evidence is None else evidence
    outcomes = [one.outcome for one in findings_of(row, given)]
    vouchers = [one.by_member_id for one in given if one.kind == "vouch" and one.by_member_id]
    return Signs(
        registry=max(outcomes, key=_GRAVEST.index) if outcomes else "",
        document_used=_used(row, given, "document"),
        licence_used=_used(row, given, "licence"),
        account_days=(now() - row.member.joined_at).days,
        mail_domain=mail_domain(_sign_in_address(row.member)),
        vouchers=tuple(_standing_of(vouchers)),
        refused_before=_others(row).filter(state=VerificationState.REFUSED).exists(),
        name_changed=_renamed(row),
        kinds=frozenset(one.kind for one in given),
    )


def _used(row: Verification, given: list[Evidence], kind: str) -> bool:
    marks = [one.mark for one in given if one.kind == kind and one.mark]
    others = Evidence.objects.filter(mark__in=marks, kind=kind).exclude(verification__member=row.member_id)
    return bool(marks) and others.exists()


def _others(row: Verification) -> QuerySet[Verification]:
    return Verification.objects.filter(member=row.member_id).exclude(pk=row.pk)


def _sign_in_address(member: Member) -> str:
    user = member.person.user
    return user.email if user else ""


def _standing_of(vouchers: list[int]) -> list[tuple[int, int]]:
    """(risk at their own verification, days since it) of each voucher."""
    rows = badges_in_force(member__in=vouchers)
    return [(row.risk or 0, (now() - row.decided_at).days) for row in rows if row.decided_at]


def _renamed(row: Verification) -> bool:
    """Whether the real name was changed after the request was begun."""
    told = Fact.objects.filter(
        name="people.profile_changed", subject=f"member:{row.member_id}", recorded_at__gt=row.asked_at
    ).values_list("data", flat=True)
    return any("real_name" in data.get("fields", ()) for data in told)


def risk_for(row: Verification) -> Risk:
    """The risk of a case as it stands now."""
    return risk_of(signs_of(row))


def answers_of(row: Verification, evidence: list[Evidence], findings: list[Finding]) -> dict[str, bool]:
    """The checks that the house answers itself: code → holds; those it cannot answer are left out."""
    answers: dict[str, bool] = {}
    for one in findings:
        answers["number"] = answers.get("number", False) or one.outcome in {"match", "place"}
        if one.entry is not None:
            answers["name"] = answers.get("name", True) and one.outcome != "name"
    kinds = [one.kind for one in evidence]
    if "mail" in kinds or kinds.count("vouch") >= VOUCHES or any(one.outcome == "match" for one in findings):
        answers["place"] = True
    if "document" not in kinds:
        answers["document"] = False
    return answers


def shown_evidence(row: Verification) -> list[Evidence]:
    """All evidence of a case that was not taken back, the oldest first, with the colleague's row: one query."""
    rows = row.evidence.exclude(state=EvidenceState.WITHDRAWN).select_related("by_member")
    return list(rows.order_by("pk"))


def opinions_of(row: Verification) -> list[Opinion]:
    """What reviewers think of a case, the oldest first; what was taken back is left out."""
    return list(row.opinions.filter(undone_at=None).order_by("pk"))


def pending_opinions(actor: Actor) -> list[Opinion]:
    """The actor's own decisions that have not gone out yet, the newest first."""
    rows = Opinion.objects.filter(by=actor.ref, settled_at=None, undone_at=None, settles_at__gt=now())
    return list(rows.select_related("verification__member").order_by("-pk"))


def language_of(row: Verification) -> str:
    """The language in which a case's member is written to: one query."""
    user = row.member.person.user
    return (user.language if user else "") or row.community.language


def vouches_asked_of(member_id: int) -> list[Evidence]:
    """Words that colleagues asked of a member, with the case and its member, open ones first: one query."""
    rows = Evidence.objects.filter(kind="vouch", by_member=member_id).select_related("verification__member")
    return sorted(rows, key=lambda row: (row.state != EvidenceState.PENDING, -row.pk))
