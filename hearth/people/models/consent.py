"""The consent ledger: rows are added, never changed, except that a consent may be withdrawn."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now
from hearth.people.models.member import Member


class Consent(TenantModel):
    """A member agreed to a purpose: version and digest of the text they saw, when, by which way; withdrawn when."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    text_digest = models.CharField(max_length=64)
    channel = models.CharField(max_length=20)
    given_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["member", "purpose"], name="people_consent_by_purpose")]
