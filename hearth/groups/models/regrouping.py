"""Members who go from group to group together: a group parted, sisters brought together, one person moved."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.groups.models.group import Group
from hearth.groups.models.membership import Membership
from hearth.groups.models.waiting import Waiting
from hearth.groups.types import RegroupingKind
from hearth.kit.clock import now


class Regrouping(TenantModel):
    """A plan that somebody looks at, then the record of what it did: planned, begun, ended, perhaps undone.

    ``group`` is the one that is parted, the home into which others go, or where one person goes. ``ties``: what the
    plan was made from, as [member, member, times the one turned to the other, times the other did].
    """

    kind = models.CharField(max_length=6, choices=RegroupingKind.choices)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    ties = models.JSONField(default=list)
    why = models.CharField(max_length=300, blank=True)
    planned_at = models.DateTimeField(default=now)
    by = models.CharField(max_length=40)
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    undo_begun_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    job = models.ForeignKey("core.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(begun_at__isnull=False, ended_at__isnull=True),
                name="groups_regrouping_one_at_work",
            ),
            models.UniqueConstraint(
                fields=["group", "kind"],
                condition=models.Q(begun_at__isnull=True),
                name="groups_regrouping_one_plan",
            ),
        ]


class RegroupingPart(TenantModel):
    """A group of a plan. Number 0 stays or takes in; the others are opened by a split, or closed by a merge.

    ``codes``: the entry codes that were led elsewhere, as they stood before and as they were left.
    """

    regrouping = models.ForeignKey(Regrouping, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80, blank=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    owner = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    codes = models.JSONField(default=list)
    done_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regrouping", "number"], name="groups_regrouping_part_once")]


class Move(TenantModel):
    """One member's way in a plan, from a group to a part (0: stays, or comes into the home), and what became of it."""

    regrouping = models.ForeignKey(Regrouping, on_delete=models.CASCADE, related_name="moves")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    part = models.PositiveSmallIntegerField()
    done_at = models.DateTimeField(null=True, blank=True)
    refused = models.JSONField(default=dict)
    left = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    came = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    had = models.JSONField(default=list)  # roles held in the source when they went
    given = models.JSONField(default=list)  # roles given where they went
    undone_at = models.DateTimeField(null=True, blank=True)
    stayed = models.JSONField(default=dict)  # why they could not be brought back

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["regrouping", "member", "source"], name="groups_move_once"),
        ]


class LineMove(TenantModel):
    """Somebody who stood in the line of a merged group, and what became of them: ``place`` in the line of the home, or
    why they could not go there.

    ``since_before``: since when they waited in the home already, where the earlier moment counts now.
    """

    regrouping = models.ForeignKey(Regrouping, on_delete=models.CASCADE, related_name="line_moves")
    stood = models.ForeignKey(Waiting, on_delete=models.CASCADE, related_name="+")
    place = models.ForeignKey(Waiting, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    since_before = models.DateTimeField(null=True, blank=True)
    refused = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    stayed = models.JSONField(default=dict)  # why they could not be put back

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stood"], condition=models.Q(undone_at__isnull=True), name="groups_line_move_once"
            ),
        ]
