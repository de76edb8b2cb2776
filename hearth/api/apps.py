"""Django's name for this module."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """api"""

    name = "hearth.api"
    label = "api"
