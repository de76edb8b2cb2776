"""Django's name for this module."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """notify"""

    name = "hearth.notify"
    label = "notify"
    default_auto_field = "django.db.models.BigAutoField"
