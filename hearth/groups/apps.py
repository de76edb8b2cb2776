"""Django's name for this module."""

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """groups"""

    name = "hearth.groups"
    label = "groups"
    default_auto_field = "django.db.models.BigAutoField"
