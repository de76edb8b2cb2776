"""The newest reading of each group and of the community: written by jobs, read by pages."""

from django.db import models

from hearth.core.tenancy import TenantModel


class CommunityPulse(TenantModel):
    """The newest diagnosis of a community without its groups; ``reading`` is the stored ``insight.types.Diagnosis``."""

    measured_at = models.DateTimeField()
    reading = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community"], name="insight_one_community_pulse")]


class GroupPulse(TenantModel):
    """The newest reading of one group. Columns that lists sort and filter by stand beside the whole ``reading``.

    ``heat`` orders stages from cold (0) to warm; ``since`` is when the group entered its stage, ``came_from`` the stage
    before ("" for the first reading).
    """

    group = models.OneToOneField("groups.Group", on_delete=models.CASCADE, related_name="+")
    measured_at = models.DateTimeField()
    stage = models.CharField(max_length=16)
    heat = models.SmallIntegerField()
    since = models.DateTimeField()
    came_from = models.CharField(max_length=16, blank=True)
    risk = models.FloatField(null=True)
    authors_28d = models.IntegerField(default=0)
    messages_28d = models.IntegerField(default=0)
    open_questions = models.IntegerField(default=0)
    codes = models.JSONField(default=list)
    reading = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["community", "heat", "risk"], name="insight_coldest")]
