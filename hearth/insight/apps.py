"""Django's name for this module."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """insight"""

    name = "hearth.insight"
    label = "insight"
