"""Doors of groups: the policy in force, who asks to come in, and who asks for a badge first."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.groups.models.code import EntryCode
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
    entry_code = models.ForeignKey(EntryCode, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
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


class KeptUse(TenantModel):
    """A use of a link or code by somebody who asks for a badge before they come in: counted already, and theirs until
    they are in. Another use is not counted for them.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    link = models.ForeignKey(JoinLink, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    entry_code = models.ForeignKey(EntryCode, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "member"], condition=models.Q(ended_at__isnull=True), name="groups_kept_use_once"
            ),
            models.CheckConstraint(
                condition=models.Q(link__isnull=False, entry_code__isnull=True)
                | models.Q(link__isnull=True, entry_code__isnull=False),
                name="groups_kept_use_of_one_way",
            ),
        ]

    @property
    def way(self) -> JoinLink | EntryCode:
        """The link or code that they came by."""
        return self.link or self.entry_code  # type: ignore[return-value]  # a constraint holds that one is there

    @property
    def route(self) -> str:
        """The route of ``way``."""
        return "entry" if self.link_id else "code"
