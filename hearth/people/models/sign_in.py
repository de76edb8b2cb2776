"""Where somebody is signed in."""

from django.conf import settings
from django.db import models

from hearth.kit.clock import now


class SignIn(models.Model):
    """One sign-in of a user: on what kind of device, since when. Gone with its session."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=now)
