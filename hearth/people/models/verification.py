"""Verified credentials: what is claimed, the evidence for it, what reviewers thought, what became of it."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now
from hearth.people.models.member import Member
from hearth.people.types import OPEN_STATES, EvidenceState, Verdict, VerificationState


class Verification(TenantModel):
    """One credential of a member, with its dates. A reviewer holds it for a while (``taken_by``) so that no two do."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="verifications")
    kind = models.CharField(max_length=30, default="doctor")
    state = models.CharField(max_length=10, choices=VerificationState.choices, default=VerificationState.WAITING)
    hospital = models.CharField(max_length=120, blank=True)
    department = models.CharField(max_length=120, blank=True)
    asked_at = models.DateTimeField(default=now)
    asked_until = models.DateField(null=True, blank=True)  # while more is asked for: the last day to send it
    taken_by = models.CharField(max_length=40, blank=True)
    taken_until = models.DateTimeField(null=True, blank=True)
    risk = models.PositiveSmallIntegerField(null=True, blank=True)  # 0 to 100, as it stood when sent, then when decided
    means = models.JSONField(default=list, blank=True)  # the kinds of evidence that it was decided by
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True, blank=True)  # the last day on which it counts, where the community lives
    reminded_days = models.PositiveSmallIntegerField(null=True, blank=True)  # the last reminder of its end
    note = models.CharField(max_length=300, blank=True)
    retention = models.CharField(max_length=20, default="evidence")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=models.Q(state__in=OPEN_STATES),
                name="people_one_open_verification",
            )
        ]
        indexes = [models.Index(fields=["community", "state", "asked_at"], name="people_verification_queue")]


class Evidence(TenantModel):
    """One thing that speaks for a credential. What it says is sealed: text in ``sealed``, a file in the store.

    ``mark`` is a keyed digest by which the same secret is recognised elsewhere; it outlives the shredding.
    """

    verification = models.ForeignKey(Verification, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=EvidenceState.choices, default=EvidenceState.GIVEN)
    sealed = models.TextField(blank=True)
    stored_as = models.CharField(max_length=120, blank=True)
    key_id = models.CharField(max_length=20, blank=True)
    media_type = models.CharField(max_length=40, blank=True)
    size = models.PositiveIntegerField(default=0)  # bytes of what was kept, before sealing
    mark = models.CharField(max_length=64, blank=True)
    told = models.JSONField(default=dict, blank=True)  # codes and dates, never personal text
    by_member = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(default=now)
    settled_at = models.DateTimeField(null=True, blank=True)  # proven, refused or taken back
    shredded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "by_member"], condition=models.Q(kind="vouch"), name="people_vouch_once"
            )
        ]
        indexes = [models.Index(fields=["community", "mark"], name="people_evidence_mark")]


class Opinion(TenantModel):
    """What one reviewer thought. It can be taken back until ``settles_at``, and only then anything goes out."""

    verification = models.ForeignKey(Verification, on_delete=models.CASCADE, related_name="opinions")
    reviewer = models.CharField(max_length=40)  # the person, so that two places of one person are not two people
    by = models.CharField(max_length=40)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    note = models.CharField(max_length=300, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    checked = models.JSONField(default=list, blank=True)
    risk = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=now)
    settles_at = models.DateTimeField(default=now)
    settled_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "reviewer"],
                condition=models.Q(undone_at=None),
                name="people_two_reviewers_are_two",
            ),
            models.UniqueConstraint(
                fields=["verification"],
                condition=models.Q(undone_at=None, settled_at=None),
                name="people_one_opinion_at_a_time",
            ),
        ]
