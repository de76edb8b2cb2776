"""The tenant, its settings and saved views."""

from django.conf import settings
from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.core.texts import LocalText
from hearth.kit.clock import now


class Community(models.Model):
    """One operated community: the tenant. Its purpose and groups are told by the groups module."""

    key = models.SlugField(max_length=40, unique=True)
    name = LocalText()
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=50, default="UTC")
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.key


class CommunitySetting(TenantModel):
    """A community's own value of a declared setting."""

    key = models.CharField(max_length=80)
    value = models.JSONField()
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "key"], name="core_setting_once")]


class SavedView(TenantModel):
    """A list's state that somebody named: the query string, for themselves or for all staff."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "owner", "page", "name"], name="core_saved_view_once")
        ]
