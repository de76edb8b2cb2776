"""Places that are few: who waits for one, and the choice of those who get them."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.groups.models.code import EntryCode
from hearth.groups.models.group import Group
from hearth.groups.models.membership import JoinLink
from hearth.groups.types import JoinedBy, WaitingEnd
from hearth.kit.clock import now


class Choice(TenantModel):
    """At a moment the best of those who wait are let in: by tiers of tags, then by ``then``. At most one is to come."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    seats = models.PositiveIntegerField()
    opens_at = models.DateTimeField()
    tiers = models.JSONField(default=list)
    then = models.CharField(max_length=12)
    at = models.DateTimeField(default=now)
    by = models.CharField(max_length=40)
    why = models.CharField(max_length=300, blank=True)
    drawn_at = models.DateTimeField(null=True, blank=True)
    entered = models.PositiveIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(drawn_at__isnull=True, cancelled_at__isnull=True),
                name="groups_one_choice_to_come",
            )
        ]


class Waiting(TenantModel):
    """Somebody who may come in and waits for a place: open while ``ended_at`` is empty, and open at most once.

    ``place`` is what a choice gave; without one who came first stands first. While ``offer_until`` lies ahead a free
    place is kept for them.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=12, choices=JoinedBy.choices)
    link = models.ForeignKey(JoinLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    entry_code = models.ForeignKey(EntryCode, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    norms_version = models.PositiveIntegerField(null=True, blank=True)
    since = models.DateTimeField(default=now)
    choice = models.ForeignKey(Choice, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    place = models.PositiveIntegerField(null=True, blank=True)
    tier = models.PositiveIntegerField(default=0)
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=10, choices=WaitingEnd.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "member"], condition=models.Q(ended_at__isnull=True), name="groups_waiting_open_once"
            )
        ]
        indexes = [models.Index(fields=["group", "ended_at", "since"], name="groups_waiting_line")]
