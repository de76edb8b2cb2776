"""What stands behind some kinds of evidence: codes sent by mail, addresses in use, an official list of licences."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now
from hearth.people.models.member import Member
from hearth.people.models.verification import Evidence


class MailCode(TenantModel):
    """A one-time code on its way to an address; only its digest is kept."""

    evidence = models.OneToOneField(Evidence, on_delete=models.CASCADE, related_name="code")
    digest = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(null=True, blank=True)


class HeldAddress(TenantModel):
    """An institutional address, known by its mark alone, belongs to the one member who proved it."""

    mark = models.CharField(max_length=64)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "mark"], name="people_address_once")]


class LicenceRecord(TenantModel):
    """A line of an official list that the operator imported. The number is known by its mark alone."""

    mark = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    institution = models.CharField(max_length=160, blank=True)
    department = models.CharField(max_length=160, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "mark"], name="people_licence_once")]
