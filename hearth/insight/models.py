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


class PulseDay(TenantModel):
    """What the pulse said of a unit on a day, at the day's last measuring; ``unit`` is a group, or 0 for the community.

    ``day`` counts from 1970 in the community's zone. Each day of eight weeks is kept, then the Mondays of a year.
    ``cooling``: the community's groups that cool or are cold. The notes say why something is missing.
    """

    unit = models.BigIntegerField()
    day = models.IntegerField()
    vitality = models.FloatField(null=True)
    authors = models.IntegerField(default=0)
    risk_note = models.CharField(max_length=12, blank=True)
    dependence = models.FloatField(null=True)
    remains = models.FloatField(null=True)
    per_seed = models.FloatField(null=True)
    own = models.IntegerField(default=0)
    seeds = models.IntegerField(default=0)
    energy_note = models.CharField(max_length=12, blank=True)
    cooling = models.IntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "unit", "day"], name="insight_one_pulse_a_day")]
        indexes = [models.Index(fields=["community", "day"], name="insight_pulse_days")]


class CommunityPortrait(TenantModel):
    """The newest reading of a community's people: ``reading`` is the stored ``rules.people.summary.Summary``,
    ``ties`` the reply network to draw: (member, member, replies).
    """

    measured_at = models.DateTimeField()
    reading = models.JSONField(default=dict)
    ties = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community"], name="insight_one_community_portrait")]


class GroupPortrait(TenantModel):
    """The newest reading of a group's people: possible keepers, the best first, and the reply network to draw."""

    group = models.OneToOneField("groups.Group", on_delete=models.CASCADE, related_name="+")
    measured_at = models.DateTimeField()
    active = models.IntegerField(default=0)
    candidates = models.JSONField(default=list)
    ties = models.JSONField(default=list)


class MemberPortrait(TenantModel):
    """The newest reading of one member, neither staff nor bot; columns that lists sort and filter by beside ``parts``.

    ``comes`` is the chance of a deed in the next 28 days, ``leader_index`` from 0 to 1; None where it cannot be told.
    ``unanswered_id`` is the member's first message if nobody answered it, since ``unanswered_at``.
    """

    member = models.OneToOneField("people.Member", on_delete=models.CASCADE, related_name="+")
    measured_at = models.DateTimeField()
    kind = models.CharField(max_length=12)
    tier = models.CharField(max_length=12)
    phase = models.CharField(max_length=12)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    weeks = models.SmallIntegerField(default=0)
    rfm = models.SmallIntegerField(default=0)
    help_score = models.IntegerField(default=0)
    comes = models.FloatField(null=True)
    leader_index = models.FloatField(null=True)
    is_leader = models.BooleanField(default=False)
    is_bridge = models.BooleanField(default=False)
    is_seed = models.BooleanField(default=False)
    is_fan = models.BooleanField(default=False)
    unanswered_id = models.BigIntegerField(null=True)
    unanswered_at = models.DateTimeField(null=True)
    ties = models.IntegerField(default=0)
    parts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["community", "last_at"], name="insight_people_latest"),
            models.Index(fields=["community", "help_score"], name="insight_people_helping"),
            models.Index(
                fields=["community", "unanswered_at"],
                condition=models.Q(unanswered_id__isnull=False),
                name="insight_people_unanswered",
            ),
        ]


class Alarm(TenantModel):
    """A change that stands, or stood, in a group: one row from the day it is seen until it passes.

    ``loss`` ranks alarms, ``told_at`` is when the budget let it be told, ``reading`` the stored ``Change``.
    """

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    since = models.DateTimeField()
    raised_at = models.DateTimeField()
    loss = models.FloatField()
    reading = models.JSONField(default=dict)
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "kind"], condition=models.Q(ended_at=None), name="insight_one_standing_alarm"
            )
        ]
        indexes = [models.Index(fields=["community", "ended_at", "told_at"], name="insight_standing")]


class AlarmAnswer(TenantModel):
    """What somebody answered to an alarm: snoozed, or dismissed for a reason, until a moment or until undone."""

    alarm = models.ForeignKey(Alarm, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    reason = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True)


class WeeklyReport(TenantModel):
    """The report of one week, as it was read then: ``week`` is its Monday, ``sheets`` maps a language to its sheet."""

    week = models.DateField()
    made_at = models.DateTimeField()
    sheets = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "week"], name="insight_one_report_a_week")]


class Goal(TenantModel):
    """What a metric shall reach, in the community or in one group: open until ``ended_at``, one for each metric there.

    It counts from ``due`` on, or from the day it was set. ``missed_since`` is the first day of the readings in a row
    that miss it, ``reached_on`` the day it was told as reached.
    """

    metric = models.CharField(max_length=60)
    group = models.ForeignKey("groups.Group", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    bound = models.CharField(max_length=8)  # insight.types.Bound
    value = models.FloatField()
    due = models.DateField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField()
    set_on = models.DateField()  # in the community's own time zone
    set_by = models.CharField(max_length=40)
    missed_since = models.DateField(null=True, blank=True)
    reached_on = models.DateField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "metric"],
                condition=models.Q(ended_at=None, group__isnull=False),
                name="insight_one_goal_of_group",
            ),
            models.UniqueConstraint(
                fields=["community", "metric"],
                condition=models.Q(ended_at=None, group__isnull=True),
                name="insight_one_goal_of_community",
            ),
        ]
        indexes = [models.Index(fields=["community", "ended_at", "told_at"], name="insight_open_goals")]


class MaturityRecord(TenantModel):
    """What is remembered of one of the stages of maturity (``rules.maturity``), in days of the community's clock.

    ``met_since`` or ``unmet_since``: since when its conditions hold, or fail, without a break. Only judging writes.
    """

    stage = models.SmallIntegerField()
    met_since = models.DateField(null=True, blank=True)
    unmet_since = models.DateField(null=True, blank=True)
    reached_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "stage"], name="insight_one_row_a_stage"),
            models.CheckConstraint(condition=models.Q(stage__range=(1, 7)), name="insight_seven_stages"),
        ]
