"""Django's name for this module."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """console"""

    name = "hearth.console"
    label = "console"
