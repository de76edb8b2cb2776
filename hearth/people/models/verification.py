"""Verified credentials: what was verified, when, by whom, until when. The desk that decides them comes on top."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now
from hearth.people.models.member import Member
from hearth.people.types import VerificationState


class Verification(TenantModel):
    """One credential of a member, with its dates. The licence number is encrypted; ``key_id`` names the key."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="verifications")
    kind = models.CharField(max_length=30, default="doctor")
    state = models.CharField(max_length=10, choices=VerificationState.choices, default=VerificationState.WAITING)
    hospital = models.CharField(max_length=120, blank=True)
    department = models.CharField(max_length=120, blank=True)
    licence_sealed = models.TextField(blank=True)
    key_id = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    retention = models.CharField(max_length=20, default="evidence")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind"], condition=models.Q(state="waiting"), name="people_one_open_verification"
            )
        ]
        indexes = [models.Index(fields=["community", "state", "asked_at"], name="people_verification_queue")]
