"""Django's name for this module."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """people"""

    name = "hearth.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
