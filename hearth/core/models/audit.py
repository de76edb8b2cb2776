"""The audit log: each entry holds the hash of the one before, so that a change in the past shows."""

from django.db import models

from hearth.kit.clock import now


class AuditHead(models.Model):
    """The newest number and hash of a community's chain; locked while an entry is added. Community 0: the platform."""

    chain = models.BigIntegerField(unique=True)
    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")


class AuditEntry(models.Model):
    """Who did what to what, when, why, with the values before and after. No personal text: ids and digests."""

    chain = models.BigIntegerField()
    number = models.BigIntegerField()
    at = models.DateTimeField(default=now)
    actor = models.CharField(max_length=40)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=60)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    why = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "number"], name="core_audit_gap_free")]
        indexes = [models.Index(fields=["chain", "subject", "number"], name="core_audit_by_subject")]
