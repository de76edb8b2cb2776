"""The fact log, the cursors of its handlers, and facts that a handler could not take."""

from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now
from hearth.kit.ids import new_key


class Origin(models.TextChoices):
    """Who stands behind an act. *Seeded* is everything but organic."""

    ORGANIC = "organic"
    OPERATOR = "operator"
    SCHEDULED = "scheduled"
    BOT = "bot"
    PARTNER = "partner"


class Fact(TenantModel):
    """Something that happened. Appended, never changed; holds ids and small values, no personal text."""

    key = models.UUIDField(default=new_key, editable=False)
    name = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    actor = models.CharField(max_length=40, blank=True)
    actor_role = models.CharField(max_length=20, blank=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.ORGANIC)
    subject = models.CharField(max_length=60)
    cause = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=now)
    historical = models.BooleanField(default=False)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            # The relay reads what is not imported; imports outnumber it by far.
            models.Index(fields=["id"], condition=models.Q(historical=False), name="core_fact_happening"),
            models.Index(fields=["subject", "id"], name="core_fact_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class HandlerCursor(models.Model):
    """How far a handler has read. Moves in the same transaction as the handler's effect."""

    handler = models.CharField(max_length=100, unique=True)
    last_id = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(default=now)


class ParkedFact(models.Model):
    """A fact that a handler failed on: retried with growing pauses, then parked and shown to the operator."""

    handler = models.CharField(max_length=100)
    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="+")
    attempts = models.PositiveIntegerField(default=1)
    next_at = models.DateTimeField()
    error = models.TextField()
    parked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handler", "fact"], name="core_parked_once")]
        indexes = [models.Index(fields=["parked_at", "next_at"], name="core_parked_due")]
