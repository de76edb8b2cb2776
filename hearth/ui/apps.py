"""Django's name for this module."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """ui"""

    name = "hearth.ui"
    label = "ui"
