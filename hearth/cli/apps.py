"""Django's name for this module."""

from django.apps import AppConfig


class CliConfig(AppConfig):
    """cli"""

    name = "hearth.cli"
    label = "cli"
