"""Django's name for this module."""

from django.apps import AppConfig


class BlueprintConfig(AppConfig):
    """blueprint"""

    name = "hearth.blueprint"
    label = "blueprint"
