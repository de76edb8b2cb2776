"""Entry codes: one code for an article, a shop or an event that leads each person to the right one of many groups."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.groups.models.group import Group
from hearth.kit.clock import now


class EntryCode(TenantModel):
    """A code with rules in order (``rules.placing``), a default, and whether a full group is followed by the next."""

    code = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=80)
    rules = models.JSONField(default=list)
    default_group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    opens_next = models.BooleanField(default=True)
    welcome = models.CharField(max_length=500, blank=True)  # instead of the group's, for those who come by it
    uses = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=now)
    revoked_at = models.DateTimeField(null=True, blank=True)
