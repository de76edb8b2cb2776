"""Machines that act: bots and the tokens they hold."""

from django.conf import settings
from django.db import models

from hearth.core.tenancy import TenantModel
from hearth.kit.clock import now
from hearth.people.models.member import Member


class Bot(TenantModel):
    """A machine with a member's place. Its posts carry the bot's label; ``owner`` answers for it."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=now)
    retired_at = models.DateTimeField(null=True, blank=True)


class ApiToken(TenantModel):
    """A token for the API: only its digest is kept, it has scopes and an end."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
