"""Notices, what members want to hear, and how it was delivered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now


class Level(models.TextChoices):
    """How much of a group somebody wants to be told."""

    ALL = "all", _("Everything")
    MENTIONS = "mentions", _("Answers and mentions")
    NOTHING = "nothing", _("Nothing")


class Digest(models.TextChoices):
    """How often mail gathers what is new."""

    NEVER = "never", _("Never")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")


class Notice(TenantModel):
    """One thing told to one member for one reason, made from one fact at most once."""

    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=40)
    fact_id = models.BigIntegerField(null=True, blank=True)
    group = models.ForeignKey("groups.Group", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=60)
    path = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "fact_id", "reason"],
                condition=models.Q(fact_id__isnull=False),
                name="notify_told_once",
            )
        ]
        indexes = [models.Index(fields=["member", "read_at", "-id"], name="notify_inbox")]


class GroupLevel(TenantModel):
    """A member's level for one group, where it differs from their general one."""

    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    level = models.CharField(max_length=10, choices=Level.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "group"], name="notify_group_level_once")]


class Preference(TenantModel):
    """What a member wants to hear in general, when they want quiet (local time), and how often mail comes."""

    member = models.OneToOneField("people.Member", on_delete=models.CASCADE, related_name="+")
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.MENTIONS)
    digest = models.CharField(max_length=6, choices=Digest.choices, default=Digest.DAILY)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    digest_at = models.PositiveSmallIntegerField(default=8)
    last_digest_at = models.DateTimeField(null=True, blank=True)


class Outcome(models.TextChoices):
    """What became of a delivery: never silently dropped."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Delivery(TenantModel):
    """One mail (later: one message on a carrier) to one member; its key keeps it single."""

    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20, default="mail")
    key = models.CharField(max_length=120)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "channel", "key"], name="notify_delivered_once")]
