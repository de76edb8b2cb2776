"""Who greets a newcomer."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.groups.models.membership import Membership


class Welcoming(TenantModel):
    """The greeting of one newcomer: the keeper who is their buddy, and when somebody said that they were greeted."""

    membership = models.OneToOneField(Membership, on_delete=models.CASCADE, related_name="welcoming")
    buddy = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    greeted_at = models.DateTimeField(null=True, blank=True)
    greeted_by = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["buddy", "at"], name="groups_welcomings_of_buddy")]
