"""What people take with them and what is forgotten: files to fetch, and erasures."""

from django.conf import settings
from django.db import models

from hearth.core.models import Job
from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now
from hearth.people.models.person import Person
from hearth.people.types import Words


class Export(TenantModel):
    """A file with all that is held of its owner, which only they may fetch, until ``expires_at``.

    ``stored_as`` is its place below ``HEARTH_HOME/exports``, which no backup holds; empty before it is made.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=10, blank=True)
    name = models.CharField(max_length=80)
    stored_as = models.CharField(max_length=120, blank=True)
    size = models.PositiveBigIntegerField(default=0)  # bytes
    asked_at = models.DateTimeField(default=now)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-id"], name="people_export_newest")]


class Erasure(models.Model):
    """A person asked to be erased, everywhere in the house. It may be called off until it has begun.

    The row outlives it as proof; it then names a person row that says nothing.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    community = models.ForeignKey("core.Community", on_delete=models.CASCADE, related_name="+")  # where it was asked
    words = models.CharField(max_length=6, choices=Words.choices)
    asked_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField()
    called_off_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    who = models.JSONField(default=dict)  # ids alone, found when it begins: what is forgotten later finds nobody else

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(called_off_at=None, done_at=None),
                name="people_one_open_erasure",
            )
        ]
        indexes = [models.Index(fields=["done_at", "due_at"], name="people_erasure_due")]
