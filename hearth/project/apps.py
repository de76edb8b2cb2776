"""Django's name for this module."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """project"""

    name = "hearth.project"
    label = "project"
