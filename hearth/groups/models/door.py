"""Doors of groups: the policy in force, and who asks to come in."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.groups.models.group import Group
from hearth.groups.models.membership import JoinLink
from hearth.groups.types import ApplicationEnd, JoinedBy
from hearth.kit.clock import now


class GatePolicy(TenantModel):
    """One version of what a group's door asks; the newest is in force. Which step holds follows from the size."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    steps = models.JSONField(default=list)
    at = models.DateTimeField(default=now)
    by = models.CharField(max_length=40)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "version"], name="groups_gate_policy_once")]
        verbose_name_plural = "gate policies"


class Application(TenantModel):
    """Somebody before a door: open while ``closed_at`` is empty, and open at most once.

    It waits for a decision while ``waits_since`` is set and ``decided_at`` is not; before that the member has something
    to do. ``answers``: condition key → what was given.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=12, choices=JoinedBy.choices)
    link = models.ForeignKey(JoinLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=now)
    answers = models.JSONField(default=dict)
    norms_version = models.PositiveIntegerField(null=True, blank=True)
    waits_since = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=40, blank=True)
    approved_by = models.CharField(max_length=6, blank=True)  # keeper or staff, for an approval
    why = models.CharField(max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=10, choices=ApplicationEnd.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "member"],
                condition=models.Q(closed_at__isnull=True),
                name="groups_application_open_once",
            )
        ]
        indexes = [models.Index(fields=["group", "closed_at", "waits_since"], name="groups_application_queue")]
