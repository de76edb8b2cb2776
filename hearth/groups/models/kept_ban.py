"""Bans that outlive an erasure."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.groups.models.group import Group
from hearth.kit.clock import now


class KeptBan(TenantModel):
    """A ban of somebody who was erased. ``mark`` recognises their address when it comes back, and reads nothing."""

    mark = models.CharField(max_length=64)
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["community", "mark"], name="groups_kept_ban")]
