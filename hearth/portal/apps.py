"""Django's name for this module."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """portal"""

    name = "hearth.portal"
    label = "portal"
