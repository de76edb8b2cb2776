"""Which writes were already done."""

from django.db import models

from hearth.kit.clock import now


class IdempotencyKey(models.Model):
    """One write by one principal. The row is stored in the transaction of its effect."""

    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="core_idempotency_once")]
