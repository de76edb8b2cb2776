"""Long work and its schedules."""

from django.conf import settings
from django.db import models

from hearth.kit.clock import now
from hearth.kit.ids import new_key


class JobState(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(models.Model):
    """One piece of long work: claimed with a lease, resumed from ``checkpoint`` after a crash."""

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    community = models.ForeignKey("core.Community", null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    unique_key = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    run_after = models.DateTimeField(default=now)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    checkpoint = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    cancel_asked_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "unique_key"],
                condition=models.Q(state__in=["waiting", "running"]) & ~models.Q(unique_key=""),
                name="core_job_unique_while_open",
            )
        ]
        indexes = [
            models.Index(fields=["state", "run_after"], name="core_job_due"),
            models.Index(fields=["community", "-id"], name="core_job_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Schedule(models.Model):
    """When a scheduled job comes next; the row is claimed by one worker with a guarded update."""

    key = models.CharField(max_length=100, unique=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)


class WorkerBeat(models.Model):
    """The last sign of life of each worker process, for those who look after the installation."""

    worker = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.worker
