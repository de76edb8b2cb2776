"""Archives that somebody uploaded, and what became of them."""

from django.db import models

from hearth.core.models import Job
from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now
from hearth.kit.ids import new_key


class Purpose(models.TextChoices):
    """What the operator wants of an upload."""

    DIAGNOSE = "diagnose"
    IMPORT = "import"


class Upload(TenantModel):
    """One uploaded archive. ``stored`` is its place below ``HEARTH_HOME/uploads``; empty once the file was removed.

    The jobs hold progress and results: ``trial`` reads without writing, ``loading`` imports, ``diagnosis`` diagnoses.
    """

    key = models.UUIDField(default=new_key, unique=True, editable=False)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64, blank=True)
    stored = models.CharField(max_length=300, blank=True)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    mapping = models.JSONField(default=dict)
    source = models.CharField(max_length=60, blank=True)
    by = models.CharField(max_length=40)
    uploaded_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True, blank=True)
    trial = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    loading = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    diagnosis = models.ForeignKey(Job, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    retention = models.CharField(max_length=20, default="upload")

    class Meta:
        indexes = [models.Index(fields=["community", "-id"], name="carriers_upload_newest")]

    def __str__(self) -> str:
        return f"upload {self.pk}"
